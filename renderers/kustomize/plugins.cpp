#include "renderers/kustomize/plugins.h"

#include "renderers/kustomize/config_text.h"
#include "renderers/kustomize/generators.h"
#include "renderers/kustomize/json_decoder.h"
#include "renderers/kustomize/json_reading.h"
#include "renderers/kustomize/kustomization_fields.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/patches.h"
#include "renderers/kustomize/transformers.h"

#include <memory>

namespace reconciled::kustomize {
namespace {

std::optional<Origin> origin_of(const Origin* base, std::string_view kind) {
  if (base == nullptr) return std::nullopt;
  Origin origin = *base;
  origin.configured_api_version = "builtin";
  origin.configured_kind = kind;
  return origin;
}

/// What is said about a plugin that cannot be configured.
Error in_config(Error error, std::string_view kind, const std::string& config) {
  return wrap(std::move(error),
              "trouble configuring builtin " + std::string(kind) + " with config: `\n" + config + "`");
}

constexpr FieldSpec k_metadata_labels{{}, "metadata/labels", true};

Transformer name_transformer(Context& context, NameSide side, const std::string& added, const FieldSpecs& specs,
                             std::optional<Origin> origin) {
  return {
      [&context, side, added, specs](ResourceMap& map) { return transform_names(context, map, side, added, specs); },
      std::move(origin)};
}

Transformer entry_transformer(Context& context, const TextPairs& entries, FieldSpecs specs,
                              std::optional<Origin> origin) {
  return {[&context, entries, specs = std::move(specs)](ResourceMap& map) {
            return transform_entries(context, map, entries, specs);
          },
          std::move(origin)};
}

}  // namespace

Result<Generator> PluginMaker::chart_generator(const HelmChart& chart, const HelmGlobals& globals,
                                               std::optional<Origin> origin) {
  if (!m_render_chart) return fail_render("must specify --enable-helm");
  TRY_ASSIGN(auto checked, check_chart(m_loader, chart, globals, m_context.budget()));
  return Generator{
      [this, checked = std::move(checked)]() { return inflate_chart(m_context, m_loader, checked, m_render_chart); },
      std::move(origin)};
}

Result<std::vector<Generator>> PluginMaker::make_generators(const Kustomization& kustomization,
                                                            const std::optional<Origin>& origin) {
  std::vector<Generator> generators;
  const Origin* base = origin ? &*origin : nullptr;
  const auto add = [&](GeneratedKind kind, const std::vector<GeneratorArgs>& all, std::string_view name) {
    for (const auto& args : all) {
      generators.push_back(
          {[this, kind, &args, &defaults = kustomization.generator_options]() -> Result<std::vector<Resource>> {
             TRY_ASSIGN(auto made, generate(m_context, m_loader, kind, args, defaults));
             return std::vector<Resource>{std::move(made)};
           },
           origin_of(base, name)});
    }
  };
  add(GeneratedKind::config_map, kustomization.config_map_generator, "ConfigMapGenerator");
  add(GeneratedKind::secret, kustomization.secret_generator, "SecretGenerator");
  const HelmGlobals globals = kustomization.helm_globals.value_or(HelmGlobals{});
  for (const auto& chart : kustomization.helm_charts) {
    auto generator = chart_generator(chart, globals, origin_of(base, "HelmChartInflationGenerator"));
    if (!generator)
      return fail(
          in_config(std::move(generator.error()), "HelmChartInflationGenerator", format_chart_config(chart, globals)));
    generators.push_back(std::move(*generator));
  }
  return generators;
}

Status PluginMaker::add_patches(const Kustomization& kustomization, std::vector<Transformer>& transformers,
                                const Origin* origin) {
  if (!kustomization.patches_strategic_merge.empty()) {
    auto loaded = load_strategic_patches(m_context, m_loader, kustomization.patches_strategic_merge, "");
    if (!loaded)
      return fail(in_config(std::move(loaded.error()), "PatchStrategicMergeTransformer",
                            format_paths_config(kustomization.patches_strategic_merge)));
    transformers.push_back({[this, patches = std::move(*loaded)](ResourceMap& map) {
                              return apply_strategic_patches(m_context, map, patches);
                            },
                            origin_of(origin, "PatchStrategicMergeTransformer")});
  }
  for (const auto& entry : kustomization.patches) {
    const std::string config = format_patch_config(entry, "patch");
    auto loaded = load_patch(m_context, m_loader, entry, config);
    if (!loaded) return fail(in_config(std::move(loaded.error()), "PatchTransformer", config));
    transformers.push_back(
        {[this, patch = std::move(*loaded)](ResourceMap& map) { return apply_patch(m_context, map, patch); },
         origin_of(origin, "PatchTransformer")});
  }
  return {};
}

Status PluginMaker::add_json_patches(const Kustomization& kustomization, std::vector<Transformer>& transformers,
                                     const Origin* origin) {
  for (const auto& entry : kustomization.patches_json6902) {
    auto loaded = load_json_patch(m_context, m_loader, entry);
    if (!loaded)
      return fail(
          in_config(std::move(loaded.error()), "PatchJson6902Transformer", format_patch_config(entry, "jsonOp")));
    transformers.push_back(
        {[this, patch = std::move(*loaded)](ResourceMap& map) { return apply_json_patch_to(m_context, map, patch); },
         origin_of(origin, "PatchJson6902Transformer")});
  }
  return {};
}

Status PluginMaker::add_labels(const Kustomization& kustomization, const TransformerConfig& config,
                               std::vector<Transformer>& transformers, const Origin* origin) {
  const auto in_labels = [](Error error) { return fail(wrap(std::move(error), "failed to merge labels")); };
  for (const auto& label : kustomization.labels) {
    FieldSpecs specs;
    for (const auto& field : label.fields) specs.push_back(field.view());
    if (auto done = merge_specs(specs, config.labels); !done) return in_labels(std::move(done.error()));
    Status done;
    if (label.include_selectors) {
      done = merge_specs(specs, config.common_labels);
    } else {
      if (label.include_templates) {
        done = merge_specs(specs, config.template_labels);
        if (!done) return fail(wrap(std::move(done.error()), "failed to merge template fieldSpec"));
      }
      done = merge_spec(specs, k_metadata_labels);
    }
    if (!done) return in_labels(std::move(done.error()));
    transformers.push_back(
        entry_transformer(m_context, label.pairs, std::move(specs), origin_of(origin, "LabelTransformer")));
  }
  if (!kustomization.labels.empty() || !kustomization.common_labels.empty())
    transformers.push_back(entry_transformer(m_context, kustomization.common_labels, config.common_labels,
                                             origin_of(origin, "LabelTransformer")));
  return {};
}

Result<std::vector<Replacement>> PluginMaker::load_replacements(const std::vector<Replacement>& entries) {
  std::vector<Replacement> all;
  for (const auto& entry : entries) {
    if (entry.path.empty()) {
      all.push_back(entry);
      continue;
    }
    if (entry.source || (entry.targets && !entry.targets->empty()))
      return fail_render("cannot specify both path and inline replacement");
    TRY_ASSIGN(const auto text, m_loader.load(entry.path, m_context.budget()));
    TRY_ASSIGN(const Value file, read_yaml_as_json(text, m_context.budget()));
    if (!file.is_list() && !file.is_map())
      return fail_render("unsupported replacement type encountered within replacement path: " +
                         std::string(file.is_null()     ? "invalid"
                                     : file.is_string() ? "string"
                                     : file.is_bool()   ? "bool"
                                                        : "float64"));
    JsonDecoder decoder(Decoding::lenient);
    if (file.is_list()) {
      decoder.each(all, "[]types.Replacement", k_decode)(file);
    } else {
      decode(decoder, file, all.emplace_back());
    }
    TRY(decoder.status());
  }
  return all;
}

Result<std::vector<Transformer>> PluginMaker::make_transformers(const Kustomization& kustomization,
                                                                const TransformerConfig& config,
                                                                const std::optional<Origin>& origin) {
  std::vector<Transformer> made;
  const Origin* base = origin ? &*origin : nullptr;
  TRY(add_patches(kustomization, made, base));
  if (!kustomization.name_space.empty()) {
    made.push_back({[this, change = NamespaceChange{kustomization.name_space, config.name_space, false,
                                                    SubjectMode::default_only}](ResourceMap& map) {
                      return transform_namespace(m_context, map, change);
                    },
                    origin_of(base, "NamespaceTransformer")});
  }
  if (!kustomization.name_prefix.empty())
    made.push_back(name_transformer(m_context, NameSide::prefix, kustomization.name_prefix, config.name_prefix,
                                    origin_of(base, "PrefixTransformer")));
  if (!kustomization.name_suffix.empty())
    made.push_back(name_transformer(m_context, NameSide::suffix, kustomization.name_suffix, config.name_suffix,
                                    origin_of(base, "SuffixTransformer")));
  TRY(add_labels(kustomization, config, made, base));
  if (!kustomization.common_annotations.empty())
    made.push_back(entry_transformer(m_context, kustomization.common_annotations, config.common_annotations,
                                     origin_of(base, "AnnotationsTransformer")));
  TRY(add_json_patches(kustomization, made, base));
  for (const auto& replica : kustomization.replicas)
    made.push_back({[this, replica, specs = config.replicas](ResourceMap& map) {
                      return transform_replicas(m_context, map, replica, specs);
                    },
                    origin_of(base, "ReplicaCountTransformer")});
  for (const auto& image : kustomization.images)
    made.push_back({[this, image, specs = config.images](ResourceMap& map) {
                      return transform_images(m_context, map, image, specs);
                    },
                    origin_of(base, "ImageTagTransformer")});
  if (!kustomization.replacements.empty()) {
    auto replacements = load_replacements(kustomization.replacements);
    if (!replacements)
      return fail(in_config(std::move(replacements.error()), "ReplacementTransformer",
                            format_replacements_config(kustomization.replacements)));
    made.push_back({[this, all = std::move(*replacements)](ResourceMap& map) {
                      return transform_replacements(m_context, map, all);
                    },
                    origin_of(base, "ReplacementTransformer")});
  }
  return made;
}

}  // namespace reconciled::kustomize
