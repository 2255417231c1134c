#include "base/go_text.h"
#include "renderers/kustomize/config_files.h"
#include "renderers/kustomize/config_text.h"
#include "renderers/kustomize/generators.h"
#include "renderers/kustomize/json_decoder.h"
#include "renderers/kustomize/json_reading.h"
#include "renderers/kustomize/kustomization_fields.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/node_value.h"
#include "renderers/kustomize/output.h"
#include "renderers/kustomize/patches.h"
#include "renderers/kustomize/plugins.h"
#include "renderers/kustomize/transformers.h"

#include <algorithm>
#include <array>

namespace reconciled::kustomize {
namespace {

constexpr std::array<std::string_view, 4> k_generators{"ConfigMapGenerator", "SecretGenerator",
                                                       "HelmChartInflationGenerator", "IAMPolicyGenerator"};
constexpr std::array<std::string_view, 14> k_transformers{"AnnotationsTransformer",
                                                          "HashTransformer",
                                                          "ImageTagTransformer",
                                                          "LabelTransformer",
                                                          "NamespaceTransformer",
                                                          "PatchJson6902Transformer",
                                                          "PatchStrategicMergeTransformer",
                                                          "PatchTransformer",
                                                          "PrefixSuffixTransformer",
                                                          "PrefixTransformer",
                                                          "SuffixTransformer",
                                                          "ReplacementTransformer",
                                                          "ReplicaCountTransformer",
                                                          "ValueAddTransformer"};

/// Every member that some built-in plugin is configured with.
struct Config {
  std::string name, name_space;  // of its metadata
  TextPairs labels, annotations;
  std::optional<std::vector<OwnedFieldSpec>> field_specs;
  std::string prefix, suffix, path, patch, json_op, patches, value, target_file_path, subjects;
  Texts paths;
  bool unset_only = false;
  ImageEntry image;
  ReplicaEntry replica;
  std::vector<Replacement> replacements;
  std::optional<Selector> target;
  std::map<std::string, bool> options;
};

void decode_metadata(JsonDecoder& decoder, const Value& value, Config& out) {
  decoder.object(value, "ObjectMeta", {{"name", decoder.into(out.name)}, {"namespace", decoder.into(out.name_space)}});
}

Result<Config> read_config(std::string_view kind, const Value& value) {
  JsonDecoder decoder(Decoding::lenient);
  Config out;
  const auto here = [](auto& d, const Value& v, auto& o) { decode(d, v, o); };
  const auto only_for = [&](std::string_view wanted, JsonDecoder::Handler handler) {
    return kind == wanted ? std::move(handler) : JsonDecoder::Handler([](const Value&) {});
  };
  const auto named = [&](bool wanted, JsonDecoder::Handler handler) {
    return wanted ? std::move(handler) : JsonDecoder::Handler([](const Value&) {});
  };
  const bool prefixes = kind == "PrefixTransformer" || kind == "PrefixSuffixTransformer";
  const bool suffixes = kind == "SuffixTransformer" || kind == "PrefixSuffixTransformer";
  const bool patches = kind == "PatchTransformer" || kind == "PatchJson6902Transformer";
  decoder.object(
      value, std::string(kind) + "Plugin",
      {{"metadata", [&](const Value& metadata) { decode_metadata(decoder, metadata, out); }},
       {"labels", only_for("LabelTransformer", decoder.into(out.labels))},
       {"annotations", only_for("AnnotationsTransformer", decoder.into(out.annotations))},
       {"fieldSpecs",
        [&](const Value& specs) {
          if (!specs.is_null()) decoder.each(out.field_specs.emplace(), "types.FsSlice", k_decode)(specs);
        }},
       {"prefix", named(prefixes, decoder.into(out.prefix))},
       {"suffix", named(suffixes, decoder.into(out.suffix))},
       {"path", named(patches, decoder.into(out.path))},
       {"patch", only_for("PatchTransformer", decoder.into(out.patch))},
       {"jsonOp", only_for("PatchJson6902Transformer", decoder.into(out.json_op))},
       {"target", named(patches, decoder.maybe(out.target, here))},
       {"options", only_for("PatchTransformer", decoder.into(out.options))},
       {"paths", only_for("PatchStrategicMergeTransformer", decoder.into(out.paths))},
       {"patches", only_for("PatchStrategicMergeTransformer", decoder.into(out.patches))},
       {"unsetOnly", only_for("NamespaceTransformer", decoder.into(out.unset_only))},
       {"setRoleBindingSubjects", only_for("NamespaceTransformer", decoder.into(out.subjects))},
       {"imageTag", only_for("ImageTagTransformer", [&](const Value& v) { decode(decoder, v, out.image); })},
       {"replica", only_for("ReplicaCountTransformer", [&](const Value& v) { decode(decoder, v, out.replica); })},
       {"replacements",
        only_for("ReplacementTransformer", decoder.each(out.replacements, "[]types.ReplacementField", here))},
       {"value", only_for("ValueAddTransformer", decoder.into(out.value))},
       {"targetFilePath", only_for("ValueAddTransformer", decoder.into(out.target_file_path))}});
  TRY(decoder.status());
  return out;
}

Result<SubjectMode> subject_mode(const std::string& name) {
  if (name.empty() || name == "defaultOnly") return SubjectMode::default_only;
  if (name == "allServiceAccounts") return SubjectMode::all_service_accounts;
  if (name == "none") return SubjectMode::none;
  return fail_render(
      "invalid value \"" + name +
      "\" for setRoleBindingSubjects: must be one of \"defaultOnly\", \"none\" or \"allServiceAccounts\"");
}

Result<std::vector<ValueAdd::Target>> read_targets(const Value& value) {
  JsonDecoder decoder(Decoding::lenient);
  std::vector<ValueAdd::Target> targets;
  decoder.each(targets, "[]builtins.Target", [](auto& d, const Value& v, ValueAdd::Target& out) {
    d.object(v, "Target",
             {{"selector", d.maybe(out.selector, k_decode)},
              {"fieldPath", d.into(out.field_path)},
              {"filePathPosition", d.into(out.file_path_position)}});
  })(value);
  TRY(decoder.status());
  return targets;
}

Result<ValueAdd> read_value_add(const Config& config, const Value& value, const Loader& loader, Budget& budget) {
  ValueAdd made;
  made.value = trim_space(config.value);
  if (made.value.empty()) made.value = loader.root().substr(loader.root().rfind('/') + 1);
  TRY_ASSIGN(made.targets, read_targets(value["targets"]));
  if (!config.target_file_path.empty()) {
    TRY_ASSIGN(const auto text, loader.load(config.target_file_path, budget));
    TRY_ASSIGN(const Value file, read_yaml_as_json(text, budget));
    TRY_ASSIGN(auto more, read_targets(file["targets"]));
    made.targets.insert(made.targets.end(), more.begin(), more.end());
  }
  if (made.targets.empty()) return fail_render("must specify at least one target");
  for (const auto& target : made.targets) {
    if (target.field_path.empty()) return fail_render("fieldPath cannot be empty");
    if (target.file_path_position < 0)
      return fail_render("value of FilePathPosition (" + std::to_string(target.file_path_position) +
                         ") cannot be negative");
  }
  return made;
}

Result<std::string> format_iam_account(const Value& value) {
  if (value["cloud"].as_string() != "gke")
    return fail_render("cloud provider " + std::string(value["cloud"].as_string()) + " not supported yet");
  const Value& account = value["serviceAccount"];
  std::string text =
      "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  annotations:\n    iam.gke.io/gcp-service-account: ";
  text.append(account["name"].as_string()).append("@").append(account["projectId"].as_string());
  text.append(".iam.gserviceaccount.com\n  name: ")
      .append(value.at({"kubernetesService", "name"}).as_string())
      .append("\n");
  const auto name_space = value.at({"kubernetesService", "namespace"}).as_string();
  if (!name_space.empty()) text.append("  namespace: ").append(name_space).append("\n");
  return text;
}

Error in_plugin(Error error, const Resource& config) {
  return wrap(std::move(error), "plugin " + format_id(config.original_id()) + " fails configuration");
}

/// A built-in kind of which these are.
Status check_builtin(const Resource& config) {
  const Gvk gvk = config.gvk();
  if (!gvk.group.empty() || gvk.version != "builtin")
    return fail_render("external plugins disabled; unable to load external plugin '" +
                       std::string(config.original_id().gvk.kind) + "'");
  const auto known = [&](const auto& kinds) { return std::find(kinds.begin(), kinds.end(), gvk.kind) != kinds.end(); };
  if (!known(k_generators) && !known(k_transformers)) return fail_render("unable to load builtin " + format_gvk(gvk));
  return {};
}

}  // namespace

Result<Generator> PluginMaker::make_generator(const Resource& config) {
  TRY(check_builtin(config));
  const auto kind = config.kind();
  TRY_ASSIGN(const Value value, value_of(m_context.arena(), *config.root));
  if (std::find(k_generators.begin(), k_generators.end(), kind) == k_generators.end())
    return fail_render("plugin " + format_id(config.original_id()) + " not a generator");
  if (kind == "IAMPolicyGenerator") {
    return Generator{[this, value]() -> Result<std::vector<Resource>> {
                       TRY_ASSIGN(const auto text, format_iam_account(value));
                       return read_resources(m_context.arena(), text);
                     },
                     std::nullopt};
  }
  JsonDecoder decoder(Decoding::lenient);
  if (kind == "HelmChartInflationGenerator") {
    HelmChart chart;
    HelmGlobals globals;
    decode(decoder, value, chart);
    decoder.text(value["chartHome"], globals.chart_home);
    if (auto status = decoder.status(); !status) return fail(in_plugin(std::move(status.error()), config));
    auto generator = chart_generator(chart, globals, std::nullopt);
    if (!generator) return fail(in_plugin(std::move(generator.error()), config));
    return generator;
  }
  GeneratorArgs args;
  Config metadata;
  decode(decoder, value, args);
  decode_metadata(decoder, value["metadata"], metadata);
  if (auto status = decoder.status(); !status) return fail(in_plugin(std::move(status.error()), config));
  if (args.name.empty()) args.name = metadata.name;
  if (args.name_space.empty()) args.name_space = metadata.name_space;
  const auto generated = kind == "SecretGenerator" ? GeneratedKind::secret : GeneratedKind::config_map;
  return Generator{[this, args, generated]() -> Result<std::vector<Resource>> {
                     TRY_ASSIGN(auto made, generate(m_context, m_loader, generated, args, std::nullopt));
                     return std::vector<Resource>{std::move(made)};
                   },
                   std::nullopt};
}

Result<Transformer> PluginMaker::make_builtin(std::string_view kind, const Value& value, const std::string& text) {
  TRY_ASSIGN(const Config config, read_config(kind, value));
  FieldSpecs specs;
  if (config.field_specs) {
    for (const auto& spec : *config.field_specs) specs.push_back(keep_spec(m_context.arena(), spec));
  }
  const auto transformer = [](auto apply) { return Transformer{std::move(apply), std::nullopt}; };
  if (kind == "LabelTransformer" || kind == "AnnotationsTransformer") {
    return transformer([this, entries = kind == "LabelTransformer" ? config.labels : config.annotations,
                        specs](ResourceMap& map) { return transform_entries(m_context, map, entries, specs); });
  }
  if (kind == "HashTransformer")
    return transformer([this](ResourceMap& map) { return transform_hashes(m_context, map); });
  if (kind == "ImageTagTransformer")
    return transformer([this, image = config.image, specs](ResourceMap& map) {
      return transform_images(m_context, map, image, specs);
    });
  if (kind == "ReplicaCountTransformer")
    return transformer([this, replica = config.replica, specs](ResourceMap& map) {
      return transform_replicas(m_context, map, replica, specs);
    });
  if (kind == "NamespaceTransformer") {
    TRY_ASSIGN(const auto subjects, subject_mode(config.subjects));
    return transformer([this, change = NamespaceChange{config.name_space, specs, config.unset_only, subjects}](
                           ResourceMap& map) { return transform_namespace(m_context, map, change); });
  }
  if (kind == "PrefixTransformer" || kind == "SuffixTransformer" || kind == "PrefixSuffixTransformer") {
    if (!config.field_specs) return fail_render("fieldSpecs is not expected to be nil");
    return transformer([this, kind = std::string(kind), prefix = config.prefix, suffix = config.suffix,
                        specs](ResourceMap& map) -> Status {
      if (kind != "SuffixTransformer") TRY(transform_names(m_context, map, NameSide::prefix, prefix, specs));
      if (kind != "PrefixTransformer") TRY(transform_names(m_context, map, NameSide::suffix, suffix, specs));
      return {};
    });
  }
  if (kind == "PatchStrategicMergeTransformer") {
    if (config.paths.empty() && config.patches.empty()) return fail_render("empty file path and empty patch content");
    TRY_ASSIGN(auto patches, load_strategic_patches(m_context, m_loader, config.paths, config.patches));
    return transformer([this, patches = std::move(patches)](ResourceMap& map) {
      return apply_strategic_patches(m_context, map, patches);
    });
  }
  if (kind == "PatchTransformer") {
    TRY_ASSIGN(auto patch,
               load_patch(m_context, m_loader, {config.path, config.patch, config.target, config.options}, text));
    return transformer(
        [this, patch = std::move(patch)](ResourceMap& map) { return apply_patch(m_context, map, patch); });
  }
  if (kind == "PatchJson6902Transformer") {
    TRY_ASSIGN(auto patch, load_json_patch(m_context, m_loader, {config.path, config.json_op, config.target, {}}));
    return transformer(
        [this, patch = std::move(patch)](ResourceMap& map) { return apply_json_patch_to(m_context, map, patch); });
  }
  if (kind == "ReplacementTransformer") {
    TRY_ASSIGN(auto all, load_replacements(config.replacements));
    return transformer(
        [this, all = std::move(all)](ResourceMap& map) { return transform_replacements(m_context, map, all); });
  }
  TRY_ASSIGN(auto change, read_value_add(config, value, m_loader, m_context.budget()));
  return transformer(
      [this, change = std::move(change)](ResourceMap& map) { return transform_value_add(m_context, map, change); });
}

Result<Transformer> PluginMaker::make_transformer(const Resource& config) {
  TRY(check_builtin(config));
  const auto kind = config.kind();
  if (std::find(k_transformers.begin(), k_transformers.end(), kind) == k_transformers.end())
    return fail_render("plugin " + format_id(config.original_id()) + " not a transformer");
  TRY_ASSIGN(const Value value, value_of(m_context.arena(), *config.root));
  TRY_ASSIGN(const auto text, format_resource(m_context.arena(), config));
  auto made = make_builtin(kind, value, text);
  if (!made) return fail(in_plugin(std::move(made.error()), config));
  return made;
}

}  // namespace reconciled::kustomize
