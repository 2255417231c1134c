// The keys of a `helm:` block: their shapes, and how blocks of defaults, layer, environment and stack are merged.
#pragma once

#include "stacks/conventions/document.h"
#include "stacks/stack.h"

namespace reconciled {

/// Shapes and bounds of what one file says; what several say together is seen by find_chart_place.
Status check_helm_block(const Node& node);

/// `over` laid over `base`: maps key by key, where null removes; in `values` null stays, as it removes a default of the
/// chart. A block that names another chart takes nothing from `base` that says which chart and version.
Value merge_helm_blocks(const Value& base, const Value& over);

/// Fills in the release name of a Helm stack ("{stack}" where none is given) and checks that its chart's coordinates
/// fit each other.
Status settle_release(Stack& stack);

}  // namespace reconciled
