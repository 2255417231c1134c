// Kubernetes quantities ("500m", "1Gi", "1e3"): whether two texts mean the same amount.
#pragma once

#include "base/value.h"

#include <string_view>

namespace reconciled {

/// Both are quantities (strings or numbers) of the same amount. Fractions below one nano are rounded up, as the API
/// server does. False when either is no quantity.
bool same_quantity(const Value& a, const Value& b);

}  // namespace reconciled
