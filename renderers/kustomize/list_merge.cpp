#include "renderers/kustomize/list_merge.h"

#include "renderers/kustomize/node_edit.h"

#include <algorithm>

namespace reconciled::kustomize {
namespace {

bool is_empty_map(const Node* node) {
  return is_missing(node) || (node->is_map() && node->size == 0);
}

/// Whether an item has a value under a key. No value: whether it has the key at all.
Result<bool> has_value(const Node* item, std::string_view key, std::string_view value) {
  if (key.empty()) {
    TRY(expect_kind(item, Kind::scalar));
    return item->text() == value;
  }
  TRY_ASSIGN(const Node* field, get(item, key));
  return field != nullptr && (value.empty() || field->text() == value);
}

Result<bool> matches(const Node* item, const ItemKeys& keys, const ItemValues& values) {
  bool last = false;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i < values.size()) {
      TRY_ASSIGN(last, has_value(item, keys[i], values[i]));
    }
    if (!last) return false;
  }
  return true;
}

void set_items(NodeArena& arena, Node* list, const std::vector<Node*>& items) {
  list->size = list->capacity = 0;
  list->children = nullptr;
  for (Node* item : items) arena.append(*list, item);
}

/// One pair: what both say together, when they agree somewhere and contradict each other nowhere.
bool complete(const ItemValues& a, const ItemValues& b, ItemValues& both) {
  if (a.size() != b.size()) return false;
  bool agree = false;
  both.clear();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) {
      agree = true;
    } else if (!a[i].empty() && !b[i].empty()) {
      return false;
    }
    both.push_back(a[i].empty() ? b[i] : a[i]);
  }
  return agree;
}

}  // namespace

Node* find_item(const Node* list, const ItemKeys& keys, const ItemValues& values) {
  if (list == nullptr || !list->is_list() || keys.empty()) return nullptr;
  if (!keys.front().empty() && keys.size() != values.size()) return nullptr;
  for (Node* item : list->content()) {
    if (keys.front().empty()) {
      if (item->text() == (values.empty() ? std::string_view() : values.front())) return item;
      continue;
    }
    if (!item->is_map() && !item->is_null()) continue;
    bool all = true;
    for (std::size_t i = 0; i < keys.size() && all; ++i) {
      const Node* field = find(item, keys[i]);
      all = field != nullptr && field->text() == values[i];
    }
    if (all) return item;
  }
  return nullptr;
}

Status put_item(NodeArena& arena, Node* list, const ItemKeys& keys, const ItemValues& values, Node* item) {
  TRY(expect_kind(list, Kind::sequence));
  const bool by_fields = !keys.empty() && !keys.front().empty() && !values.empty() && !values.front().empty();
  std::vector<Node*> kept;
  bool found = false;
  for (Node* there : list->content()) {
    if (is_empty_map(there)) continue;
    if (by_fields && !there->is_map()) {
      kept.push_back(there);
      continue;
    }
    TRY_ASSIGN(const bool same, matches(there, keys, values));
    if (!same) {
      if (!values.empty()) kept.push_back(there);
      continue;
    }
    found = true;
    if (item != nullptr) kept.push_back(item);
  }
  if (!is_missing(item) && !found) kept.push_back(item);
  set_items(arena, list, kept);
  return {};
}

Status put_items(NodeArena& arena, Node* list, const Node* items, const ItemKeys& keys) {
  const std::vector<Node*> all(items->content().begin(), items->content().end());
  for (Node* item : all) {
    if (!arena.budget().step(1 + list->size)) return fail(arena.budget_error());
    if (keys.front().empty()) {
      TRY(put_item(arena, list, {""}, {item->text()}, item));
      continue;
    }
    ItemValues values;
    for (const auto key : keys) {
      TRY_ASSIGN(const Node* field, get(item, key));
      if (field == nullptr) {
        arena.append(*list, item);
      } else {
        values.push_back(field->text());
      }
    }
    if (keys.size() > 1) TRY(put_item(arena, list, keys, values, nullptr));
    TRY(put_item(arena, list, keys, values, item));
  }
  return {};
}

ValidKeys keep_valid_keys(std::span<const ItemValues> all, const ItemValues& values, const ItemKeys& keys) {
  std::vector<bool> used(keys.size());
  bool any = false;
  for (const auto& item : all) {
    for (std::size_t i = 0; i < item.size() && i < keys.size(); ++i) {
      if (!item[i].empty()) used[i] = any = true;
    }
  }
  if (!any) return {keys, values};
  ValidKeys valid;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (used[i]) valid.keys.push_back(keys[i]);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].empty() || (i < used.size() && used[i])) valid.values.push_back(values[i]);
  }
  return valid;
}

std::vector<ItemValues> collect_values(const Node* first, const Node* second, const ItemKeys& keys) {
  std::vector<ItemValues> all;
  for (const Node* list : {first, second}) {
    if (list == nullptr || !list->is_list()) continue;
    for (const Node* item : list->content()) {
      ItemValues values;
      for (const auto key : keys) {
        const Node* field = find(item, key);
        values.push_back(is_empty(field) ? std::string_view() : field->text());
      }
      if (!values.empty() && std::find(all.begin(), all.end(), values) == all.end()) all.push_back(std::move(values));
    }
  }
  return all;
}

std::vector<ItemValues> collect_texts(const Node* first, const Node* second) {
  std::vector<ItemValues> all;
  for (const Node* list : {first, second}) {
    if (list == nullptr) continue;
    for (const Node* item : list->content()) {
      ItemValues value{item->text()};
      if (std::find(all.begin(), all.end(), value) == all.end()) all.push_back(std::move(value));
    }
  }
  return all;
}

void complete_values(std::vector<ItemValues>& all) {
  ItemValues both;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const ItemValues mine = all[i];
    for (std::size_t j = 0; j < all.size(); ++j) {
      if (!complete(mine, all[j], both)) continue;
      all[i] = both;
      all[j] = both;
    }
  }
}

}  // namespace reconciled::kustomize
