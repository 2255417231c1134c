// Limits of the settings in the form in which the rest of the program takes them.
#pragma once

#include "base/budget.h"
#include "config/settings.h"

namespace reconciled {

/// Of one stack's render.
Limits render_limits(const Settings& settings);

}  // namespace reconciled
