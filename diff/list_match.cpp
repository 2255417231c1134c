#include "diff/list_match.h"

#include "diff/builtin.h"

namespace reconciled {

ListShape find_list_shape(const FieldStep& list, const std::vector<FieldOwner>& owners, const GroupKind& kind) {
  ListShape shape;
  bool set = false;
  for (const FieldOwner& owner : owners) {
    const FieldSet owned = owned_at(owner, list);
    if (!owned || owned.whole()) continue;
    shape.keys = owned.item_keys();
    if (!shape.keys.empty()) {
      shape.kind = ListShape::Kind::keyed;
      return shape;
    }
    set = set || owned.is_set();
  }
  const auto keys = builtin_list_keys(kind, list.field(), list.parent_field());
  if (!keys.empty()) {
    shape.kind = ListShape::Kind::keyed;
    shape.keys.assign(keys.begin(), keys.end());
  } else if (set || (is_builtin(kind) && is_builtin_set(list.field(), list.parent_field()))) {
    shape.kind = ListShape::Kind::set;
  }
  return shape;
}

Value keys_of(const Value& item, const ListShape& shape) {
  if (!item.is_map()) return {};
  Value out = Value::map();
  for (const std::string& key : shape.keys) {
    const Value* value = item.find(key);
    Value stated = value == nullptr || value->is_null() ? default_of_list_key(key) : *value;
    if (!stated.is_null()) out.set(key, std::move(stated));
  }
  return out;
}

std::size_t find_item(std::span<const Value> items, const Value& keys, const ListShape& shape, std::size_t hint) {
  for (std::size_t n = 0; n < items.size(); ++n) {
    const std::size_t i = (hint + n) % items.size();
    bool same = items[i].is_map();
    for (const std::string& key : shape.keys) {
      if (!same) break;
      const Value* stated = items[i].find(key);
      const Value fallback = stated == nullptr || stated->is_null() ? default_of_list_key(key) : Value();
      const Value* wanted = keys.find(key);
      const Value& have = stated == nullptr || stated->is_null() ? fallback : *stated;
      same = wanted == nullptr ? have.is_null() : have == *wanted;
    }
    if (same) return i;
  }
  return std::string::npos;
}

}  // namespace reconciled
