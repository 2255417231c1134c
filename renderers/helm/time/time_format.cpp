#include "renderers/helm/time/time_format.h"

#include "renderers/helm/time/time_layout.h"

#include <array>

namespace reconciled::helm {
namespace {

constexpr std::array<std::string_view, 12> k_months{"January",   "February", "March",    "April",
                                                    "May",       "June",     "July",     "August",
                                                    "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> k_weekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                     "Thursday", "Friday", "Saturday"};

void append_number(std::string& out, std::int64_t number, std::size_t width, char fill = '0') {
  if (number < 0) out += '-';
  const std::string digits =
      std::to_string(number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number));
  if (digits.size() < width) out.append(width - digits.size(), fill);
  out += digits;
}

/// As Go does it: the minutes of an offset that is not whole ones are cut towards zero, with their sign.
void append_offset(std::string& out, std::int64_t seconds, const OffsetForm& form) {
  const std::int64_t minutes = seconds / 60;
  const std::int64_t positive = minutes < 0 ? -minutes : minutes;
  out += minutes < 0 ? '-' : '+';
  append_number(out, positive / 60, 2);
  if (form.minutes) {
    if (form.colons) out += ':';
    append_number(out, positive % 60, 2);
  }
  if (form.seconds) {
    if (form.colons) out += ':';
    append_number(out, (minutes < 0 ? -seconds : seconds) % 60, 2);
  }
}

void append_fraction(std::string& out, std::int32_t nanoseconds, const LayoutChunk& chunk) {
  const bool trims = chunk.field == LayoutField::fraction;
  if (trims && nanoseconds == 0) return;
  std::string digits;
  append_number(digits, nanoseconds, 9);
  const std::size_t count = chunk.text.size() - 1;
  if (count < digits.size()) digits.resize(count);
  if (trims) digits.resize(digits.find_last_not_of('0') + 1);
  if (!digits.empty()) out += chunk.text.front() + digits;
}

void append_field(std::string& out, const LayoutChunk& chunk, const CivilTime& time, Instant instant,
                  const ZoneOffset& zone) {
  const int hour_12 = time.hour % 12 == 0 ? 12 : time.hour % 12;
  switch (chunk.field) {
    case LayoutField::none: return;
    case LayoutField::long_month: out += month_name(time.month); return;
    case LayoutField::month: out += month_name(time.month).substr(0, 3); return;
    case LayoutField::number_month: return append_number(out, time.month, 0);
    case LayoutField::zero_month: return append_number(out, time.month, 2);
    case LayoutField::long_weekday: out += weekday_name(time.weekday); return;
    case LayoutField::weekday: out += weekday_name(time.weekday).substr(0, 3); return;
    case LayoutField::day: return append_number(out, time.day, 0);
    case LayoutField::under_day: return append_number(out, time.day, 2, ' ');
    case LayoutField::zero_day: return append_number(out, time.day, 2);
    case LayoutField::under_year_day: return append_number(out, time.year_day, 3, ' ');
    case LayoutField::zero_year_day: return append_number(out, time.year_day, 3);
    case LayoutField::hour: return append_number(out, time.hour, 2);
    case LayoutField::hour_12: return append_number(out, hour_12, 0);
    case LayoutField::zero_hour_12: return append_number(out, hour_12, 2);
    case LayoutField::minute: return append_number(out, time.minute, 0);
    case LayoutField::zero_minute: return append_number(out, time.minute, 2);
    case LayoutField::second: return append_number(out, time.second, 0);
    case LayoutField::zero_second: return append_number(out, time.second, 2);
    case LayoutField::long_year: return append_number(out, time.year, 4);
    case LayoutField::year: return append_number(out, (time.year < 0 ? -time.year : time.year) % 100, 2);
    case LayoutField::upper_half: out += time.hour >= 12 ? "PM" : "AM"; return;
    case LayoutField::lower_half: out += time.hour >= 12 ? "pm" : "am"; return;
    case LayoutField::zone_name:
      if (zone.name.empty()) return append_offset(out, zone.seconds, {});
      out += zone.name;
      return;
    case LayoutField::offset: return append_offset(out, zone.seconds, offset_form(chunk.text));
    case LayoutField::offset_or_z:
      if (zone.seconds != 0) return append_offset(out, zone.seconds, offset_form(chunk.text));
      out += 'Z';
      return;
    case LayoutField::fraction_fixed:
    case LayoutField::fraction: return append_fraction(out, instant.nanoseconds, chunk);
  }
}

}  // namespace

std::string_view month_name(int month) {
  return k_months[static_cast<std::size_t>(month - 1)];
}
std::string_view weekday_name(int weekday) {
  return k_weekdays[static_cast<std::size_t>(weekday)];
}

std::string format_go_time(Instant instant, const ZoneOffset& zone, std::string_view layout) {
  const CivilTime time = civil_time(instant.seconds, zone);
  std::string text;
  while (!layout.empty()) {
    const LayoutChunk chunk = take_layout_chunk(layout);
    text += chunk.prefix;
    append_field(text, chunk, time, instant, zone);
  }
  return text;
}

}  // namespace reconciled::helm
