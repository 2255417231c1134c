#include "renderers/kustomize/schema.h"

#include "base/value.h"
#include "renderers/kustomize/json_reading.h"
#include "renderers/kustomize/node_edit.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace reconciled::kustomize {
namespace {

constexpr std::string_view k_builtin_version = "v1.21.2";
constexpr std::string_view k_reference = "#/definitions/";
constexpr std::size_t k_most_types = 30'000;
constexpr int k_deepest = 200;

auto order_of(const Gvk& gvk) {
  return std::tie(gvk.group, gvk.version, gvk.kind);
}

SchemaPlace find_in(const SchemaTable& table, const Gvk& gvk) {
  const auto it =
      std::lower_bound(table.roots.begin(), table.roots.end(), gvk,
                       [](const SchemaRoot& root, const Gvk& wanted) { return order_of(root.gvk) < order_of(wanted); });
  if (it == table.roots.end() || it->gvk != gvk) return {};
  return {&table, it->type};
}

bool says_merge(std::string_view strategy) {
  for (;;) {
    const auto comma = strategy.find(',');
    if (strategy.substr(0, comma) == "merge") return true;
    if (comma == std::string_view::npos) return false;
    strategy.remove_prefix(comma + 1);
  }
}

}  // namespace

SchemaPlace SchemaPlace::field(std::string_view name) const {
  if (!known()) return {};
  const SchemaType& shape = table->types[static_cast<std::size_t>(type)];
  for (const auto& field : table->fields.subspan(shape.first_field, shape.field_count)) {
    if (field.name == name) return {table, field.type};
  }
  return {table, shape.other_keys};
}

SchemaPlace SchemaPlace::items() const {
  if (!known()) return {};
  return {table, table->types[static_cast<std::size_t>(type)].items};
}

const SchemaKeys& SchemaPlace::keys() const {
  static constexpr SchemaKeys k_none{};
  return known() ? table->keys[table->types[static_cast<std::size_t>(type)].keys] : k_none;
}

/// A swagger document as a table of its own.
struct Schema::Custom {
  Value document;  // the texts that the rest points into
  std::vector<SchemaKeys> keys{SchemaKeys{}};
  std::vector<SchemaField> fields;
  std::vector<SchemaType> types;
  std::vector<SchemaRoot> roots;
  std::map<std::string, std::int16_t, std::less<>> known;
  SchemaTable table;

  std::int16_t add_reference(std::string_view name, int depth) {
    if (const auto it = known.find(name); it != known.end()) return it->second;
    const Value* definition = document["definitions"].find(name);
    if (definition == nullptr) return -1;
    if (const Value* other = definition->find("$ref")) return add_schema(*other, *definition, depth);
    const std::int16_t type = make_type();
    if (type < 0) return -1;
    known.emplace(name, type);
    fill(type, *definition, depth);
    return type;
  }
  std::int16_t add_schema(const Value& reference, const Value& schema, int depth) {
    if (depth > k_deepest) return -1;
    if (reference.is_string()) {
      const auto text = reference.as_string();
      return text.starts_with(k_reference) ? add_reference(text.substr(k_reference.size()), depth + 1)
                                           : std::int16_t{-1};
    }
    const std::int16_t type = make_type();
    if (type >= 0) fill(type, schema, depth);
    return type;
  }
  std::int16_t add(const Value& schema, int depth) { return add_schema(schema["$ref"], schema, depth); }
  std::int16_t make_type() {
    if (types.size() >= k_most_types) return -1;
    types.emplace_back();
    return static_cast<std::int16_t>(types.size() - 1);
  }
  void fill(std::int16_t type, const Value& schema, int depth) {
    std::vector<SchemaField> own;
    for (const auto& [name, property] : schema["properties"].entries())
      own.push_back({name.as_string(), add(property, depth + 1)});
    SchemaType made;
    if (fields.size() + own.size() > UINT16_MAX) return;
    made.first_field = static_cast<std::uint16_t>(fields.size());
    made.field_count = static_cast<std::uint16_t>(own.size());
    fields.insert(fields.end(), own.begin(), own.end());
    if (schema["additionalProperties"].is_map()) made.other_keys = add(schema["additionalProperties"], depth + 1);
    if (schema["type"].as_string() == "array" && schema["items"].is_map()) made.items = add(schema["items"], depth + 1);
    made.keys = add_keys(schema);
    types[static_cast<std::size_t>(type)] = made;
  }
  std::uint8_t add_keys(const Value& schema) {
    SchemaKeys made;
    made.merges = says_merge(schema["x-kubernetes-patch-strategy"].as_string());
    if (!made.merges) return 0;
    if (const Value& list = schema["x-kubernetes-list-map-keys"]; list.is_list()) {
      for (std::size_t i = 0; i < std::min(list.size(), made.names.size()); ++i)
        made.names[i] = list.items()[i].as_string();
    } else {
      made.names[0] = schema["x-kubernetes-patch-merge-key"].as_string();
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].merges && keys[i].names == made.names) return static_cast<std::uint8_t>(i);
    }
    if (keys.size() > UINT8_MAX) return 0;
    keys.push_back(made);
    return static_cast<std::uint8_t>(keys.size() - 1);
  }
  void load() {
    for (const auto& [name, definition] : document["definitions"].entries()) {
      const auto type = add_reference(name.as_string(), 0);
      for (const Value& gvk : definition["x-kubernetes-group-version-kind"].items())
        roots.push_back({{gvk["group"].as_string(), gvk["version"].as_string(), gvk["kind"].as_string()}, type});
    }
    std::stable_sort(roots.begin(), roots.end(),
                     [](const SchemaRoot& a, const SchemaRoot& b) { return order_of(a.gvk) < order_of(b.gvk); });
    table = {keys, fields, types, roots};
  }
};

SchemaPlace Schema::find(const Gvk& gvk) const {
  if (m_custom == nullptr) return find_in(k_builtin_schema, gvk);
  if (const auto place = find_in(m_custom->table, gvk); place.known()) return place;
  return gvk.group == "kustomize.config.k8s.io" ? find_in(k_builtin_schema, gvk) : SchemaPlace{};
}

Status Schema::set_custom(std::string_view text, Budget& budget) {
  auto custom = std::make_shared<Custom>();
  TRY_ASSIGN(custom->document, read_json_or_yaml(text, budget));
  custom->load();
  m_custom = std::move(custom);
  m_is_set = true;
  return {};
}

Status Schema::set_version(std::string_view version) {
  m_custom.reset();
  m_is_set = !version.empty();
  if (version.empty() || version == k_builtin_version) return {};
  return fail_render("the specified OpenAPI version is not built in");
}

}  // namespace reconciled::kustomize
