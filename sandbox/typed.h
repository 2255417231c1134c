// Values seen with their type: which fields they set, how two differ, how one is laid over another.
#pragma once

#include "sandbox/field_set.h"
#include "sandbox/schema.h"

#include <optional>
#include <string>

namespace reconciled::sandbox {

/// What separates two values of one type, seen from the left one.
struct Comparison {
  FieldSet added;
  FieldSet modified;
  FieldSet removed;
  [[nodiscard]] bool same() const { return added.empty() && modified.empty() && removed.empty(); }
};

/// Why a value cannot be of this type (unknown field, wrong kind of value, a keyed item without its key, duplicates),
/// as the API server words it: ".spec.foo: field not declared in schema". nullopt: it can.
std::optional<std::string> find_type_error(const TypeNode& type, const Value& value);

/// The fields that a configuration sets, as an applier owns them.
FieldSet fields_of(const TypeNode& type, const Value& value);
Comparison compare(const TypeNode& type, const Value& left, const Value& right);
/// `over` laid over `base`: maps and keyed lists are united, everything else is replaced.
Value merge(const TypeNode& type, const Value& base, const Value& over);
/// Without the items and fields in the set.
Value remove_fields(const TypeNode& type, const Value& value, const FieldSet& set);
/// Adds every field of a structure that has paths below it as itself.
FieldSet with_named_fields(const TypeNode& type, const FieldSet& set);

/// Makes the embedded structures of a built-in type present, as its Go type prints them.
Value fill_embedded(const TypeNode& type, const Value& value);
/// The same, and required lists and maps as null: the object as the field manager compares it.
Value fill_zero(const TypeNode& type, const Value& value);

/// The element that names an item of a list of type set or map.
PathElement item_element(const TypeNode& list, const Value& item);

}  // namespace reconciled::sandbox
