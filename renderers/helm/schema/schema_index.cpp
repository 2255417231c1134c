#include "renderers/helm/schema/schema_index.h"

#include "renderers/helm/schema/reference.h"
#include "renderers/helm/values/quote.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace reconciled::helm {
namespace {

enum class Shape : std::uint8_t { schema, list, map };

/// Keywords under which schemas lie, and the draft that they came with.
struct Location {
  std::string_view keyword;
  Shape shape;
  Draft since;
};
constexpr std::array k_locations{
    Location{"definitions", Shape::map, Draft::draft4},
    Location{"not", Shape::schema, Draft::draft4},
    Location{"allOf", Shape::list, Draft::draft4},
    Location{"anyOf", Shape::list, Draft::draft4},
    Location{"oneOf", Shape::list, Draft::draft4},
    Location{"properties", Shape::map, Draft::draft4},
    Location{"additionalProperties", Shape::schema, Draft::draft4},
    Location{"patternProperties", Shape::map, Draft::draft4},
    Location{"items", Shape::schema, Draft::draft4},
    Location{"items", Shape::list, Draft::draft4},
    Location{"additionalItems", Shape::schema, Draft::draft4},
    Location{"dependencies", Shape::map, Draft::draft4},
    Location{"propertyNames", Shape::schema, Draft::draft6},
    Location{"contains", Shape::schema, Draft::draft6},
    Location{"if", Shape::schema, Draft::draft7},
    Location{"then", Shape::schema, Draft::draft7},
    Location{"else", Shape::schema, Draft::draft7},
    Location{"$defs", Shape::map, Draft::draft2019},
    Location{"dependentSchemas", Shape::map, Draft::draft2019},
    Location{"unevaluatedProperties", Shape::schema, Draft::draft2019},
    Location{"unevaluatedItems", Shape::schema, Draft::draft2019},
    Location{"contentSchema", Shape::schema, Draft::draft2019},
    Location{"prefixItems", Shape::list, Draft::draft2020},
};

constexpr std::string_view k_standard = "json-schema.org/";

std::string_view without_web_scheme(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (url.starts_with(scheme)) return url.substr(scheme.size());
  }
  return url;
}

std::optional<Draft> draft_of(std::string_view url) {
  if (url.ends_with('#')) url.remove_suffix(1);
  url = without_web_scheme(url);
  if (!url.starts_with(k_standard)) return std::nullopt;
  url.remove_prefix(k_standard.size());
  if (url == "schema" || url == "draft/2020-12/schema") return Draft::draft2020;
  if (url == "draft/2019-09/schema") return Draft::draft2019;
  if (url == "draft-07/schema") return Draft::draft7;
  if (url == "draft-06/schema") return Draft::draft6;
  if (url == "draft-04/schema") return Draft::draft4;
  return std::nullopt;
}

Result<Draft> draft_of_schema(const Value& schema, Draft fallback) {
  const auto& named = schema["$schema"];
  if (!named.is_string()) return fallback;
  if (const auto draft = draft_of(named.as_string())) return *draft;
  return fail(ErrorKind::policy,
              fmt::format("failing loading {}: schemas of schemas are not fetched; drafts 4, 6, 7, 2019-09 and 2020-12 "
                          "are known",
                          quoted(named.as_string())));
}

std::string id_of(const Value& schema, Draft draft) {
  if (draft < Draft::draft2019 && schema.find("$ref") != nullptr) return {};
  const auto split = split_reference(schema[draft == Draft::draft4 ? "id" : "$id"].as_string());
  return split ? split->url : std::string();
}

}  // namespace

Result<SchemaIndex> SchemaIndex::make(const Value& document, Budget& budget) {
  SchemaIndex index;
  index.m_document = &document;
  TRY(index.collect(document, "", std::string(k_schema_url), Draft::draft2020, 0, budget));
  return index;
}

const Value* SchemaIndex::find(std::string_view pointer) const {
  const Value* value = m_document;
  for (const auto& name : pointer_names(pointer)) {
    if (value->is_list()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
      if (error != std::errc() || end != name.data() + name.size() || index >= value->size()) return nullptr;
      value = &value->items()[index];
    } else {
      value = value->find(name);
      if (value == nullptr) return nullptr;
    }
  }
  return value;
}

const SchemaResource& SchemaIndex::resource_of(std::string_view pointer) const {
  for (;;) {
    if (const auto found = m_resources.find(pointer); found != m_resources.end()) return found->second;
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

SchemaResource* SchemaIndex::resource_with(std::string_view url) {
  for (auto& [pointer, resource] : m_resources) {
    if (resource.url == url) return &resource;
  }
  return nullptr;
}

Result<std::optional<std::string>> SchemaIndex::resolve(std::string_view reference, const SchemaResource& from) const {
  const auto split = split_reference(reference);
  if (!split) return fail(ErrorKind::render, fmt::format("invalid reference {}", quoted(reference)));
  const auto url = join_url(from.url, split->url);
  const SchemaResource* target = nullptr;
  for (const auto& [pointer, resource] : m_resources) {
    if (resource.url == url || (pointer.empty() && url == k_schema_url)) target = &resource;
  }
  if (target == nullptr) {
    if (url.starts_with("urn:") || without_web_scheme(url).starts_with(k_standard)) return std::nullopt;
    return fail(ErrorKind::policy,
                fmt::format("failing loading {}: references to other documents are not followed", quoted(url)), {},
                "put what is referred to into values.schema.json, below $defs");
  }
  if (split->fragment.empty() || split->fragment.starts_with('/')) return target->pointer + split->fragment;
  const auto anchor = target->anchors.find(split->fragment);
  if (anchor != target->anchors.end()) return anchor->second;
  return fail(ErrorKind::render, fmt::format("anchor in {} not found in schema {}",
                                             quoted(target->url + "#" + split->fragment), quoted(k_schema_url)));
}

Status SchemaIndex::add(const std::string& pointer, Budget& budget) {
  if (m_seen.contains(pointer)) return {};
  const auto* schema = find(pointer);
  if (schema == nullptr)
    return fail(ErrorKind::render,
                fmt::format("json-pointer in {} not found", quoted(std::string(k_schema_url) + "#" + pointer)));
  const auto& resource = resource_of(pointer);
  return collect(*schema, pointer, resource.url, resource.draft, 0, budget);
}

Status SchemaIndex::collect(const Value& schema, const std::string& pointer, std::string url, Draft draft,
                            std::uint32_t depth, Budget& budget) {
  if (depth > budget.max_depth()) return fail(ErrorKind::limit, "schemas are nested too deeply");
  if (!budget.step()) return fail(budget.error("reading a schema"));
  if (!m_seen.insert(pointer).second) return {};
  const bool is_root = pointer.empty();
  if (!schema.is_map()) {
    if (is_root) m_resources.emplace(pointer, SchemaResource{pointer, url, draft, {}, {}});
    return {};
  }
  auto id = id_of(schema, draft);
  if (is_root || !id.empty()) {
    TRY_ASSIGN(draft, draft_of_schema(schema, draft));
    id = id_of(schema, draft);
    if (!id.empty()) url = join_url(url, id);
    if (const auto* other = resource_with(url); other != nullptr && other->pointer != pointer)
      return fail(ErrorKind::render, fmt::format("duplicate id {} in {} at {} and {}", quoted(url),
                                                 quoted(k_schema_url), quoted(pointer), quoted(other->pointer)));
    m_resources.emplace(pointer, SchemaResource{pointer, url, draft, {}, {}});
  }
  if (auto* resource = resource_with(url)) TRY(collect_anchors(schema, pointer, *resource));
  return collect_below(schema, pointer, url, draft, depth + 1, budget);
}

Status SchemaIndex::collect_below(const Value& schema, const std::string& pointer, const std::string& url, Draft draft,
                                  std::uint32_t depth, Budget& budget) {
  for (const auto& [keyword, shape, since] : k_locations) {
    const auto* value = draft < since ? nullptr : schema.find(keyword);
    if (value == nullptr) continue;
    const auto at = append_name(pointer, keyword);
    if (shape == Shape::schema && (value->is_map() || value->is_bool()))
      TRY(collect(*value, at, url, draft, depth, budget));
    if (shape == Shape::list) {
      for (std::size_t i = 0; i < value->items().size(); ++i)
        TRY(collect(value->items()[i], append_name(at, std::to_string(i)), url, draft, depth, budget));
    }
    if (shape == Shape::map) {
      for (const auto& entry : value->entries())
        TRY(collect(entry.value, append_name(at, entry.key.as_string()), url, draft, depth, budget));
    }
  }
  return {};
}

Status SchemaIndex::collect_anchors(const Value& schema, const std::string& pointer, SchemaResource& resource) {
  const auto add = [&](const std::string& name) -> Status {
    const auto [at, added] = resource.anchors.emplace(name, pointer);
    if (added || at->second == pointer) return {};
    return fail(ErrorKind::render, fmt::format("duplicate anchor {} in {} at {} and {}", quoted(name),
                                               quoted(k_schema_url), quoted(at->second), quoted(pointer)));
  };
  if (resource.draft < Draft::draft2019) {
    if (schema.find("$ref") != nullptr) return {};
    const auto split = split_reference(schema[resource.draft == Draft::draft4 ? "id" : "$id"].as_string());
    if (split && !split->fragment.empty() && !split->fragment.starts_with('/')) return add(split->fragment);
    return {};
  }
  if (schema["$anchor"].is_string()) TRY(add(std::string(schema["$anchor"].as_string())));
  if (resource.draft < Draft::draft2020 || !schema["$dynamicAnchor"].is_string()) return {};
  const std::string name(schema["$dynamicAnchor"].as_string());
  TRY(add(name));
  resource.dynamic_anchors.insert(name);
  return {};
}

}  // namespace reconciled::helm
