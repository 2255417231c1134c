// Sets of field paths, as managedFields holds them.
#pragma once

#include "base/value.h"

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace reconciled::sandbox {

/// One step in the form of fieldsV1: "f:name", "k:{\"name\":\"c\"}", "v:\"text\"", "i:3".
using PathElement = std::string;
using FieldPath = std::vector<PathElement>;

PathElement field_element(std::string_view name);
/// Of an item of a keyed list; entries are sorted by name.
PathElement key_element(const std::map<std::string, Value>& keys);
PathElement value_element(const Value& value);

/// A tree of paths. A path is in the set as itself, whatever is below it.
struct FieldSet {
  std::set<PathElement> members;
  std::map<PathElement, FieldSet> children;

  [[nodiscard]] bool empty() const { return members.empty() && children.empty(); }
  void insert(std::span<const PathElement> path);
  [[nodiscard]] const FieldSet& below(const PathElement& element) const;
  bool operator==(const FieldSet&) const = default;
};

FieldSet unite(const FieldSet& a, const FieldSet& b);
FieldSet subtract(const FieldSet& a, const FieldSet& b);
/// Also without everything below the members of b.
FieldSet subtract_trees(const FieldSet& a, const FieldSet& b);
FieldSet intersect(const FieldSet& a, const FieldSet& b);
/// All paths, depth first.
std::vector<FieldPath> list_paths(const FieldSet& set);

/// The fieldsV1 form and back; what is malformed there is left out.
Value format_fields(const FieldSet& set);
FieldSet parse_fields(const Value& fields);

/// ".spec.template.spec.containers[name=\"c\"].image"
std::string format_path(std::span<const PathElement> path);

}  // namespace reconciled::sandbox
