// Go's path.Match: what .helmignore and --show-only patterns mean.
#pragma once

#include <string_view>

namespace reconciled::helm {

/// Whether Go would accept the pattern; a bad one is "syntax error in pattern".
bool is_path_pattern(std::string_view pattern);
/// '*' and '?' do not match '/', '[a-z]' and '[^a-z]' are classes, '\' takes the next character as it is. A bad pattern
/// matches nothing.
bool match_path(std::string_view pattern, std::string_view path);
/// The same for a pattern that is known to be one.
bool match_checked_path(std::string_view pattern, std::string_view path);

}  // namespace reconciled::helm
