// Go's path.Match and a copy of it that is used for texts.
#pragma once

#include "base/budget.h"

#include <cstdint>
#include <string_view>

namespace reconciled {

/// Whether Go would accept the pattern; a bad one is "syntax error in pattern".
bool is_path_pattern(std::string_view pattern);
/// '*' and '?' do not match '/', '[a-z]' and '[^a-z]' are classes, '\' takes the next character as it is. A bad pattern
/// matches nothing.
bool match_path(std::string_view pattern, std::string_view path);
/// The same for a pattern that is known to be one.
bool match_checked_path(std::string_view pattern, std::string_view path);

enum class PatternFit : std::uint8_t { yes, no, bad_pattern, too_costly };

/// The same where slashes are characters like others, as Flux's envsubst has it. A pattern is bad only when the text
/// leads to its mistake. Every attempt is charged to the budget.
PatternFit match_text(std::string_view pattern, std::string_view text, Budget& budget);

}  // namespace reconciled
