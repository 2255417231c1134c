// Texts to numbers as Go's strconv reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace reconciled::helm {

/// What strconv.ParseInt gives for 64 bits: nothing when the syntax is wrong, and the nearest number when it is out of
/// range.
struct ParsedInt {
  std::int64_t value = 0;
  bool in_range = true;
};
/// Base 0 takes prefixes (0x, 0o, 0b, 0) and underscores between digits, as Go literals do.
std::optional<ParsedInt> parse_go_int(std::string_view text, unsigned base);

/// strconv.ParseFloat for 64 bits: decimal and hexadecimal, inf and nan; nothing when out of range.
std::optional<double> parse_go_float(std::string_view text);

}  // namespace reconciled::helm
