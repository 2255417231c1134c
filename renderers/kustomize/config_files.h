// Files that add to the built-in field specs: `configurations` and `crds`.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/context.h"
#include "renderers/kustomize/field_spec.h"
#include "renderers/kustomize/kustomization.h"
#include "renderers/kustomize/loader.h"

namespace reconciled::kustomize {

/// The defaults with what the files add.
Result<TransformerConfig> load_configurations(Context& context, const Loader& loader, const Texts& paths);
/// Field specs that annotations in OpenAPI definitions of custom resources ask for.
Result<TransformerConfig> load_crds(Context& context, const Loader& loader, const Texts& paths);

/// A spec whose texts live as long as the build.
FieldSpec keep_spec(NodeArena& arena, const OwnedFieldSpec& spec);

}  // namespace reconciled::kustomize
