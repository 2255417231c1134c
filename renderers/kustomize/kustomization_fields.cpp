#include "renderers/kustomize/kustomization_fields.h"

namespace reconciled::kustomize {
namespace {

void decode(JsonDecoder& decoder, const Value& value, PatchEntry& out) {
  decoder.object(value, "Patch",
                 {{"path", decoder.into(out.path)},
                  {"patch", decoder.into(out.patch)},
                  {"target", decoder.maybe(out.target, k_decode)},
                  {"options", decoder.into(out.options)}});
}

void decode(JsonDecoder& decoder, const Value& value, LabelEntry& out) {
  decoder.object(value, "Label",
                 {{"pairs", decoder.into(out.pairs)},
                  {"includeSelectors", decoder.into(out.include_selectors)},
                  {"includeTemplates", decoder.into(out.include_templates)},
                  {"fields", decoder.each(out.fields, "[]types.FieldSpec", k_decode)}});
}

void decode(JsonDecoder& decoder, const Value& value, FieldOptions& out) {
  decoder.object(value, "FieldOptions",
                 {{"delimiter", decoder.into(out.delimiter)},
                  {"index", [&](const Value& index) { decoder.whole(index, out.index, "int"); }},
                  {"encoding", decoder.into(out.encoding)},
                  {"create", decoder.into(out.create)}});
}

void decode(JsonDecoder& decoder, const Value& value, ReplacementSource& out) {
  decoder.object(value, "SourceSelector",
                 {{"group", decoder.into(out.id.group), "ResId.Gvk"},
                  {"version", decoder.into(out.id.version), "ResId.Gvk"},
                  {"kind", decoder.into(out.id.kind), "ResId.Gvk"},
                  {"name", decoder.into(out.id.name), "ResId"},
                  {"namespace", decoder.into(out.id.name_space), "ResId"},
                  {"fieldPath", decoder.into(out.field_path)},
                  {"options", decoder.maybe(out.options, [](auto& d, const Value& v, auto& o) { decode(d, v, o); })}});
}

void decode(JsonDecoder& decoder, const Value& value, ReplacementTarget& out) {
  decoder.object(value, "TargetSelector",
                 {{"select", decoder.maybe(out.select, k_decode)},
                  {"reject", decoder.each(out.reject, "[]*types.Selector", k_decode)},
                  {"fieldPaths", decoder.into(out.field_paths)},
                  {"options", decoder.maybe(out.options, [](auto& d, const Value& v, auto& o) { decode(d, v, o); })}});
}

void decode(JsonDecoder& decoder, const Value& value, VarEntry& out) {
  decoder.object(value, "Var",
                 {{"name", decoder.into(out.name)},
                  {"objref",
                   [&](const Value& object) {
                     decoder.object(object, "Target",
                                    {{"apiVersion", decoder.into(out.api_version)},
                                     {"group", decoder.into(out.object.group), "Gvk"},
                                     {"version", decoder.into(out.object.version), "Gvk"},
                                     {"kind", decoder.into(out.object.kind), "Gvk"},
                                     {"name", decoder.into(out.object.name)},
                                     {"namespace", decoder.into(out.object.name_space)}});
                   }},
                  {"fieldref", [&](const Value& field) {
                     decoder.object(field, "FieldSelector", {{"fieldPath", decoder.into(out.field_path)}});
                   }}});
}

void decode(JsonDecoder& decoder, const Value& value, GeneratorOptions& out) {
  const auto pairs = [&decoder](std::optional<TextPairs>& target) {
    return [&decoder, &target](const Value& given) {
      if (!given.is_null()) decoder.pairs(given, target.emplace());
    };
  };
  decoder.object(value, "GeneratorOptions",
                 {{"labels", pairs(out.labels)},
                  {"annotations", pairs(out.annotations)},
                  {"disableNameSuffixHash", decoder.into(out.disable_name_suffix_hash)},
                  {"immutable", decoder.into(out.immutable)}});
}

void decode(JsonDecoder& decoder, const Value& value, HelmGlobals& out) {
  decoder.object(value, "HelmGlobals",
                 {{"chartHome", decoder.into(out.chart_home)}, {"configHome", decoder.into(out.config_home)}});
}

void decode(JsonDecoder& decoder, const Value& value, SortOptions& out) {
  decoder.object(value, "SortOptions",
                 {{"order", [&](const Value& order) { decoder.text(order, out.order, "types.SortOrder"); }},
                  {"legacySortOptions", decoder.maybe(out.legacy, [](auto& d, const Value& v, auto& legacy) {
                     d.object(v, "LegacySortOptions",
                              {{"orderFirst", d.into(legacy.first)}, {"orderLast", d.into(legacy.last)}});
                   })}});
}

/// What old files call a chart and where charts are kept.
struct OldHelmChart {
  HelmChart chart;
  HelmGlobals globals;
};

void decode(JsonDecoder& decoder, const Value& value, OldHelmChart& out) {
  const auto ignore = [](const Value&) {};
  decoder.object(value, "HelmChartArgs",
                 {{"chartName", decoder.into(out.chart.name)},
                  {"chartVersion", decoder.into(out.chart.version)},
                  {"chartRepoUrl", decoder.into(out.chart.repo)},
                  {"chartHome", decoder.into(out.globals.chart_home)},
                  {"chartRepoName", ignore},
                  {"helmBin", ignore},
                  {"helmHome", decoder.into(out.globals.config_home)},
                  {"values", decoder.into(out.chart.values_file)},
                  {"valuesLocal", [&](const Value& values) { out.chart.values_inline = values; }},
                  {"valuesMerge", decoder.into(out.chart.values_merge)},
                  {"releaseName", decoder.into(out.chart.release_name)},
                  {"releaseNamespace", ignore},
                  {"extraArgs", ignore}});
}

void add_old_charts(std::vector<OldHelmChart> old, Kustomization& out) {
  HelmGlobals globals;
  for (auto& each : old) {
    out.helm_charts.push_back(std::move(each.chart));
    if (!each.globals.config_home.empty()) globals.config_home = each.globals.config_home;
    if (!each.globals.chart_home.empty()) globals.chart_home = each.globals.chart_home;
  }
  if (!out.helm_globals && (!globals.chart_home.empty() || !globals.config_home.empty())) out.helm_globals = globals;
}

template <class T>
void append(std::vector<T>& list, std::vector<T> more) {
  list.insert(list.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void move_env(std::vector<GeneratorArgs>& generators) {
  for (auto& args : generators) {
    if (!args.env.empty()) args.envs.push_back(std::exchange(args.env, {}));
  }
}

}  // namespace

void decode(JsonDecoder& decoder, const Value& value, OwnedFieldSpec& out) {
  decoder.object(value, "FieldSpec",
                 {{"group", decoder.into(out.group), "Gvk"},
                  {"version", decoder.into(out.version), "Gvk"},
                  {"kind", decoder.into(out.kind), "Gvk"},
                  {"path", decoder.into(out.path)},
                  {"create", decoder.into(out.create)}});
}

void decode(JsonDecoder& decoder, const Value& value, Selector& out) {
  decoder.object(value, "Selector",
                 {{"group", decoder.into(out.id.group), "ResId.Gvk"},
                  {"version", decoder.into(out.id.version), "ResId.Gvk"},
                  {"kind", decoder.into(out.id.kind), "ResId.Gvk"},
                  {"name", decoder.into(out.id.name), "ResId"},
                  {"namespace", decoder.into(out.id.name_space), "ResId"},
                  {"annotationSelector", decoder.into(out.annotation_selector)},
                  {"labelSelector", decoder.into(out.label_selector)}});
}

void decode(JsonDecoder& decoder, const Value& value, ImageEntry& out) {
  decoder.object(value, "Image",
                 {{"name", decoder.into(out.name)},
                  {"newName", decoder.into(out.new_name)},
                  {"tagSuffix", decoder.into(out.tag_suffix)},
                  {"newTag", decoder.into(out.new_tag)},
                  {"digest", decoder.into(out.digest)}});
}

void decode(JsonDecoder& decoder, const Value& value, ReplicaEntry& out) {
  decoder.object(value, "Replica", {{"name", decoder.into(out.name)}, {"count", decoder.into(out.count)}});
}

void decode(JsonDecoder& decoder, const Value& value, Replacement& out) {
  decoder.object(
      value, "ReplacementField",
      {{"path", decoder.into(out.path)},
       {"source", decoder.maybe(out.source, [](auto& d, const Value& v, auto& o) { decode(d, v, o); }), "Replacement"},
       {"sourceValue", decoder.maybe(out.source_value, [](auto& d, const Value& v, auto& o) { d.text(v, o); }),
        "Replacement"},
       {"targets",
        decoder.maybe(out.targets,
                      [](auto& d, const Value& v, auto& list) {
                        d.each(list, "[]*types.TargetSelector",
                               [](auto& dd, const Value& vv, auto& o) { decode(dd, vv, o); })(v);
                      }),
        "Replacement"}});
}

static void decode_args(JsonDecoder& decoder, const Value& value, std::string_view go_name, GeneratorArgs& out) {
  constexpr std::string_view k_args = "GeneratorArgs", k_sources = "GeneratorArgs.KvPairSources";
  decoder.object(
      value, go_name,
      {{"namespace", decoder.into(out.name_space), k_args},
       {"name", decoder.into(out.name), k_args},
       {"behavior", decoder.into(out.behavior), k_args},
       {"type",
        [&](const Value& type) {
          if (go_name == "ConfigMapArgs") return decoder.fail_with("json: unknown field \"type\"");
          decoder.text(type, out.type);
        }},
       {"literals", decoder.into(out.literals), k_sources},
       {"files", decoder.into(out.files), k_sources},
       {"envs", decoder.into(out.envs), k_sources},
       {"env", decoder.into(out.env), k_sources},
       {"options", decoder.maybe(out.options, [](auto& d, const Value& v, auto& o) { decode(d, v, o); }), k_args}});
}

void decode(JsonDecoder& decoder, const Value& value, GeneratorArgs& out) {
  decode_args(decoder, value, "GeneratorArgs", out);
}

void decode(JsonDecoder& decoder, const Value& value, HelmChart& out) {
  decoder.object(value, "HelmChart",
                 {{"name", decoder.into(out.name)},
                  {"version", decoder.into(out.version)},
                  {"repo", decoder.into(out.repo)},
                  {"releaseName", decoder.into(out.release_name)},
                  {"namespace", decoder.into(out.name_space)},
                  {"additionalValuesFiles", decoder.into(out.additional_values_files)},
                  {"valuesFile", decoder.into(out.values_file)},
                  {"valuesInline",
                   [&](const Value& values) {
                     if (!values.is_null() && !values.is_map())
                       return decoder.mismatch(values, "map[string]interface {}");
                     out.values_inline = values;
                   }},
                  {"valuesMerge", decoder.into(out.values_merge)},
                  {"includeCRDs", decoder.into(out.include_crds)},
                  {"skipHooks", decoder.into(out.skip_hooks)},
                  {"apiVersions", decoder.into(out.api_versions)},
                  {"kubeVersion", decoder.into(out.kube_version)},
                  {"nameTemplate", decoder.into(out.name_template)},
                  {"skipTests", decoder.into(out.skip_tests)},
                  {"debug", decoder.into(out.debug)},
                  {"devel", decoder.into(out.devel)}});
}

void decode(JsonDecoder& decoder, const Value& value, Kustomization& out) {
  const auto in_here = [](auto& d, const Value& v, auto& o) { decode(d, v, o); };
  Texts bases;
  std::vector<ImageEntry> image_tags;
  std::vector<OldHelmChart> old_charts;
  std::string ignored;
  TextPairs ignored_pairs;
  decoder.object(
      value, "Kustomization",
      {{"kind", decoder.into(out.kind), "TypeMeta"},
       {"apiVersion", decoder.into(out.api_version), "TypeMeta"},
       {"metadata",
        [&](const Value& metadata) {
          decoder.object(metadata, "ObjectMeta",
                         {{"name", decoder.into(ignored)},
                          {"namespace", decoder.into(ignored)},
                          {"labels", decoder.into(ignored_pairs)},
                          {"annotations", decoder.into(ignored_pairs)}});
        }},
       {"openapi", decoder.into(out.openapi)},
       {"namePrefix", decoder.into(out.name_prefix)},
       {"nameSuffix", decoder.into(out.name_suffix)},
       {"namespace", decoder.into(out.name_space)},
       {"commonLabels", decoder.into(out.common_labels)},
       {"labels", decoder.each(out.labels, "[]types.Label", in_here)},
       {"commonAnnotations", decoder.into(out.common_annotations)},
       {"patchesStrategicMerge",
        [&](const Value& patches) {
          decoder.list(patches, "[]types.PatchStrategicMerge", [&](const Value& patch) {
            decoder.text(patch, out.patches_strategic_merge.emplace_back(), "types.PatchStrategicMerge");
          });
        }},
       {"patchesJson6902", decoder.each(out.patches_json6902, "[]types.Patch", in_here)},
       {"patches", decoder.each(out.patches, "[]types.Patch", in_here)},
       {"images", decoder.each(out.images, "[]types.Image", in_here)},
       {"imageTags", decoder.each(image_tags, "[]types.Image", in_here)},
       {"replacements", decoder.each(out.replacements, "[]types.ReplacementField", in_here)},
       {"replicas", decoder.each(out.replicas, "[]types.Replica", in_here)},
       {"vars", decoder.each(out.vars, "[]types.Var", in_here)},
       {"sortOptions", decoder.maybe(out.sort_options, in_here)},
       {"resources", decoder.into(out.resources)},
       {"components", decoder.into(out.components)},
       {"crds", decoder.into(out.crds)},
       {"bases", decoder.into(bases)},
       {"configMapGenerator",
        decoder.each(out.config_map_generator, "[]types.ConfigMapArgs",
                     [](auto& d, const Value& v, auto& o) { decode_args(d, v, "ConfigMapArgs", o); })},
       {"secretGenerator", decoder.each(out.secret_generator, "[]types.SecretArgs",
                                        [](auto& d, const Value& v, auto& o) { decode_args(d, v, "SecretArgs", o); })},
       {"helmGlobals", decoder.maybe(out.helm_globals, in_here)},
       {"helmCharts", decoder.each(out.helm_charts, "[]types.HelmChart", in_here)},
       {"helmChartInflationGenerator", decoder.each(old_charts, "[]types.HelmChartArgs", in_here)},
       {"generatorOptions", decoder.maybe(out.generator_options, in_here)},
       {"configurations", decoder.into(out.configurations)},
       {"generators", decoder.into(out.generators)},
       {"transformers", decoder.into(out.transformers)},
       {"validators", decoder.into(out.validators)},
       {"buildMetadata", decoder.into(out.build_metadata)}});
  add_old_charts(std::move(old_charts), out);
  append(out.resources, std::move(bases));
  append(out.images, std::move(image_tags));
  move_env(out.config_map_generator);
  move_env(out.secret_generator);
}

}  // namespace reconciled::kustomize
