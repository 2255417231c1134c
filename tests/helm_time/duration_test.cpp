#include "renderers/helm/time/duration.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace reconciled::helm {
namespace {

TEST_CASE("durations as Go reads them") {
  for (const auto& [text, expected] : std::vector<std::pair<std::string_view, std::int64_t>>{
           {"0", 0},
           {"-0", 0},
           {"5s", 5'000'000'000},
           {"-1.5h", -5'400'000'000'000},
           {".5m", 30'000'000'000},
           {"1h2m3s4ms5us6ns", 3'723'004'005'006},
           {"1µs1μs", 2'000},
           {"0.3333333333333333333333h", 1'200'000'000'000},
           {"-2562047h47m16.854775808s", std::numeric_limits<std::int64_t>::min()},
       }) {
    CAPTURE(text);
    const auto duration = parse_go_duration(text);
    REQUIRE(duration);
    CHECK(*duration == expected);
  }
  for (const auto& [text, expected] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"", "time: invalid duration \"\""},
           {"3", "time: missing unit in duration \"3\""},
           {"-", "time: invalid duration \"-\""},
           {".s", "time: invalid duration \".s\""},
           {"1d", "time: unknown unit \"d\" in duration \"1d\""},
           {"1hm", "time: unknown unit \"hm\" in duration \"1hm\""},
           {"9223372036854775807h", "time: invalid duration \"9223372036854775807h\""},
           {"2562047h47m16.854775808s", "time: invalid duration \"2562047h47m16.854775808s\""},
           {"1é", "time: unknown unit \"\\xc3\\xa9\" in duration \"1\\xc3\\xa9\""},
       }) {
    CAPTURE(text);
    const auto duration = parse_go_duration(text);
    REQUIRE(!duration);
    CHECK(duration.error().message == expected);
  }
}

TEST_CASE("durations are rounded half away from zero, and stay in range") {
  CHECK(rounded_duration(15, 10) == 20);
  CHECK(rounded_duration(-15, 10) == -20);
  CHECK(rounded_duration(14, 10) == 10);
  CHECK(truncated_duration(-19, 10) == -10);
  CHECK(rounded_duration(7, 0) == 7);
  constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();
  CHECK(rounded_duration(k_most, 3'600'000'000'000) == k_most);
}

}  // namespace
}  // namespace reconciled::helm
