// Collects the values of maps and lists that are open while a text is read.
#pragma once

#include "renderers/helm/values/go_value.h"

#include <cstddef>
#include <vector>

namespace reconciled::helm {

/// One stack for all that is open: who opens a map or a list remembers `mark()` and closes it with that.
class MapBuilder {
 public:
  explicit MapBuilder(Arena& arena) : m_arena(arena) {}
  [[nodiscard]] std::size_t mark() const { return m_entries.size(); }
  /// The key lies in the arena.
  void add(std::string_view key, GoValue value) { m_entries.push_back({key, value}); }
  void add(GoValue item) { m_entries.push_back({{}, item}); }
  /// The entries since the mark; the last of equal keys counts. Takes no longer for keys that are not in order.
  GoMap* close_map(std::size_t mark);
  GoValue close_list(std::size_t mark);

 private:
  Arena& m_arena;
  std::vector<GoMap::Entry> m_entries;
};

}  // namespace reconciled::helm
