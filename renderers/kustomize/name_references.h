// Names that changed are changed where other resources refer to them.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/context.h"
#include "renderers/kustomize/field_spec.h"

namespace reconciled::kustomize {

/// Every reference gets the current name (and, where it has a namespace, that too) of what it meant by a former name.
Status fix_name_references(Context& context, ResourceMap& map, const std::vector<NameReference>& references);

}  // namespace reconciled::kustomize
