#include "ports/zone_source.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/values/json.h"
#include "tests/helm_functions/function_scene.h"

#include <doctest/doctest.h>

namespace reconciled::helm {
namespace {

using testing::FunctionScene;

GoValue text(std::string_view text) {
  return GoValue::string(text);
}
GoValue seconds(std::int64_t seconds) {
  return GoValue::integer(seconds, GoType::int64);
}

TEST_CASE("now is the render's") {
  FunctionScene scene(date_functions());
  CHECK(!scene.world.used_time);
  CHECK(scene.show(scene.call("now", {})) == "2023-11-14 22:13:20 +0000 UTC");
  CHECK(scene.world.used_time);
}

TEST_CASE("dates are times or seconds; everything else is now") {
  FunctionScene scene(date_functions());
  CHECK(scene.show(scene.call("date", {text("2006-01-02 15:04:05"), GoValue::integer(0)})) == "1970-01-01 00:00:00");
  CHECK(!scene.world.used_time);
  CHECK(scene.show(scene.call("htmlDate", {text("0")})) == "2023-11-14");
  CHECK(scene.world.used_time);
  CHECK(scene.show(scene.call("htmlDate", {GoValue::number(0)})) == "2023-11-14");
  CHECK(scene.show(scene.call("htmlDateInZone", {seconds(0), text("UTC")})) == "1970-01-01");
  const GoValue date = *scene.call("toDate", {text("2006-01-02"), text("2017-12-31")});
  CHECK(scene.show(scene.call("unixEpoch", {date})) == "1514678400");
  CHECK(scene.show(scene.call("dateModify", {text("-1.5h"), date})) == "2017-12-30 22:30:00 +0000 UTC");
  CHECK(scene.show(scene.call("dateModify", {text("soon"), date})) == "2017-12-31 00:00:00 +0000 UTC");
  CHECK(scene.show(scene.call("mustDateModify", {text("soon"), date})) == "error: time: invalid duration \"soon\"");
  CHECK(scene.show(scene.call("toDate", {text("2006"), text("x")})) == "0001-01-01 00:00:00 +0000 UTC");
  CHECK(scene.show(scene.call("mustToDate", {text("2006"), text("x")})) ==
        "error: parsing time \"x\" as \"2006\": cannot parse \"x\" as \"2006\"");
}

TEST_CASE("zones come from the port, and a bad one is UTC") {
  struct Zones final : ZoneSource {
    std::optional<std::string> open_zone(std::string_view name) override {
      if (name == "Broken") return "TZif";
      if (name != "Test/Plus2") return std::nullopt;
      std::string file = "TZif" + std::string(16, '\0');
      for (const char count : std::string("\0\0\0\0\1\4", 6)) file += std::string(3, '\0') + count;
      return file + std::string("\0\0\x1C\x20\0\0", 6) + std::string("TST\0", 4);
    }
  } zones;
  FunctionScene scene(date_functions());
  const auto show = [&](std::string_view zone) {
    return scene.show(scene.call("dateInZone", {text("15:04 MST"), seconds(0), text(zone)}));
  };
  CHECK(show("Test/Plus2") == "00:00 UTC");
  scene.world.zones = &zones;
  CHECK(show("Test/Plus2") == "02:00 TST");
  CHECK(show("Broken") == "00:00 UTC");
  CHECK(show("None") == "00:00 UTC");
  CHECK(show("") == "00:00 UTC");
}

TEST_CASE("durations for people") {
  FunctionScene scene(date_functions());
  CHECK(scene.show(scene.call("ago", {seconds(1'700'000'000 - 125)})) == "2m5s");
  CHECK(scene.show(scene.call("ago", {text("x")})) == "0s");
  CHECK(scene.show(scene.call("duration", {text("95")})) == "1m35s");
  CHECK(scene.show(scene.call("duration", {seconds(95)})) == "1m35s");
  CHECK(scene.show(scene.call("duration", {GoValue::integer(95)})) == "0s");
  CHECK(scene.show(scene.call("duration", {text("95s")})) == "0s");
  CHECK(scene.show(scene.call("durationRound", {text("2h10m5s")})) == "2h");
  CHECK(scene.show(scene.call("durationRound", {text("24h")})) == "24h");
  CHECK(scene.show(scene.call("durationRound", {text("2400h10m5s")})) == "3mo");
  CHECK(scene.show(scene.call("durationRound", {seconds(-1'500'000'000)})) == "1s");
  CHECK(scene.show(scene.call("durationRound", {text("1s")})) == "0s");
}

TEST_CASE("a time has the methods that charts use") {
  FunctionScene scene(date_functions());
  const GoValue time = *scene.call("toDate", {text("2006-01-02T15:04:05Z07:00"), text("2024-02-29T13:14:15.5+02:00")});
  CHECK(time.type_name() == "time.Time");
  const auto method = [&](std::string_view name, std::initializer_list<GoValue> arguments = {}) {
    return scene.show(scene.call_method(time, name, arguments));
  };
  CHECK(method("String") == "2024-02-29 13:14:15.5 +0200 +0200");
  CHECK(method("UTC") == "2024-02-29 11:14:15.5 +0000 UTC");
  CHECK(method("Year") == "2024");
  CHECK(method("Month") == "February");
  CHECK(method("Day") == "29");
  CHECK(method("Hour") == "13");
  CHECK(method("Minute") == "14");
  CHECK(method("Second") == "15");
  CHECK(method("Nanosecond") == "500000000");
  CHECK(method("Weekday") == "Thursday");
  CHECK(method("YearDay") == "60");
  CHECK(method("Unix") == "1709205255");
  CHECK(method("UnixMilli") == "1709205255500");
  CHECK(method("UnixNano") == "1709205255500000000");
  CHECK(method("Format", {text("Jan 2")}) == "Feb 29");
  CHECK(method("IsZero") == "false");
  CHECK(method("AddDate", {GoValue::integer(1), GoValue::integer(0), GoValue::integer(-1)}) ==
        "2025-02-28 13:14:15.5 +0200 +0200");
  constexpr std::int64_t k_hour = 3'600'000'000'000;
  const GoValue hour = GoValue::integer(k_hour, GoType::duration);
  CHECK(method("Add", {hour}) == "2024-02-29 14:14:15.5 +0200 +0200");
  CHECK(method("Truncate", {hour}) == "2024-02-29 13:00:00 +0200 +0200");
  const GoValue next = *scene.call_method(time, "Add", {hour});
  CHECK(method("Sub", {next}) == "-1h0m0s");
  CHECK(method("Before", {next}) == "true");
  CHECK(method("After", {next}) == "false");
  CHECK(method("Compare", {next}) == "-1");
  CHECK(method("Equal", {*scene.call_method(time, "UTC")}) == "true");
  CHECK(method("GoString") == "time.Date(2024, time.February, 29, 13, 14, 15, 500000000, time.Location(\"\"))");
  CHECK(method("In", {*scene.call_method(*scene.call("now", {}), "Location")}) == "2024-02-29 11:14:15.5 +0000 UTC");
  CHECK(method("In", {GoValue()}) == "error: time: missing Location in call to Time.In");
  CHECK(*to_json(time, scene.arena) == "\"2024-02-29T13:14:15.5+02:00\"");
}

TEST_CASE("a duration has methods") {
  FunctionScene scene(duration_methods());
  const auto method = [&](std::int64_t duration, std::string_view name, std::int64_t argument = 0) {
    FunctionCall call{{}, scene.world, GoValue::integer(duration, GoType::duration)};
    const GoValue value = GoValue::integer(argument, GoType::duration);
    call.arguments = {&value, 1};
    for (const GoFunction& function : duration_methods()) {
      if (function.name == name) return scene.show(function.call(call));
    }
    return std::string("none");
  };
  CHECK(method(5'400'000'000'000, "Hours") == "1.5");
  CHECK(method(90'000'000'000, "Minutes") == "1.5");
  CHECK(method(1'500'000'000, "Seconds") == "1.5");
  CHECK(method(1'500'000'000, "Milliseconds") == "1500");
  CHECK(method(-1, "Abs") == "1ns");
  CHECK(method(1'500'000'000, "Round", 1'000'000'000) == "2s");
  CHECK(method(1'500'000'000, "String") == "1.5s");
}

}  // namespace
}  // namespace reconciled::helm
