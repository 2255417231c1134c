#include "renderers/helm/values/map_builder.h"

#include <algorithm>

namespace reconciled::helm {

GoMap* MapBuilder::close_map(std::size_t mark) {
  const auto first = m_entries.begin() + static_cast<std::ptrdiff_t>(mark);
  const auto by_key = [](const GoMap::Entry& a, const GoMap::Entry& b) { return a.key < b.key; };
  if (!std::is_sorted(first, m_entries.end(), by_key)) std::stable_sort(first, m_entries.end(), by_key);
  GoMap* map = make_map(m_arena);
  for (auto at = first; at != m_entries.end(); ++at) map->set_shared(at->key, at->value);
  m_entries.erase(first, m_entries.end());
  return map;
}

GoValue MapBuilder::close_list(std::size_t mark) {
  const std::size_t count = m_entries.size() - mark;
  GoValue* items = make_items(m_arena, count);
  for (std::size_t i = 0; i < count; ++i) items[i] = m_entries[mark + i].value;
  m_entries.resize(mark);
  return GoValue::list(m_arena.make<GoList>(GoList{items, static_cast<std::uint32_t>(count)}));
}

}  // namespace reconciled::helm
