#include "renderers/helm/time/time_format.h"
#include "renderers/helm/time/time_parse.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

constexpr Instant k_instant{1'136'239'445, 123'000'000};  // 2006-01-02 22:04:05.123 UTC

TEST_CASE("every field of a layout") {
  const ZoneOffset mountain{"MST", -7 * 3600};
  for (const auto& [layout, expected] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"January Jan 1 01", "January Jan 1 01"},
           {"Monday Mon Month Janet", "Monday Mon Month Janet"},
           {"2 _2 02 __2 002", "2  2 02   2 002"},
           {"15 3 03 4 04 5 05", "15 3 03 4 04 5 05"},
           {"2006 06 _2006", "2006 06 _2006"},
           {"PM pm", "PM pm"},
           {"MST -07 -0700 -07:00 -070000 -07:00:00", "MST -07 -0700 -07:00 -070000 -07:00:00"},
           {"Z07 Z0700 Z07:00 Z070000 Z07:00:00", "-07 -0700 -07:00 -070000 -07:00:00"},
           {".000 ,000000 .9 .999999999 .0001", ".123 ,123000 .1 .123 .0001"},
           {"", ""},
           {"é%", "é%"},
       }) {
    CAPTURE(layout);
    CHECK(format_go_time(k_instant, mountain, layout) == expected);
  }
  CHECK(format_go_time(k_instant, {}, "2006-01-02T15:04:05Z07:00 MST") == "2006-01-02T22:04:05Z UTC");
  CHECK(format_go_time(k_instant, {"", 5400}, "15:04 MST") == "23:34 +0130");
  CHECK(format_go_time({k_year_one, 0}, {}, "2006-01-02") == "0001-01-01");
}

std::string parse(std::string_view layout, std::string_view text) {
  const auto time = parse_go_time(layout, text);
  if (!time) return time.error().message;
  ZoneOffset zone;
  if (time->zone == ParsedTime::Zone::fixed) zone = {time->zone_name, time->zone_seconds};
  return format_go_time(time->instant, zone, "2006-01-02 15:04:05.999999999 -0700 MST");
}

TEST_CASE("times are read by layouts") {
  struct Case {
    std::string_view layout;
    std::string_view text;
    std::string_view expected;
  };
  for (const auto& [layout, text, expected] : std::vector<Case>{
           {"2006-01-02", "2017-12-31", "2017-12-31 00:00:00 +0000 UTC"},
           {"2006-01-02T15:04:05Z07:00", "2020-02-03T04:05:06.789+02:00", "2020-02-03 04:05:06.789 +0200 +0200"},
           {"2006-01-02T15:04:05Z07:00", "2020-02-03T04:05:06Z", "2020-02-03 04:05:06 +0000 UTC"},
           {"Jan _2 06 3:04pm", "feb  9 69 12:30am", "1969-02-09 00:30:00 +0000 UTC"},
           {"2006-002", "2020-060", "2020-02-29 00:00:00 +0000 UTC"},
           {"15:04 MST", "10:00 CEST", "0000-01-01 10:00:00 +0000 CEST"},
           {"15:04 MST", "10:00 GMT+3", "0000-01-01 13:00:00 +0300 GMT+3"},
           {"15:04 MST", "10:00 UTC", "0000-01-01 10:00:00 +0000 UTC"},
           {"2006-01-02", "x", "parsing time \"x\" as \"2006-01-02\": cannot parse \"x\" as \"2006\""},
           {"2006-01-02", "2017-13-01", "parsing time \"2017-13-01\": month out of range"},
           {"2006-01-02", "2017-02-30", "parsing time \"2017-02-30\": day out of range"},
           {"2006", "2017x", "parsing time \"2017x\": extra text: \"x\""},
           {"2006-01", "2017/01", "parsing time \"2017/01\" as \"2006-01\": cannot parse \"/01\" as \"-\""},
           {"2006-002", "2019-366", "parsing time \"2019-366\": day-of-year out of range"},
           {"15h", "24h", "parsing time \"24h\": hour out of range"},
           {"-0700", "+2500", "parsing time \"+2500\": time zone offset hour out of range"},
       }) {
    CAPTURE(layout);
    CAPTURE(text);
    CHECK(parse(layout, text) == expected);
  }
}

}  // namespace
}  // namespace reconciled::helm
