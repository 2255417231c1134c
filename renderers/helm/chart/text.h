// Small things that Go's strings package does to text.
#pragma once

#include <string_view>
#include <vector>

namespace reconciled::helm {

/// Without white space (Unicode's White_Space) at both ends, as strings.TrimSpace.
std::string_view trim_space(std::string_view text);
/// unicode.IsSpace.
bool is_space(std::uint32_t code_point);
std::string_view without_bom(std::string_view text);
/// Never empty: "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace reconciled::helm
