// A copy of a value that shares no map and no list with it.
#pragma once

#include "base/result.h"
#include "renderers/helm/values/go_value.h"

namespace reconciled::helm {

/// Fails for what is nested deeper than the budget allows, as a map that holds itself is.
Result<GoValue> deep_copy(GoValue value, Arena& arena);

}  // namespace reconciled::helm
