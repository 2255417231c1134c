// Small things that Go's strings and strconv packages do to text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

/// Without white space (Unicode's White_Space) at the beginning, as strings.TrimLeftFunc with unicode.IsSpace.
std::string_view trim_space_left(std::string_view text);
/// Without white space at both ends, as strings.TrimSpace.
std::string_view trim_space(std::string_view text);
/// As strings.ToLower; broken bytes stay.
std::string to_lower(std::string_view text);
std::string_view without_bom(std::string_view text);
/// As strconv.Atoi: digits behind at most one sign, within an int64; nothing else.
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace reconciled
