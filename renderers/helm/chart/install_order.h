// In which order Helm installs kinds.
#pragma once

#include "renderers/helm/values/go_function.h"

#include <string_view>

namespace reconciled::helm {

/// Whether `a` is installed before `b`. Kinds that Helm does not know come last, in the order of their names.
bool installs_before(std::string_view a, std::string_view b, HelmProfile profile);

}  // namespace reconciled::helm
