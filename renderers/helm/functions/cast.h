// Numbers out of any value, by the rules of spf13/cast 1.7: what cannot be read is 0.
#pragma once

#include "renderers/helm/values/go_value.h"

#include <cstdint>

namespace reconciled::helm {

/// Texts are read with any base ("0x1F", "010" is 8, "5.0" is 5, "5.7" is 0); floats lose their fraction, and what does
/// not fit becomes the smallest number.
std::int64_t to_int64(GoValue value);
double to_float64(GoValue value);
/// Go's conversion of a float64 to an int64, as amd64 does it.
std::int64_t truncate_to_int64(double number);

}  // namespace reconciled::helm
