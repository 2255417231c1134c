// reflect.DeepEqual over Go values.
#pragma once

#include "renderers/helm/values/go_value.h"

namespace reconciled::helm {

/// Same dynamic type and same content: an int is never equal to an int64. Maps and lists nested deeper than a thousand
/// levels are not equal, which also ends a map that holds itself.
bool deep_equal(GoValue left, GoValue right);

}  // namespace reconciled::helm
