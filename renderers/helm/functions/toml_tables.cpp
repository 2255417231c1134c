#include "renderers/helm/functions/toml_tables.h"

#include "renderers/helm/functions/toml_write.h"

namespace reconciled::helm {
namespace {

/// What dotted keys and headers go on in: the table itself, or the last one of an array of tables.
TomlTable* inner_table(const TomlNode& node) {
  if (node.table != nullptr) return node.table;
  return node.tables == nullptr ? nullptr : node.tables->back();
}

}  // namespace

std::string join_toml_key(const TomlKey& key) {
  std::string joined;
  for (std::size_t i = 0; i < key.size(); ++i) joined += (i > 0 ? "." : "") + toml_key(key[i]);
  return joined;
}

TomlComplaint TomlTables::enter(const TomlKey& key, TableKind kind) {
  TomlTable* table = m_root;
  TomlKey path;
  for (std::size_t i = 0; i + 1 < key.size(); ++i) {
    path.push_back(key[i]);
    const auto [entry, is_new] = table->entries.try_emplace(key[i]);
    if (is_new) {
      mark_implicit(path);
      entry->second.table = make_table();
    }
    table = inner_table(entry->second);
    if (table == nullptr) return "Key '" + join_toml_key(path) + "' was already created as a hash.";
  }
  context = path;
  if (kind == TableKind::of_array) {
    const auto [entry, is_new] = table->entries.try_emplace(key.back());
    if (is_new) entry->second.tables = &m_lists.emplace_back();
    if (entry->second.tables == nullptr) {
      return "Key '" + join_toml_key(key) + "' was already created and cannot be used as an array.";
    }
    entry->second.tables->push_back(make_table());
  } else {
    TomlNode node;
    node.table = make_table();
    if (auto complaint = set(key.back(), node)) return complaint;
  }
  context.push_back(key.back());
  return std::nullopt;
}

TomlComplaint TomlTables::enter_implicit(const TomlKey& key) {
  mark_implicit(key);
  return enter(key, TableKind::single);
}

TomlComplaint TomlTables::set(const std::string& key, const TomlNode& value) {
  TomlTable* table = m_root;
  TomlKey path;
  for (const std::string& part : context) {
    path.push_back(part);
    const auto found = table->entries.find(part);
    table = found == table->entries.end() ? nullptr : inner_table(found->second);
    if (table == nullptr) return "Key '" + join_toml_key(path) + "' has already been defined.";
  }
  path.push_back(key);
  const auto [entry, is_new] = table->entries.try_emplace(key, value);
  if (is_new) return std::nullopt;
  // What only followed from other keys may be written out once.
  const std::string name = join_toml_key(path);
  const auto kind = m_is_array.find(name);
  const bool is_array = kind != m_is_array.end() && kind->second;
  if (m_implicit.erase(name) == 0) return "Key '" + name + "' has already been defined.";
  if (is_array) entry->second = value;
  return std::nullopt;
}

void TomlTables::note_kind(const std::string& key, bool is_array) {
  TomlKey path = context;
  if (!key.empty()) path.push_back(key);
  if (path.empty()) path.emplace_back();
  m_is_array[join_toml_key(path)] = is_array;
}

GoValue to_go_value(const TomlNode& node, Arena& arena) {
  if (node.table != nullptr) {
    GoMap* map = make_map(arena);
    for (const auto& [key, entry] : node.table->entries) map->set(key, to_go_value(entry, arena));
    return GoValue::map(map);
  }
  std::vector<GoValue> items;
  if (node.tables != nullptr) {
    for (TomlTable* table : *node.tables) {
      TomlNode item;
      item.table = table;
      items.push_back(to_go_value(item, arena));
    }
    return make_list(arena, items, GoType::list_map);
  }
  if (node.array == nullptr) return node.scalar;
  for (const TomlNode& item : *node.array) items.push_back(to_go_value(item, arena));
  return make_list(arena, items);
}

}  // namespace reconciled::helm
