#include "diff/owned_digest.h"

#include "base/json.h"
#include "diff/managed_fields.h"
#include "diff/plan.h"

#include <algorithm>
#include <charconv>

namespace reconciled {
namespace {

/// The item of a keyed list whose keys are those of `k:{…}`; null when there is none.
const Value& find_keyed(const Value& list, std::string_view keys_text) {
  static const Value none;
  Budget budget(Limits{.steps = 1000, .bytes = 64 << 10, .depth = 8});
  const Result<Value> keys = parse_json(keys_text, budget);
  if (!keys) return none;
  for (const Value& item : list.items()) {
    const bool matches = std::ranges::all_of(
        keys->entries(), [&](const Value::Entry& key) { return item[key.key.as_string()] == key.value; });
    if (matches) return item;
  }
  return none;
}

/// The part of a value that one element of a fieldsV1 tree speaks of.
const Value& step(const Value& value, std::string_view element) {
  static const Value none;
  if (element.starts_with("f:")) return value[element.substr(2)];
  if (element.starts_with("k:")) return find_keyed(value, element.substr(2));
  if (element.starts_with("i:")) {
    std::size_t index = 0;
    const auto digits = element.substr(2);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    return read.ec == std::errc{} && index < value.items().size() ? value.items()[index] : none;
  }
  return none;  // "v:…": the element itself is the value
}

void add(Sha256& sum, const Value& fields, const Value& value) {
  if (fields.size() == 0) {
    const Digest digest = value.digest();
    sum.add({reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()});
    return;
  }
  for (const auto& [key, below] : fields.entries()) {
    sum.field(key.as_string());
    if (key.as_string() != ".") add(sum, below, step(value, key.as_string()));
  }
  sum.field("");
}

}  // namespace

Digest digest_owned(const Value& object) {
  Sha256 sum;
  sum.field(object.at({"metadata", "deletionTimestamp"}).is_null() ? "" : "deleted");
  for (const FieldOwner& owner : read_managed_fields(object)) {
    if (owner.manager != k_field_manager || owner.operation != FieldOperation::apply || !owner.subresource.empty()) {
      continue;
    }
    add(sum, *owner.fields.node(), object);
  }
  return sum.finish();
}

}  // namespace reconciled
