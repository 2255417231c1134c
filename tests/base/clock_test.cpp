#include "base/clock.h"

#include "base/budget.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace std::chrono_literals;

TEST_CASE("times are written and read as RFC 3339") {
  const WallTime start = WallTime(std::chrono::sys_days(std::chrono::year(2026) / 2 / 1)) + 10h;
  CHECK(format_time(start) == "2026-02-01T10:00:00Z");
  CHECK(format_time(start + 999ms) == "2026-02-01T10:00:00Z");
  CHECK(parse_time("2026-02-01T10:00:00Z").value() == start);
  CHECK(parse_time("2026-02-01T10:00:00.25Z").value() == start + 250ms);
  CHECK(parse_time("2026-02-01T12:30:00+02:30").value() == start);
  CHECK(parse_time("2026-02-01T08:00:00-02:00").value() == start);
  CHECK(format_time(WallTime{} - 1s) == "1969-12-31T23:59:59Z");
}

TEST_CASE("what is no time is refused") {
  for (const char* text :
       {"", "2026", "2026-02-01", "2026-02-30T10:00:00Z", "2026-13-01T10:00:00Z", "2026-02-01T24:00:00Z",
        "2026-02-01T10:60:00Z", "2026-02-01T10:00:00", "2026-02-01T10:00:00Zx", "2026-02-01T10:00:00.Z",
        "-026-02-01T10:00:00Z", "2026-02-01T10:00:00+25:00", "9999-02-01T10:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text).has_value());
  }
}

TEST_CASE("durations are rounded to what a person reads") {
  const auto text = [](Duration duration) { return format_duration(duration); };
  CHECK(text(0s) == "0s");
  CHECK(text(7ns) == "7ns");
  CHECK(text(12us) == "12\u00b5s");
  CHECK(text(120ms) == "120ms");
  CHECK(text(999'700us) == "1s");
  CHECK(text(1500ms) == "1.5s");
  CHECK(text(45s) == "45s");
  CHECK(text(59'900ms) == "1m");
  CHECK(text(90s) == "1m30s");
  CHECK(text(3h + 12min + 4s) == "3h12m");
  CHECK(text(48h) == "48h");
  CHECK(text(-90s) == "-1m30s");
  CHECK(text(Duration::min()).starts_with("-2562047h"));
}

TEST_CASE("durations are read in Go's grammar") {
  CHECK(parse_duration("1h30m").value() == 90min);
  CHECK(parse_duration("1.5h").value() == 90min);
  CHECK(parse_duration("500ms").value() == 500ms);
  CHECK(parse_duration("2us3ns").value() == 2003ns);
  CHECK(parse_duration("0").value() == 0s);
  CHECK(parse_duration(".5s").value() == 500ms);
  for (const char* text :
       {"", "5", "s", "-1s", "+1s", "1 s", "1x", "1hm", "1h 2m", ".s", "1e9h", "100000h", "99999999999999999999h"}) {
    CAPTURE(text);
    const auto duration = parse_duration(text);
    REQUIRE_FALSE(duration.has_value());
    CHECK(duration.error().kind == ErrorKind::config);
    CHECK_FALSE(duration.error().hint.empty());
  }
}

namespace {
MonotonicTime g_now;
MonotonicTime fake_now() {
  return g_now;
}
}  // namespace

TEST_CASE("a budget ends by steps, bytes or time, and says which") {
  Limits limits{.steps = 10'000, .bytes = 100, .depth = 4, .time = 1s};
  g_now = MonotonicTime{} + 5s;
  Budget budget(limits, &fake_now);
  CHECK(budget.max_depth() == 4);
  CHECK(budget.take(60));
  CHECK(budget.bytes_left() == 40);
  CHECK_FALSE(budget.take(41));
  CHECK(budget.error("reading x").message == "reading x needs more than the 100 bytes that it may use");
  CHECK(budget.step(9'999));
  CHECK_FALSE(budget.step(2));
  CHECK(budget.error("reading x").kind == ErrorKind::limit);
  CHECK(budget.error("reading x").message.find("10000 steps") != std::string::npos);

  limits.steps = 1'000'000'000;
  Budget slow(limits, &fake_now);
  CHECK(slow.step(5000));
  g_now += 2s;
  bool spent = false;
  for (int i = 0; i < 5000 && !spent; ++i) spent = !slow.step();
  CHECK(spent);
  CHECK(slow.error("x").message == "x needs more than the 1s that it may use");
}
