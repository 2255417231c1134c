// Points in time and dates as Go's time package has them: every int64 of seconds is a date.
#pragma once

#include <cstdint>
#include <string_view>

namespace reconciled::helm {

/// Seconds since 1970 in UTC, and nanoseconds from 0 to 999,999,999.
struct Instant {
  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;
  auto operator<=>(const Instant&) const = default;
};

/// January 1, year 1: Go's zero time.
inline constexpr std::int64_t k_year_one = -62'135'596'800;

/// What a time zone says of one instant.
struct ZoneOffset {
  std::string_view name = "UTC";  ///< its abbreviation, may be empty
  std::int64_t seconds = 0;       ///< east of Greenwich
};

struct CivilTime {
  std::int64_t year = 1970;
  int month = 1;  ///< from 1
  int day = 1;
  int year_day = 1;  ///< from 1
  int weekday = 4;   ///< 0 is Sunday
  int hour = 0;
  int minute = 0;
  int second = 0;
};

/// The date at so many seconds since 1970, of a clock that knows no zones.
CivilTime civil_time(std::int64_t seconds);
inline CivilTime civil_time(std::int64_t seconds, const ZoneOffset& zone) {
  return civil_time(
      static_cast<std::int64_t>(static_cast<std::uint64_t>(seconds) + static_cast<std::uint64_t>(zone.seconds)));
}
/// The inverse: fields out of their range go over into the next, as in Go's time.Date.
std::int64_t civil_seconds(std::int64_t year, std::int64_t month, std::int64_t day, std::int64_t hour = 0,
                           std::int64_t minute = 0, std::int64_t second = 0);

bool is_leap_year(std::int64_t year);
int days_in_month(int month, std::int64_t year);
/// Of a year that is no leap year, before the first of the month.
int days_before_month(int month);

/// `nanoseconds` later.
Instant later(Instant instant, std::int64_t nanoseconds);
/// From `from` to `to` in nanoseconds, no further than an int64 reaches.
std::int64_t nanoseconds_between(Instant from, Instant to);
/// Down to, or to the nearest, multiple of `step` nanoseconds since year 1; steps below 1 change nothing.
Instant truncated(Instant instant, std::int64_t step);
Instant rounded(Instant instant, std::int64_t step);

}  // namespace reconciled::helm
