// A JSON value at the beginning of a text.
#pragma once

#include "base/result.h"
#include "renderers/helm/values/go_value.h"

#include <string_view>

namespace reconciled::helm {

/// Reads one value as Go's decoder does, numbers as float64, and takes it off the text.
Result<GoValue> read_json_prefix(std::string_view& text, Arena& arena);

}  // namespace reconciled::helm
