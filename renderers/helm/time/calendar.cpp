#include "renderers/helm/time/calendar.h"

#include <array>
#include <limits>

namespace reconciled::helm {
namespace {

constexpr std::uint64_t k_day = 86'400;
constexpr std::int64_t k_second = 1'000'000'000;
constexpr std::uint64_t k_days_of_400_years = 146'097;
/// A year divisible by 400, so far back that no int64 of seconds since 1970 lies before it. Sums with it wrap around
/// exactly as Go's do.
constexpr std::uint64_t k_first_year_distance = 292'277'022'400;
constexpr std::uint64_t k_first_second_distance = (k_first_year_distance / 400 * k_days_of_400_years + 719'528) * k_day;

__extension__ using Wide = __int128;

Wide since_year_one(Instant instant) {
  return (static_cast<Wide>(instant.seconds) - k_year_one) * k_second + instant.nanoseconds;
}

/// What is left above the multiple of `step` below.
std::int64_t rest_of(Instant instant, std::int64_t step) {
  const Wide rest = since_year_one(instant) % step;
  return static_cast<std::int64_t>(rest < 0 ? rest + step : rest);
}

constexpr std::array k_days_before{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

/// Moves what is outside of 0 to `base` - 1 over to the higher field.
void carry(std::int64_t& high, std::int64_t& low, std::int64_t base) {
  std::int64_t over = low / base;
  if (low % base < 0) --over;
  high += over;
  low -= over * base;
}

}  // namespace

bool is_leap_year(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_before_month(int month) {
  return k_days_before[static_cast<std::size_t>(month - 1)];
}

int days_in_month(int month, std::int64_t year) {
  if (month == 2 && is_leap_year(year)) return 29;
  return days_before_month(month + 1) - days_before_month(month);
}

CivilTime civil_time(std::int64_t seconds) {
  const std::uint64_t absolute = static_cast<std::uint64_t>(seconds) + k_first_second_distance;
  const std::uint64_t days = absolute / k_day;
  CivilTime time;
  time.weekday = static_cast<int>((days + 6) % 7);
  std::uint64_t left = days % k_days_of_400_years;
  std::uint64_t year = days / k_days_of_400_years * 400;
  // The first of four centuries, of 25 times four years and of four years has a day more.
  const std::uint64_t century = left == 0 ? 0 : (left - 1) / 36'524;
  left -= century * 36'524 + (century > 0 ? 1 : 0);
  const bool is_short = century > 0;  // such a century begins with four years that have no leap day
  std::uint64_t in_century = 0;
  while (true) {
    const std::uint64_t length = in_century % 4 == 0 && !(in_century == 0 && is_short) ? 366 : 365;
    if (left < length) break;
    left -= length;
    ++in_century;
  }
  year += century * 100 + in_century;
  time.year = static_cast<std::int64_t>(year - k_first_year_distance);
  time.year_day = static_cast<int>(left) + 1;
  while (time.month < 12 && static_cast<int>(left) >= days_in_month(time.month, time.year)) {
    left -= static_cast<std::uint64_t>(days_in_month(time.month, time.year));
    ++time.month;
  }
  time.day = static_cast<int>(left) + 1;
  const auto second = static_cast<int>(absolute % k_day);
  time.hour = second / 3600;
  time.minute = second / 60 % 60;
  time.second = second % 60;
  return time;
}

std::int64_t civil_seconds(std::int64_t year, std::int64_t month, std::int64_t day, std::int64_t hour,
                           std::int64_t minute, std::int64_t second) {
  std::int64_t month_0 = month - 1;
  carry(year, month_0, 12);
  carry(minute, second, 60);
  carry(hour, minute, 60);
  carry(day, hour, 24);
  const std::uint64_t years = static_cast<std::uint64_t>(year) + k_first_year_distance;
  // Whole years, and the leap days of those before this one.
  std::uint64_t days = years / 400 * k_days_of_400_years;
  const std::uint64_t left = years % 400;
  days += left * 365 + (left + 3) / 4 - (left == 0 ? 0 : (left - 1) / 100);
  days += static_cast<std::uint64_t>(days_before_month(static_cast<int>(month_0) + 1));
  if (month_0 >= 2 && is_leap_year(year)) ++days;
  days += static_cast<std::uint64_t>(day - 1);
  const std::uint64_t seconds = days * k_day + static_cast<std::uint64_t>(hour * 3600 + minute * 60 + second);
  return static_cast<std::int64_t>(seconds - k_first_second_distance);
}

Instant later(Instant instant, std::int64_t nanoseconds) {
  std::int64_t fraction = instant.nanoseconds + nanoseconds % k_second;
  std::int64_t seconds = nanoseconds / k_second;
  if (fraction >= k_second) {
    ++seconds;
    fraction -= k_second;
  } else if (fraction < 0) {
    --seconds;
    fraction += k_second;
  }
  const auto sum = static_cast<std::uint64_t>(instant.seconds) + static_cast<std::uint64_t>(seconds);
  return {static_cast<std::int64_t>(sum), static_cast<std::int32_t>(fraction)};
}

std::int64_t nanoseconds_between(Instant from, Instant to) {
  const Wide difference = since_year_one(to) - since_year_one(from);
  constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t k_least = std::numeric_limits<std::int64_t>::min();
  return difference > k_most ? k_most : difference < k_least ? k_least : static_cast<std::int64_t>(difference);
}

Instant truncated(Instant instant, std::int64_t step) {
  return step <= 0 ? instant : later(instant, -rest_of(instant, step));
}

Instant rounded(Instant instant, std::int64_t step) {
  if (step <= 0) return instant;
  const std::int64_t rest = rest_of(instant, step);
  return later(instant, rest < step - rest ? -rest : step - rest);
}

}  // namespace reconciled::helm
