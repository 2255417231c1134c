// A text in parts.
#pragma once

#include <string_view>
#include <vector>

namespace reconciled {

/// What stands between the separators. Never empty: "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace reconciled
