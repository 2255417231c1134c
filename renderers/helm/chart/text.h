// Small things that Go's strings package does to text.
#pragma once

#include <string_view>

namespace reconciled::helm {

/// Without white space (Unicode's White_Space) at both ends, as strings.TrimSpace.
std::string_view trim_space(std::string_view text);
std::string_view without_bom(std::string_view text);

}  // namespace reconciled::helm
