// Patterns of Go's regexp package, prepared for RE2.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

/// RE2 does not know `(?<name>`, and Go allows the same name twice: groups get other names here.
struct RegexPattern {
  std::string text;
  std::vector<std::string> group_names{};  ///< of the whole match, which has none, and of each group; "" without a name
};

/// Messages are Go's: "error parsing regexp: invalid named capture: `(?P<n!>`".
Result<RegexPattern> prepare_pattern(std::string_view pattern);

/// "error parsing regexp: REASON: `PART`".
Error regex_error(std::string_view reason, std::string_view part);

}  // namespace reconciled::helm
