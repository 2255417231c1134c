// Strategic merge patches as kustomize applies them.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/node.h"
#include "renderers/kustomize/schema.h"

namespace reconciled::kustomize {

enum class ListGrowth : std::uint8_t {
  append,   ///< what only the patch has goes behind: values of Helm charts
  prepend,  ///< and before: patches
};

/// Merges a patch into a target, which is changed in place, as is the patch: its directives are taken out. Parts of the
/// patch become parts of the target. Null when the target is deleted.
Result<Node*> merge_strategically(NodeArena& arena, const Schema& schema, Node* target, Node* patch, ListGrowth growth);

}  // namespace reconciled::kustomize
