// What kustomize says of fields with the wrong type, by its own text.
#include "renderers/kustomize/kustomization.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

std::string message_of(std::string_view text) {
  Budget budget;
  const auto loaded = kustomize::read_kustomization(text, "/app", budget);
  return loaded.kustomization ? "none" : loaded.kustomization.error().message;
}

}  // namespace

TEST_CASE("a wrong type is named with the path of Go's structs, also of those that are embedded") {
  struct Row {
    std::string_view text, problem;
  };
  constexpr Row k_rows[] = {
      {"kind: [a]", "array into Go struct field Kustomization.TypeMeta.kind of type string"},
      {"metadata: {name: 1}", "number into Go struct field ObjectMeta.metadata.name of type string"},
      {"patches: [{target: {kind: [1]}}]",
       "array into Go struct field Selector.patches.target.ResId.Gvk.kind of type string"},
      {"patches: [{target: {name: 1}}]",
       "number into Go struct field Selector.patches.target.ResId.name of type string"},
      {"patches: [{target: {labelSelector: 1}}]",
       "number into Go struct field Selector.patches.target.labelSelector of type string"},
      {"patches: [{options: {a: 1}}]", "number into Go struct field Patch.patches.options of type bool"},
      {"replacements: [{source: {kind: 1}}]",
       "number into Go struct field SourceSelector.replacements.Replacement.source.ResId.Gvk.kind of type string"},
      {"replacements: [{source: {options: {index: a}}}]",
       "string into Go struct field FieldOptions.replacements.Replacement.source.options.index of type int"},
      {"replacements: [{path: 1}]", "number into Go struct field ReplacementField.replacements.path of type string"},
      {"replacements: [{targets: [1]}]",
       "number into Go struct field ReplacementField.replacements.Replacement.targets of type types.TargetSelector"},
      {"vars: [{objref: {kind: 1}}]", "number into Go struct field Target.vars.objref.Gvk.kind of type string"},
      {"vars: [{objref: {name: 1}}]", "number into Go struct field Target.vars.objref.name of type string"},
      {"labels: [{fields: [{kind: 1}]}]",
       "number into Go struct field FieldSpec.labels.fields.Gvk.kind of type string"},
      {"labels: [{fields: [1]}]", "number into Go struct field Label.labels.fields of type types.FieldSpec"},
      {"replicas: [{count: a}]", "string into Go struct field Replica.replicas.count of type int64"},
      {"replicas: [{count: 1.5}]", "number 1.5 into Go struct field Replica.replicas.count of type int64"},
      {"replicas: [{count: 99999999999999999999}]",
       "number 100000000000000000000 into Go struct field Replica.replicas.count of type int64"},
      {"helmChartInflationGenerator: [{chartName: 1}]",
       "number into Go struct field HelmChartArgs.helmChartInflationGenerator.chartName of type string"},
      {"configMapGenerator: [{literals: x}]",
       "string into Go struct field ConfigMapArgs.configMapGenerator.GeneratorArgs.KvPairSources.literals of type "
       "[]string"},
      {"secretGenerator: [{name: [a]}]",
       "array into Go struct field SecretArgs.secretGenerator.GeneratorArgs.name of type string"},
      {"secretGenerator: [{type: 1}]", "number into Go struct field SecretArgs.secretGenerator.type of type string"},
      {"secretGenerator: [a]", "string into Go struct field Kustomization.secretGenerator of type types.SecretArgs"},
      {"sortOptions: {order: 1}", "number into Go struct field SortOptions.sortOptions.order of type types.SortOrder"},
      {"patchesStrategicMerge: [[a]]",
       "array into Go struct field Kustomization.patchesStrategicMerge of type types.PatchStrategicMerge"},
  };
  for (const auto& [text, problem] : k_rows) {
    CAPTURE(text);
    CHECK(message_of(text) == "invalid Kustomization: json: cannot unmarshal " + std::string(problem));
  }
  CHECK(message_of("configMapGenerator: [{type: a}]") == "invalid Kustomization: json: unknown field \"type\"");
  CHECK(message_of("replicas: [{name: a, count: 1e3}]") == "none");
}
