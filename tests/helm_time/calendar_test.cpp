#include "renderers/helm/time/calendar.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace reconciled::helm {
namespace {

TEST_CASE("a date is its seconds and back, whatever the year") {
  for (const std::int64_t seconds : std::vector<std::int64_t>{
           0, -1, 951'782'400, 951'868'799, 1'700'000'000, -2'208'988'800, k_year_one, k_year_one - 1, 253'402'300'799,
           253'402'300'800, -62'167'219'200, 8'000'000'000'000, -8'000'000'000'000}) {
    CAPTURE(seconds);
    const CivilTime time = civil_time(seconds);
    CHECK(civil_seconds(time.year, time.month, time.day, time.hour, time.minute, time.second) == seconds);
  }
  const CivilTime leap = civil_time(951'782'400);
  CHECK(leap.year == 2000);
  CHECK(leap.month == 2);
  CHECK(leap.day == 29);
  CHECK(leap.year_day == 60);
  CHECK(leap.weekday == 2);
  CHECK(civil_time(k_year_one).year == 1);
  CHECK(civil_time(k_year_one - 1).year == 0);
}

TEST_CASE("fields out of their range go over into the next") {
  CHECK(civil_seconds(2023, 14, 1) == civil_seconds(2024, 2, 1));
  CHECK(civil_seconds(2023, 10 + 1, 31) == civil_seconds(2023, 12, 1));
  CHECK(civil_seconds(2024, 0, 31) == civil_seconds(2023, 12, 31));
  CHECK(civil_seconds(2024, 1, 1, -1) == civil_seconds(2023, 12, 31, 23));
  CHECK(civil_seconds(2024, 1, 1, 0, 0, 86'400) == civil_seconds(2024, 1, 2));
}

TEST_CASE("sums and differences of nanoseconds") {
  CHECK(later({10, 999'999'999}, 1) == Instant{11, 0});
  CHECK(later({10, 0}, -1) == Instant{9, 999'999'999});
  CHECK(nanoseconds_between({0, 5}, {1, 0}) == 999'999'995);
  CHECK(nanoseconds_between({0, 0}, {1LL << 40, 0}) == std::numeric_limits<std::int64_t>::max());
  CHECK(nanoseconds_between({1LL << 40, 0}, {0, 0}) == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("times are rounded to steps since year 1") {
  constexpr std::int64_t k_hour = 3'600'000'000'000;
  CHECK(truncated({5'400, 1}, k_hour) == Instant{3'600, 0});
  CHECK(rounded({5'400, 0}, k_hour) == Instant{7'200, 0});
  CHECK(rounded({5'399, 0}, k_hour) == Instant{3'600, 0});
  CHECK(truncated({k_year_one - 1, 0}, k_hour) == Instant{k_year_one - 3'600, 0});
  CHECK(truncated({5, 7}, 0) == Instant{5, 7});
}

}  // namespace
}  // namespace reconciled::helm
