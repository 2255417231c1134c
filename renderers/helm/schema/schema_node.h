// A schema made ready for checking.
#pragma once

#include "base/value.h"
#include "renderers/helm/functions/go_regex.h"
#include "renderers/helm/schema/schema_index.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reconciled::helm {

/// Bits in the order in which messages name types.
enum SchemaType : std::uint8_t {
  k_null = 1,
  k_boolean = 2,
  k_number = 4,
  k_integer = 8,
  k_string = 16,
  k_array = 32,
  k_object = 64,
};

struct SchemaNode;

/// What stands for what is not listed: nothing, a yes or no, or a schema.
struct RestOfList {
  std::optional<bool> allowed;
  const SchemaNode* schema = nullptr;
};

struct SchemaPattern {
  std::string text;
  std::shared_ptr<const GoRegex> regex;
};

/// `property` asks for others, or for a schema of the whole object.
struct SchemaDependency {
  std::string property;
  std::vector<std::string> required;
  const SchemaNode* schema = nullptr;
};

/// Counts of things, absent where the schema says nothing.
struct SchemaCounts {
  std::optional<std::int64_t> min_properties, max_properties, min_items, max_items, min_contains, max_contains,
      min_length, max_length;
};

struct SchemaBounds {
  std::optional<double> minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;
};

struct SchemaNode {
  std::string pointer;
  Draft draft = Draft::draft2020;
  std::optional<bool> verdict;  ///< of `true`, `false` and {}
  const SchemaNode* resource = nullptr;
  std::map<std::string, const SchemaNode*, std::less<>> dynamic_anchors;  ///< of a resource

  const SchemaNode* ref = nullptr;
  const SchemaNode* recursive_ref = nullptr;
  bool recursive_anchor = false;
  const SchemaNode* dynamic_ref = nullptr;
  std::string dynamic_ref_anchor;
  std::string dynamic_anchor;

  std::uint8_t types = 0;
  const Value* constant = nullptr;
  const Value* enumeration = nullptr;
  std::string format;  ///< empty when it is not to be checked
  SchemaCounts counts;
  SchemaBounds bounds;
  bool unique_items = false;
  std::optional<SchemaPattern> pattern;
  std::vector<std::string> required;

  std::vector<const SchemaNode*> all_of, any_of, one_of, prefix_items;
  const SchemaNode* negated = nullptr;
  const SchemaNode* condition = nullptr;
  const SchemaNode* then_branch = nullptr;
  const SchemaNode* else_branch = nullptr;

  std::map<std::string, const SchemaNode*, std::less<>> properties;
  std::vector<std::pair<SchemaPattern, const SchemaNode*>> pattern_properties;
  RestOfList additional_properties;
  const SchemaNode* property_names = nullptr;
  std::vector<SchemaDependency> dependencies;  ///< of `dependencies`
  std::vector<SchemaDependency> dependents;    ///< of `dependentSchemas` and `dependentRequired`
  const SchemaNode* unevaluated_properties = nullptr;

  const SchemaNode* items = nullptr;  ///< of all items, or of those behind `prefix_items`
  RestOfList additional_items;        ///< before 2020-12, where `items` is a list
  const SchemaNode* contains = nullptr;
  const SchemaNode* unevaluated_items = nullptr;
};

}  // namespace reconciled::helm
