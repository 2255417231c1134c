// Decimal text of doubles, without the locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

/// A decimal number ([+-] digits [. digits] [e [+-] digits], at least one digit) as the nearest double. Too small
/// becomes 0; too large, or anything else, is nothing.
std::optional<double> parse_double(std::string_view text) noexcept;

/// The shortest text that reads back as the same double, laid out as Go's JSON encoder does: 0.000001 but 1e-7, 1e+21
/// but 100000000000000000000. Whole numbers have no point and, where an int64 can hold them, all their digits; -0 is 0.
/// The number must be finite.
void append_double(std::string& out, double number);

/// The shortest text that reads back as the same float, as Go's %g lays it out: what sigs.k8s.io/yaml makes of a map
/// key that is a number with a fraction.
std::string format_float_key(double number);

}  // namespace reconciled
