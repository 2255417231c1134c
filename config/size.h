// Byte counts as people write them: 256Mi.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled {

/// Digits and one of nothing, k, M, G, T (powers of 1000), Ki, Mi, Gi, Ti (of 1024); below 2^63.
Result<std::uint64_t> parse_size(std::string_view text);
/// The shortest exact form: 268435456 is "256Mi".
std::string format_size(std::uint64_t bytes);

}  // namespace reconciled
