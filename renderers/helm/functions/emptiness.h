// What sprig takes for empty: the zero value of a type, and whatever has no elements.
#pragma once

#include "renderers/helm/values/go_value.h"

namespace reconciled::helm {

/// Structs and pointers that are not nil are never empty.
bool is_empty(GoValue value);

}  // namespace reconciled::helm
