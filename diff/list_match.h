// How the items of two lists belong together.
#pragma once

#include "base/value.h"
#include "diff/field_path.h"
#include "ports/object_id.h"

#include <string>
#include <vector>

namespace reconciled {

struct ListShape {
  enum class Kind : std::uint8_t { atomic, set, keyed };
  Kind kind = Kind::atomic;
  std::vector<std::string> keys;  ///< of a keyed list
};

/// managedFields of any owner say it; else the tables of built-in kinds; else the list is atomic.
ListShape find_list_shape(const FieldStep& list, const std::vector<FieldOwner>& owners, const GroupKind& kind);

/// The merge keys of an item with their values, defaults filled in; null when the item is no map.
Value keys_of(const Value& item, const ListShape& shape);

/// Index in `items` of the item with these keys, or npos. The search begins at `hint`: lists mostly have one order.
std::size_t find_item(std::span<const Value> items, const Value& keys, const ListShape& shape, std::size_t hint);

}  // namespace reconciled
