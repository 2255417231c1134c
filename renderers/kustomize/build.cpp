#include "renderers/kustomize/build.h"

#include "renderers/kustomize/name_references.h"
#include "renderers/kustomize/node_value.h"
#include "renderers/kustomize/origin.h"
#include "renderers/kustomize/output.h"
#include "renderers/kustomize/target.h"
#include "renderers/kustomize/transformers.h"

#include <algorithm>

namespace reconciled::kustomize {
namespace {

constexpr std::string_view k_local_config = "config.kubernetes.io/local-config";
constexpr FieldSpec k_metadata_labels{{}, "metadata/labels", true};
constexpr std::string_view k_version = "v5.7.1";

bool lists(const Texts& texts, std::string_view wanted) {
  return std::find(texts.begin(), texts.end(), wanted) != texts.end();
}

/// Resources that only serve the build are left out of what it gives.
void drop_local(ResourceMap& map) {
  std::vector<Resource*> kept;
  for (Resource* resource : map.all()) {
    const auto annotations = resource->annotations();
    const bool local = std::any_of(annotations.begin(), annotations.end(), [](const auto& annotation) {
      return annotation.first == k_local_config && annotation.second != "false";
    });
    if (!local) kept.push_back(resource);
  }
  map.replace_all(std::move(kept));
}

/// Annotations are written anew in the end, which makes texts of their values.
Status settle_annotations(NodeArena& arena, Resource& resource, const Texts& metadata) {
  TextMap annotations = resource.annotations();
  if (!lists(metadata, "originAnnotations")) erase_in(annotations, k_origin_key);
  if (!lists(metadata, "transformerAnnotations")) erase_in(annotations, k_transformations_key);
  return resource.set_annotations(arena, std::move(annotations));
}

Status sort_in(ResourceMap& map, const Kustomization& root, ResourceOrder order) {
  if (root.sort_options) return sort_resources(map, *root.sort_options);
  if (order == ResourceOrder::legacy) return sort_resources(map, {"legacy", std::nullopt});
  return {};
}

Result<ResourceMap> build(Context& context, const Place& place, std::string_view path, const BuildOptions& options,
                          const Remotes& remotes) {
  TRY_ASSIGN(const auto loader, Loader::open(place, path, options.restriction, remotes));
  TRY_ASSIGN(auto target, Target::load(context, loader, options, 0));
  TRY(target.set_schema());
  const Texts metadata = target.kustomization().build_metadata;
  target.inherit(metadata, metadata.empty() ? std::nullopt : std::optional(Origin{}));
  TRY_ASSIGN(auto all, target.accumulate({}));
  TRY(transform_hashes(context, all.map));
  TRY(fix_name_references(context, all.map, all.config.name_reference));
  TRY(resolve_variables(context, all.map, all.variables, all.config.var_reference));
  drop_local(all.map);
  TRY(sort_in(all.map, target.kustomization(), options.order));
  if (lists(metadata, "managedByLabel"))
    TRY(transform_entries(context, all.map, {{"app.kubernetes.io/managed-by", "kustomize-" + std::string(k_version)}},
                          std::span(&k_metadata_labels, 1)));
  for (Resource* resource : all.map.all()) TRY(settle_annotations(context.arena(), *resource, metadata));
  TRY(context.check_budget());
  return std::move(all.map);
}

template <class T, class Finish>
Built<T> build_with(const Place& place, std::string_view path, const BuildOptions& options, const Remotes& remotes,
                    Budget& budget, Finish finish) {
  Context context(budget);
  Built<T> built;
  auto map = build(context, place, path, options, remotes);
  if (map) {
    built.output = finish(context.arena(), *map);
  } else {
    built.output = fail(std::move(map.error()));
  }
  built.warnings = std::move(context.warnings());
  return built;
}

}  // namespace

Built<std::string> build_text(const Place& place, std::string_view path, const BuildOptions& options,
                              const Remotes& remotes, Budget& budget) {
  return build_with<std::string>(
      place, path, options, remotes, budget,
      [](const NodeArena& arena, const ResourceMap& map) { return format_resources(arena, map.all()); });
}

Built<std::vector<OutputFile>> build_files(const Place& place, std::string_view path, const BuildOptions& options,
                                           const Remotes& remotes, Budget& budget) {
  return build_with<std::vector<OutputFile>>(
      place, path, options, remotes, budget,
      [](const NodeArena& arena, const ResourceMap& map) { return format_files(arena, map.all()); });
}

Built<std::vector<Value>> build_values(const Place& place, std::string_view path, const BuildOptions& options,
                                       const Remotes& remotes, Budget& budget) {
  using Values = std::vector<Value>;
  return build_with<Values>(place, path, options, remotes, budget,
                            [](const NodeArena& arena, const ResourceMap& map) -> Result<Values> {
                              Values values;
                              values.reserve(map.size());
                              for (const Resource* resource : map.all()) {
                                TRY_ASSIGN(auto value, value_of(arena, *resource->root));
                                values.push_back(std::move(value));
                              }
                              return values;
                            });
}

}  // namespace reconciled::kustomize
