// What Go's reflect calls a slice, of whatever type.
#pragma once

#include "renderers/helm/values/go_value.h"

#include <optional>
#include <span>

namespace reconciled::helm {

/// The items of any list type, and the numbers of a []byte; nothing for what is no slice.
std::optional<std::span<const GoValue>> as_sequence(GoValue value, Arena& arena);

}  // namespace reconciled::helm
