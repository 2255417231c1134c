// Lists whose items are found by keys: what strategic merges do to their single items.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/node.h"

#include <span>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

/// Names of keys and their values in one item. A key "" stands for the item itself, a list of plain values.
using ItemKeys = std::vector<std::string_view>;
using ItemValues = std::vector<std::string_view>;

/// The first item that has these values; null when none has.
Node* find_item(const Node* list, const ItemKeys& keys, const ItemValues& values);
/// Puts an item in the place of those that have its values, or at the end; a null item removes them. Items that are
/// null or empty maps go, too.
Status put_item(NodeArena& arena, Node* list, const ItemKeys& keys, const ItemValues& values, Node* item);
/// Puts each item of a list into another.
Status put_items(NodeArena& arena, Node* list, const Node* items, const ItemKeys& keys);

/// Only the keys that some item has a value for, with this item's values; all when no item has any.
struct ValidKeys {
  ItemKeys keys;
  ItemValues values;
};
ValidKeys keep_valid_keys(std::span<const ItemValues> all, const ItemValues& values, const ItemKeys& keys);

/// The values of all items of both lists, each once, those of the first list first.
std::vector<ItemValues> collect_values(const Node* first, const Node* second, const ItemKeys& keys);
/// The texts of all items, each once.
std::vector<ItemValues> collect_texts(const Node* first, const Node* second);
/// Values that agree where both are there complete each other.
void complete_values(std::vector<ItemValues>& all);

}  // namespace reconciled::kustomize
