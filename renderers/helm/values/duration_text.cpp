#include "renderers/helm/values/duration_text.h"

#include <array>
#include <string_view>

namespace reconciled::helm {
namespace {

constexpr std::array<std::string_view, 12> k_months{"January",   "February", "March",    "April",
                                                    "May",       "June",     "July",     "August",
                                                    "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> k_days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                 "Thursday", "Friday", "Saturday"};

/// A number of units with its fraction, without zeros at its end: 1500 of thousandths is "1.5".
void append_units(std::string& out, std::uint64_t number, int decimals) {
  std::uint64_t one = 1;
  for (int i = 0; i < decimals; ++i) one *= 10;
  out += std::to_string(number / one);
  std::uint64_t rest = number % one;
  if (rest == 0) return;
  std::string fraction = std::to_string(rest + one).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  out += '.';
  out += fraction;
}

}  // namespace

std::string duration_text(std::int64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  std::string out = nanoseconds < 0 ? "-" : "";
  const std::uint64_t left =
      nanoseconds < 0 ? 0 - static_cast<std::uint64_t>(nanoseconds) : static_cast<std::uint64_t>(nanoseconds);
  if (left < 1'000'000'000) {
    if (left < 1'000) {
      append_units(out, left, 0);
      return out + "ns";
    }
    append_units(out, left, left < 1'000'000 ? 3 : 6);
    return out + (left < 1'000'000 ? "\u00b5s" : "ms");
  }
  constexpr std::uint64_t k_minute = 60'000'000'000;
  const std::uint64_t minutes = left / k_minute;
  if (minutes >= 60) out += std::to_string(minutes / 60) + "h";
  if (minutes > 0) out += std::to_string(minutes % 60) + "m";
  append_units(out, left % k_minute, 9);
  return out + "s";
}

std::string month_text(std::int64_t month) {
  if (month >= 1 && month <= 12) return std::string(k_months[static_cast<std::size_t>(month - 1)]);
  return "%!Month(" + std::to_string(static_cast<std::uint64_t>(month)) + ")";
}

std::string weekday_text(std::int64_t weekday) {
  if (weekday >= 0 && weekday <= 6) return std::string(k_days[static_cast<std::size_t>(weekday)]);
  return "%!Weekday(" + std::to_string(static_cast<std::uint64_t>(weekday)) + ")";
}

}  // namespace reconciled::helm
