#include "renderers/kustomize/config_files.h"

#include "renderers/kustomize/json_decoder.h"
#include "renderers/kustomize/json_reading.h"
#include "renderers/kustomize/kustomization_fields.h"
#include "renderers/kustomize/node_edit.h"

#include <algorithm>

namespace reconciled::kustomize {
namespace {

constexpr std::size_t k_deepest = 100;

struct OwnedReference {
  OwnedFieldSpec target;
  std::vector<OwnedFieldSpec> referrers;
};

void decode(JsonDecoder& decoder, const Value& value, OwnedReference& out) {
  decoder.object(value, "NameBackReferences",
                 {{"group", decoder.into(out.target.group)},
                  {"version", decoder.into(out.target.version)},
                  {"kind", decoder.into(out.target.kind)},
                  {"fieldSpecs", decoder.each(out.referrers, "types.FsSlice", k_decode)}});
}

FieldSpecs keep_specs(NodeArena& arena, const std::vector<OwnedFieldSpec>& specs) {
  FieldSpecs kept;
  for (const auto& spec : specs) kept.push_back(keep_spec(arena, spec));
  return kept;
}

Result<TransformerConfig> read_configuration(NodeArena& arena, std::string_view text) {
  TRY_ASSIGN(const Value file, read_yaml_as_json(text, arena.budget()));
  JsonDecoder decoder(Decoding::closed);
  TransformerConfig config;
  const auto specs = [&](FieldSpecs& target) {
    return [&](const Value& value) {
      std::vector<OwnedFieldSpec> owned;
      decoder.each(owned, "types.FsSlice", k_decode)(value);
      target = keep_specs(arena, owned);
    };
  };
  decoder.object(
      file, "builtinconfig.TransformerConfig",
      {{"namePrefix", specs(config.name_prefix)},
       {"nameSuffix", specs(config.name_suffix)},
       {"namespace", specs(config.name_space)},
       {"commonLabels", specs(config.common_labels)},
       {"labels", specs(config.labels)},
       {"templateLabels", specs(config.template_labels)},
       {"commonAnnotations", specs(config.common_annotations)},
       {"nameReference",
        [&](const Value& value) {
          std::vector<OwnedReference> references;
          decoder.each(references, "builtinconfig.nbrSlice",
                       [](auto& d, const Value& v, auto& o) { decode(d, v, o); })(value);
          for (const auto& each : references)
            config.name_reference.push_back({keep_spec(arena, each.target).gvk, keep_specs(arena, each.referrers)});
        }},
       {"varReference", specs(config.var_reference)},
       {"images", specs(config.images)},
       {"replicas", specs(config.replicas)}});
  if (auto status = decoder.status(); !status)
    return fail(wrap(wrap(std::move(status.error()), "while decoding JSON"), "error unmarshaling JSON"));
  config.sort();
  return config;
}

/// Collects what the definitions of one file ask for.
class CrdReader {
 public:
  CrdReader(NodeArena& arena, const Value& definitions) : m_arena(arena), m_definitions(definitions) {}

  Result<TransformerConfig> read() {
    TransformerConfig all;
    for (const auto& [name, definition] : sorted(m_definitions)) {
      const Value& properties = properties_of(definition);
      if (properties["kind"].is_null() || properties["apiVersion"].is_null() || properties["metadata"].is_null())
        continue;
      TransformerConfig config;
      const auto dot = name.rfind('.');
      const Gvk gvk{{}, {}, m_arena.copy(name.substr(dot == std::string_view::npos ? 0 : dot + 1))};
      TRY(collect(config, gvk, name, {}));
      TRY(all.merge(config));
    }
    return all;
  }

 private:
  using Entries = std::vector<std::pair<std::string_view, Value>>;
  static Entries sorted(const Value& map) {
    Entries entries;
    for (const auto& [key, value] : map.entries()) entries.emplace_back(key.as_string(), value);
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return entries;
  }
  static const Value& properties_of(const Value& definition) {
    const Value* schema = definition.find("Schema");
    return (schema == nullptr ? definition["schema"] : *schema)["properties"];
  }
  [[nodiscard]] FieldSpec spec(const Gvk& gvk, const Texts& path) {
    std::string joined;
    for (const auto& part : path) joined += (joined.empty() ? "" : "/") + part;
    return {gvk, m_arena.copy(joined), false};
  }
  // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
  Status collect(TransformerConfig& config, const Gvk& gvk, std::string_view type, const Texts& path) {
    if (path.size() > k_deepest || !m_arena.budget().step()) return fail(m_arena.budget_error());
    const Value* definition = m_definitions.find(type);
    if (definition == nullptr) return {};
    for (const auto& [name, property] : sorted(properties_of(*definition))) {
      Texts inner = path;
      inner.emplace_back(name);
      if (property["x-kubernetes-annotation"].is_string()) TRY(merge_spec(config.common_annotations, spec(gvk, inner)));
      if (property["x-kubernetes-label-selector"].is_string()) TRY(merge_spec(config.common_labels, spec(gvk, inner)));
      if (property["x-kubernetes-identity"].is_string()) TRY(merge_spec(config.name_prefix, spec(gvk, inner)));
      TRY(collect_reference(config, gvk, property, inner));
      if (property["$ref"].is_string()) TRY(collect(config, gvk, property["$ref"].as_string(), inner));
    }
    return {};
  }
  Status collect_reference(TransformerConfig& config, const Gvk& gvk, const Value& property, const Texts& path) {
    const Value& version = property["x-kubernetes-object-ref-api-version"];
    const Value& kind = property["x-kubernetes-object-ref-kind"];
    if (!version.is_string() || !kind.is_string()) return {};
    Texts named = path;
    named.emplace_back(property["x-kubernetes-object-ref-name-key"].as_string("name"));
    TransformerConfig one;
    one.name_reference.push_back(
        {{{}, m_arena.copy(version.as_string()), m_arena.copy(kind.as_string())}, {spec(gvk, named)}});
    return config.merge(one);
  }

  NodeArena& m_arena;
  const Value& m_definitions;
};

}  // namespace

FieldSpec keep_spec(NodeArena& arena, const OwnedFieldSpec& spec) {
  return {
      {arena.copy(spec.group), arena.copy(spec.version), arena.copy(spec.kind)}, arena.copy(spec.path), spec.create};
}

Result<TransformerConfig> load_configurations(Context& context, const Loader& loader, const Texts& paths) {
  TransformerConfig config = default_config();
  if (paths.empty()) return config;
  TransformerConfig added;
  for (const auto& path : paths) {
    TRY_ASSIGN(const auto text, loader.load(path, context.budget()));
    TRY_ASSIGN(const auto read, read_configuration(context.arena(), text));
    TRY(added.merge(read));
  }
  TRY(config.merge(added));
  return config;
}

Result<TransformerConfig> load_crds(Context& context, const Loader& loader, const Texts& paths) {
  TransformerConfig config;
  for (const auto& path : paths) {
    TRY_ASSIGN(const auto text, loader.load(path, context.budget()));
    auto definitions = read_json_or_yaml(text, context.budget());
    if (!definitions)
      return fail(wrap(std::move(definitions.error()), "unable to parse open API definition from '" + path + "'"));
    TRY_ASSIGN(const auto read, CrdReader(context.arena(), *definitions).read());
    TRY(config.merge(read));
  }
  return config;
}

}  // namespace reconciled::kustomize
