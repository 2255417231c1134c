// reflect.DeepEqual over Go values.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/values/go_value.h"

namespace reconciled::helm {

/// Same dynamic type and same content: an int is never equal to an int64, a nil list never to an empty one. Maps and
/// lists nested deeper than a thousand levels are not equal, which also ends a map that holds itself. Each value that
/// is compared costs a step; fails when the budget is spent.
Result<bool> deep_equal(GoValue left, GoValue right, Budget& budget);

}  // namespace reconciled::helm
