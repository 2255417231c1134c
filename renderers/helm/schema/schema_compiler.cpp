#include "renderers/helm/schema/schema_compiler.h"

#include "base/json.h"
#include "renderers/helm/schema/reference.h"
#include "renderers/helm/values/quote.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace reconciled::helm {
namespace {

constexpr std::array<std::pair<std::string_view, SchemaType>, 7> k_types{{{"null", k_null},
                                                                          {"boolean", k_boolean},
                                                                          {"number", k_number},
                                                                          {"integer", k_integer},
                                                                          {"string", k_string},
                                                                          {"array", k_array},
                                                                          {"object", k_object}}};

std::uint8_t type_named(const Value& name) {
  for (const auto& [text, type] : k_types) {
    if (name.is_string() && name.as_string() == text) return type;
  }
  return 0;
}

std::uint8_t types_of(const Value& value) {
  auto types = type_named(value);
  for (const auto& item : value.items()) types |= type_named(item);
  return types;
}

std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> texts;
  for (const auto& item : list.items()) {
    if (item.is_string()) texts.emplace_back(item.as_string());
  }
  return texts;
}

std::optional<double> number_of(const Value& value) {
  if (!value.is_number()) return std::nullopt;
  return value.as_double();
}

std::optional<std::int64_t> count_of(const Value& value) {
  if (value.is_integer()) return value.as_integer();
  constexpr double k_largest = 9e15;
  if (!value.is_number() || std::floor(value.as_double()) != value.as_double() ||
      std::fabs(value.as_double()) > k_largest)
    return std::nullopt;
  return static_cast<std::int64_t>(value.as_double());
}

}  // namespace

/// Nodes are made when something refers to them, and filled one after the other.
class SchemaCompiler {
 public:
  SchemaCompiler(CompiledSchema& schema, SchemaIndex index, Budget& budget)
      : m_schema(schema), m_index(std::move(index)), m_budget(budget) {}

  Status compile() {
    node_at("");
    for (std::size_t next = 0; next < m_schema.m_nodes.size(); ++next) {
      if (!m_budget.step()) return fail(m_budget.error("reading a schema"));
      TRY(fill(m_schema.m_nodes[next]));
    }
    return {};
  }

 private:
  using Nodes = std::vector<const SchemaNode*>;

  SchemaNode* node_at(const std::string& pointer) {
    const auto [at, added] = m_by_pointer.emplace(pointer, nullptr);
    if (added) {
      at->second = &m_schema.m_nodes.emplace_back();
      at->second->pointer = pointer;
    }
    return at->second;
  }

  /// The schema that stands for a reference which says nothing.
  const SchemaNode* permissive() {
    if (m_permissive == nullptr) {
      m_permissive = &m_schema.m_nodes.emplace_back();
      m_permissive->verdict = true;
      m_permissive->resource = m_permissive;
      m_filled_permissive = m_permissive;
    }
    return m_permissive;
  }

  Status fill(SchemaNode& node) {
    if (&node == m_filled_permissive) return {};
    TRY(m_index.add(node.pointer, m_budget));
    const auto& value = *m_index.find(node.pointer);
    const auto& resource = m_index.resource_of(node.pointer);
    node.draft = resource.draft;
    node.resource = node_at(resource.pointer);
    if (node.draft >= Draft::draft2020 && node.resource == &node) {
      for (const auto& name : resource.dynamic_anchors) node.dynamic_anchors[name] = node_at(resource.anchors.at(name));
    }
    if (value.is_bool()) node.verdict = value.as_bool();
    if (value.is_map() && value.size() == 0) node.verdict = true;
    if (!value.is_map() && !value.is_bool())
      return fail(ErrorKind::render, fmt::format("{} is not a schema, which is an object or true or false",
                                                 quoted(std::string(k_schema_url) + "#" + node.pointer)));
    if (node.verdict) return {};
    return fill_keywords(node, value, resource);
  }

  Status fill_keywords(SchemaNode& node, const Value& value, const SchemaResource& resource) {
    TRY_ASSIGN(node.ref, reference(value["$ref"], resource));
    if (node.draft < Draft::draft2019 && node.ref != nullptr) return {};
    fill_logic(node, value);
    TRY(fill_objects(node, value));
    fill_lists(node, value);
    TRY(fill_scalars(node, value));
    if (node.draft >= Draft::draft2019) TRY(fill_recent(node, value, resource));
    return {};
  }

  Result<const SchemaNode*> reference(const Value& value, const SchemaResource& resource) {
    if (!value.is_string()) return nullptr;
    TRY_ASSIGN(const auto pointer, m_index.resolve(value.as_string(), resource));
    if (!pointer) return permissive();
    TRY(m_index.add(*pointer, m_budget));
    return node_at(*pointer);
  }

  const SchemaNode* child(const SchemaNode& node, const Value& value, std::string_view keyword) {
    return value.find(keyword) == nullptr ? nullptr : node_at(append_name(node.pointer, keyword));
  }
  Nodes children(const SchemaNode& node, const Value& value, std::string_view keyword) {
    Nodes nodes;
    const auto at = append_name(node.pointer, keyword);
    for (std::size_t i = 0; i < value[keyword].items().size(); ++i)
      nodes.push_back(node_at(append_name(at, std::to_string(i))));
    return nodes;
  }
  RestOfList rest(const SchemaNode& node, const Value& value, std::string_view keyword) {
    if (value[keyword].is_bool()) return {value[keyword].as_bool(), nullptr};
    return {std::nullopt, child(node, value, keyword)};
  }

  void fill_logic(SchemaNode& node, const Value& value) {
    node.all_of = children(node, value, "allOf");
    node.any_of = children(node, value, "anyOf");
    node.one_of = children(node, value, "oneOf");
    node.negated = child(node, value, "not");
    if (node.draft < Draft::draft7) return;
    node.condition = child(node, value, "if");
    if (node.condition == nullptr) return;
    node.then_branch = child(node, value, "then");
    node.else_branch = child(node, value, "else");
  }

  static Result<SchemaPattern> pattern(const SchemaNode& node, std::string_view keyword, std::string_view text) {
    auto regex = GoRegex::compile(text);
    if (!regex)
      return fail(ErrorKind::render,
                  fmt::format("invalid regex {} at {}: {}", quoted(text),
                              quoted(std::string(k_schema_url) + "#" + append_name(node.pointer, keyword)),
                              regex.error().message));
    return SchemaPattern{std::string(text), std::move(*regex)};
  }

  Status fill_objects(SchemaNode& node, const Value& value) {
    const auto properties = append_name(node.pointer, "properties");
    for (const auto& entry : value["properties"].entries()) {
      const auto name = entry.key.as_string();
      node.properties.emplace(name, node_at(append_name(properties, name)));
    }
    const auto patterns = append_name(node.pointer, "patternProperties");
    for (const auto& entry : value["patternProperties"].entries()) {
      const auto text = entry.key.as_string();
      TRY_ASSIGN(auto compiled, pattern(node, "patternProperties", text));
      node.pattern_properties.emplace_back(std::move(compiled), node_at(append_name(patterns, text)));
    }
    node.additional_properties = rest(node, value, "additionalProperties");
    if (node.draft >= Draft::draft6) node.property_names = child(node, value, "propertyNames");
    const auto dependencies = append_name(node.pointer, "dependencies");
    for (const auto& entry : value["dependencies"].entries()) {
      const auto name = entry.key.as_string();
      const auto* schema = entry.value.is_list() ? nullptr : node_at(append_name(dependencies, name));
      node.dependencies.push_back({std::string(name), texts_of(entry.value), schema});
    }
    node.counts.min_properties = count_of(value["minProperties"]);
    node.counts.max_properties = count_of(value["maxProperties"]);
    node.required = texts_of(value["required"]);
    return {};
  }

  void fill_lists(SchemaNode& node, const Value& value) {
    const bool listed = value["items"].is_list();
    if (node.draft >= Draft::draft2020) {
      node.prefix_items = children(node, value, "prefixItems");
      node.items = child(node, value, "items");
    } else if (listed) {
      node.prefix_items = children(node, value, "items");
      node.additional_items = rest(node, value, "additionalItems");
    } else {
      node.items = child(node, value, "items");
    }
    if (node.draft >= Draft::draft6) node.contains = child(node, value, "contains");
    node.counts.min_items = count_of(value["minItems"]);
    node.counts.max_items = count_of(value["maxItems"]);
    node.unique_items = value["uniqueItems"].as_bool();
  }

  static Status fill_scalars(SchemaNode& node, const Value& value) {
    node.types = types_of(value["type"]);
    if (value["enum"].is_list()) node.enumeration = value.find("enum");
    if (node.draft >= Draft::draft6) node.constant = value.find("const");
    auto& bounds = node.bounds;
    bounds.multiple_of = number_of(value["multipleOf"]);
    bounds.minimum = number_of(value["minimum"]);
    bounds.maximum = number_of(value["maximum"]);
    bounds.exclusive_minimum = number_of(value["exclusiveMinimum"]);
    bounds.exclusive_maximum = number_of(value["exclusiveMaximum"]);
    if (value["exclusiveMinimum"].as_bool()) std::swap(bounds.minimum, bounds.exclusive_minimum);
    if (value["exclusiveMaximum"].as_bool()) std::swap(bounds.maximum, bounds.exclusive_maximum);
    node.counts.min_length = count_of(value["minLength"]);
    node.counts.max_length = count_of(value["maxLength"]);
    if (value["pattern"].is_string()) {
      TRY_ASSIGN(node.pattern, pattern(node, "pattern", value["pattern"].as_string()));
    }
    if (node.draft < Draft::draft2019) node.format = value["format"].as_string();
    return {};
  }

  Status fill_recent(SchemaNode& node, const Value& value, const SchemaResource& resource) {
    if (node.contains != nullptr) {
      node.counts.min_contains = count_of(value["minContains"]);
      node.counts.max_contains = count_of(value["maxContains"]);
    }
    for (const auto& entry : value["dependentRequired"].entries())
      node.dependents.push_back({std::string(entry.key.as_string()), texts_of(entry.value), nullptr});
    const auto schemas = append_name(node.pointer, "dependentSchemas");
    for (const auto& entry : value["dependentSchemas"].entries()) {
      const auto name = entry.key.as_string();
      node.dependents.push_back({std::string(name), {}, node_at(append_name(schemas, name))});
    }
    node.unevaluated_properties = child(node, value, "unevaluatedProperties");
    node.unevaluated_items = child(node, value, "unevaluatedItems");
    TRY_ASSIGN(node.recursive_ref, reference(value["$recursiveRef"], resource));
    node.recursive_anchor = value["$recursiveAnchor"].as_bool();
    if (node.draft < Draft::draft2020) return {};
    TRY_ASSIGN(node.dynamic_ref, reference(value["$dynamicRef"], resource));
    const auto split = split_reference(value["$dynamicRef"].as_string());
    if (split && !split->fragment.starts_with('/')) node.dynamic_ref_anchor = split->fragment;
    node.dynamic_anchor = value["$dynamicAnchor"].as_string();
    return {};
  }

  CompiledSchema& m_schema;
  SchemaIndex m_index;
  Budget& m_budget;
  std::map<std::string, SchemaNode*, std::less<>> m_by_pointer;
  SchemaNode* m_permissive = nullptr;
  const SchemaNode* m_filled_permissive = nullptr;
};

Result<std::unique_ptr<CompiledSchema>> CompiledSchema::compile(std::string_view text, Budget& budget) {
  std::unique_ptr<CompiledSchema> schema(new CompiledSchema());
  TRY_ASSIGN(schema->m_document, parse_json(text, budget));
  TRY_ASSIGN(auto index, SchemaIndex::make(schema->m_document, budget));
  TRY(SchemaCompiler(*schema, std::move(index), budget).compile());
  return schema;
}

}  // namespace reconciled::helm
