// Patches of a kustomization: read once, then applied to what they mean.
#pragma once

#include "base/value.h"
#include "renderers/kustomize/context.h"
#include "renderers/kustomize/kustomization.h"
#include "renderers/kustomize/loader.h"

#include <optional>
#include <string>
#include <vector>

namespace reconciled::kustomize {

/// An entry of `patches`, of either kind.
struct LoadedPatch {
  std::vector<Resource*> strategic;
  std::optional<Value> json;
  std::optional<Selector> target;
  std::string source;  ///< as messages call it: [path: "a.yaml"]
};

/// `config` is the entry as YAML, for messages.
Result<LoadedPatch> load_patch(Context& context, const Loader& loader, const PatchEntry& entry,
                               const std::string& config);
Status apply_patch(Context& context, ResourceMap& map, const LoadedPatch& patch);

/// The patches of `patchesStrategicMerge`: each item is a path or a patch itself.
Result<std::vector<Resource*>> load_strategic_patches(Context& context, const Loader& loader, const Texts& items,
                                                      const std::string& more);
Status apply_strategic_patches(Context& context, ResourceMap& map, const std::vector<Resource*>& patches);

/// An entry of `patchesJson6902`.
struct LoadedJsonPatch {
  Value operations;
  Selector target;
};
Result<LoadedJsonPatch> load_json_patch(Context& context, const Loader& loader, const PatchEntry& entry);
Status apply_json_patch_to(Context& context, ResourceMap& map, const LoadedJsonPatch& patch);

}  // namespace reconciled::kustomize
