// Lengths of time as Go's time.Duration has them: nanoseconds.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::helm {

/// "1h15m30.918s", "-1.5h", "0"; messages are Go's: `time: invalid duration "x"`.
Result<std::int64_t> parse_go_duration(std::string_view text);

/// Towards zero, or to the nearest (halves away from zero), multiple of `step`; steps below 1 change nothing.
std::int64_t truncated_duration(std::int64_t duration, std::int64_t step);
std::int64_t rounded_duration(std::int64_t duration, std::int64_t step);

/// As the time package quotes texts in its errors: bytes that are not ASCII as \x.
std::string time_quoted(std::string_view text);

}  // namespace reconciled::helm
