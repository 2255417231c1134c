// The `format` keyword of drafts up to 7.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reconciled::helm {

/// Why the text is not of the format; nothing when it is, or when nobody knows the format.
std::optional<std::string> check_format(std::string_view format, std::string_view text);

}  // namespace reconciled::helm
