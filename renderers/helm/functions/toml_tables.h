// The tables of a TOML document while it is read: what may be defined where, and how often.
#pragma once

#include "base/result.h"
#include "renderers/helm/values/go_value.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

using TomlKey = std::vector<std::string>;
/// Its parts with dots between them, quoted where they must be.
std::string join_toml_key(const TomlKey& key);

struct TomlTable;

/// A scalar, a table, an array of tables or an array of anything.
struct TomlNode {
  GoValue scalar{};
  TomlTable* table = nullptr;
  std::vector<TomlTable*>* tables = nullptr;
  std::vector<TomlNode>* array = nullptr;
};

struct TomlTable {
  std::map<std::string, TomlNode, std::less<>> entries{};
};

/// A complaint, without the place and the last key.
using TomlComplaint = std::optional<std::string>;

class TomlTables {
 public:
  TomlTables() : m_root(make_table()) {}

  TomlTable* make_table() { return &m_tables.emplace_back(); }
  std::vector<TomlNode>* make_array() { return &m_arrays.emplace_back(); }
  [[nodiscard]] TomlTable* root() const { return m_root; }

  /// Where assignments go to: the table of the last header, and what a dotted key or an inline table adds.
  TomlKey context{};

  enum class TableKind : std::uint8_t { single, of_array };
  /// Makes the table `key` the context, with those that it lies in.
  TomlComplaint enter(const TomlKey& key, TableKind kind);
  /// Enters a table that is not written out, but follows from a dotted key.
  TomlComplaint enter_implicit(const TomlKey& key);
  void mark_implicit(const TomlKey& key) { m_implicit.insert(join_toml_key(key)); }
  TomlComplaint set(const std::string& key, const TomlNode& value);
  /// Remembers whether what stands at the key is an array (not one of tables).
  void note_kind(const std::string& key, bool is_array);

 private:
  std::deque<TomlTable> m_tables;
  std::deque<std::vector<TomlTable*>> m_lists;
  std::deque<std::vector<TomlNode>> m_arrays;
  TomlTable* m_root;
  std::set<std::string> m_implicit;
  std::map<std::string, bool> m_is_array;
};

/// As maps and lists: map[string]interface{}, []map[string]interface{} and []interface{}.
GoValue to_go_value(const TomlNode& node, Arena& arena);

}  // namespace reconciled::helm
