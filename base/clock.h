// Points in time and the only two functions that read the machine's clocks.
#pragma once

#include "base/result.h"

#include <chrono>
#include <string>

namespace reconciled {

using Duration = std::chrono::nanoseconds;
using WallTime = std::chrono::system_clock::time_point;       ///< for people and records; never for decisions
using MonotonicTime = std::chrono::steady_clock::time_point;  ///< for deadlines, back-off and ages

/// The machine's clocks. Only adapters of the Clock port and Budget call them; everything else is given a time.
WallTime wall_now();
MonotonicTime monotonic_now();

/// RFC 3339 in UTC with whole seconds, as Kubernetes writes it: "2026-02-01T10:00:00Z".
std::string format_time(WallTime time);
/// The inverse; also takes fractions and offsets.
Result<WallTime> parse_time(std::string_view text);
/// Go's duration text, rounded to what a person wants to read: "3h12m", "45s", "120ms".
std::string format_duration(Duration duration);
/// "1h30m", "45s", "500ms" (Go's grammar, no sign); refuses more than 10 years.
Result<Duration> parse_duration(std::string_view text);

}  // namespace reconciled
