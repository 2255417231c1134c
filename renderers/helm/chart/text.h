// Small things that Go's strings package does to text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

/// Without white space (Unicode's White_Space) at both ends, as strings.TrimSpace.
std::string_view trim_space(std::string_view text);
std::string_view without_bom(std::string_view text);
/// Never empty: "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);
/// path.Clean: without "." and empty names, with ".." resolved as far as there is something before it; never empty.
std::string clean_path(std::string_view path);

}  // namespace reconciled::helm
