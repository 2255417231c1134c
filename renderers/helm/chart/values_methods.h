// The methods of .Values and of the top-level object.
#pragma once

#include "renderers/helm/values/go_function.h"

#include <span>

namespace reconciled::helm {

/// Table, PathValue, AsMap, YAML.
std::span<const GoFunction> values_methods();

}  // namespace reconciled::helm
