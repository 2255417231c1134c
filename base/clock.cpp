#include "base/clock.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>

namespace reconciled {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr Duration k_longest = std::chrono::hours(24 * 366 * 10);

/// Takes digits off the front of a text.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  int number = 0;
  if (text.size() < count) return std::nullopt;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return number;
}

bool take_one_of(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Duration> take_fraction(std::string_view& text) {
  if (text.empty() || text[0] != '.') return Duration{0};
  text.remove_prefix(1);
  std::int64_t nanos = 0;
  std::size_t digits = 0;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), ++digits) {
    if (digits < 9) nanos = nanos * 10 + (text[0] - '0');
  }
  if (digits == 0) return std::nullopt;
  for (std::size_t i = digits; i < 9; ++i) nanos *= 10;
  return Duration{nanos};
}

std::optional<Duration> take_offset(std::string_view& text) {
  if (take_one_of(text, "Zz")) return Duration{0};
  if (text.empty()) return std::nullopt;
  const bool negative = text[0] == '-';
  if (!take_one_of(text, "+-")) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || !take_one_of(text, ":")) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const Duration offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return negative ? -offset : offset;
}

std::optional<WallTime> read_time(std::string_view text) {
  const auto year = take_digits(text, 4);
  if (!year || !take_one_of(text, "-")) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take_one_of(text, "-")) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || !take_one_of(text, "Tt ")) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take_one_of(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take_one_of(text, ":")) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  // The nanoseconds of a system_clock::time_point end in the years 1678 and 2262.
  if (*year < 1678 || *year > 2261) return std::nullopt;
  return WallTime(sys_days(date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(*second) +
         *fraction - *offset;
}

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr std::array k_units{
    Unit{"ns", 1},         Unit{"us", 1'000},        Unit{"\u00b5s", 1'000},    Unit{"\u03bcs", 1'000},
    Unit{"ms", 1'000'000}, Unit{"s", 1'000'000'000}, Unit{"m", 60'000'000'000}, Unit{"h", 3'600'000'000'000},
};

/// One "<number><unit>" off the front of a text.
std::optional<Duration> take_duration_part(std::string_view& text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::int64_t whole = 0;
  std::size_t digits = 0;
  for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1), ++digits) {
    whole = std::min<std::int64_t>(whole * 10 + (text[0] - '0'), 1'000'000'000'000'000'000 / 10);
  }
  double fraction = 0;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    for (double scale = 0.1; !text.empty() && is_digit(text[0]); text.remove_prefix(1), ++digits, scale /= 10) {
      fraction += scale * (text[0] - '0');
    }
  }
  if (digits == 0) return std::nullopt;
  const auto letters = static_cast<std::size_t>(
      std::find_if(text.begin(), text.end(), [&](char c) { return is_digit(c) || c == '.'; }) - text.begin());
  const auto unit = std::find_if(k_units.begin(), k_units.end(),
                                 [&](const Unit& candidate) { return candidate.name == text.substr(0, letters); });
  if (unit == k_units.end()) return std::nullopt;
  text.remove_prefix(letters);
  if (whole > k_longest.count() / unit->nanoseconds) return k_longest + Duration{1};
  return Duration{whole * unit->nanoseconds + std::llround(fraction * static_cast<double>(unit->nanoseconds))};
}

}  // namespace

WallTime wall_now() {
  return std::chrono::system_clock::now();
}
MonotonicTime monotonic_now() {
  return std::chrono::steady_clock::now();
}

std::string format_time(WallTime time) {
  const auto whole = std::chrono::floor<seconds>(time);
  const auto day = std::chrono::floor<days>(whole);
  const std::chrono::year_month_day date(day);
  const auto rest = static_cast<int>((whole - day).count());
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3600, rest / 60 % 60,
                rest % 60);
  return text.data();
}

Result<WallTime> parse_time(std::string_view text) {
  if (const auto time = read_time(text)) return *time;
  return fail(ErrorKind::render, "\"" + std::string(text.substr(0, 64)) + "\" is not a time", {},
              "write it as 2026-02-01T10:00:00Z");
}

std::string format_duration(Duration duration) {
  const std::int64_t nanos = duration.count();
  if (nanos < 0) return "-" + format_duration(nanos == INT64_MIN ? Duration{INT64_MAX} : -duration);
  if (nanos == 0) return "0s";
  const auto pair = [](std::int64_t high, const char* high_unit, std::int64_t low, const char* low_unit) {
    return std::to_string(high) + high_unit + (low == 0 ? "" : std::to_string(low) + low_unit);
  };
  if (nanos < 1'000) return std::to_string(nanos) + "ns";
  if (nanos < 1'000'000) return std::to_string(nanos / 1'000) + "\u00b5s";
  if (nanos < 999'500'000) return std::to_string((nanos + 500'000) / 1'000'000) + "ms";
  if (nanos < 9'950'000'000) {
    const std::int64_t tenths = (nanos + 50'000'000) / 100'000'000;
    return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + "s";
  }
  const std::int64_t secs = nanos / 1'000'000'000 + (nanos % 1'000'000'000 >= 500'000'000 ? 1 : 0);
  if (secs < 60) return std::to_string(secs) + "s";
  if (secs < 3600) return pair(secs / 60, "m", secs % 60, "s");
  return pair(secs / 3600, "h", secs / 60 % 60, "m");
}

Result<Duration> parse_duration(std::string_view text) {
  const auto refuse = [&](const char* why) {
    return fail(ErrorKind::config, "\"" + std::string(text.substr(0, 64)) + "\" " + why, {},
                "write it as 1h30m, 45s or 500ms");
  };
  if (text == "0") return Duration{0};
  if (text.empty()) return refuse("is not a duration");
  Duration total{0};
  for (std::string_view rest = text; !rest.empty();) {
    const auto part = take_duration_part(rest);
    if (!part) return refuse("is not a duration");
    total += *part;
    if (total > k_longest) return refuse("is longer than 10 years");
  }
  return total;
}

}  // namespace reconciled
