// The unified diff of two lists of lines.
#pragma once

#include <string>
#include <vector>

namespace reconciled {

/// Hunks with three lines of context, without file headers; empty when both are equal. The shortest edit script (Myers)
/// up to 1,000 edits; beyond that everything between the common head and tail is replaced.
std::string format_line_diff(const std::vector<std::string>& before, const std::vector<std::string>& after);

}  // namespace reconciled
