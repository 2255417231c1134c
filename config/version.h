// The version of the programs.
#pragma once

#include <string_view>

namespace reconciled {

constexpr std::string_view k_version = RECONCILED_VERSION;

}  // namespace reconciled
