// time.Duration, time.Month and time.Weekday as their String() writes them.
#pragma once

#include <cstdint>
#include <string>

namespace reconciled::helm {

/// "1h15m30.918s", "1.5µs", "0s".
std::string duration_text(std::int64_t nanoseconds);
/// "January"; for a number that is no month "%!Month(13)".
std::string month_text(std::int64_t month);
/// "Sunday" is 0; for a number that is no day "%!Weekday(7)".
std::string weekday_text(std::int64_t weekday);

}  // namespace reconciled::helm
