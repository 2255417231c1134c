#include "base/go_yaml_time.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace reconciled {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// One or two digits.
bool take_number(std::string_view& text, int& number, int largest) {
  if (text.empty() || !is_digit(text[0])) return false;
  const std::size_t count = text.size() > 1 && is_digit(text[1]) ? 2 : 1;
  number = text[0] - '0';
  if (count == 2) number = number * 10 + (text[1] - '0');
  text.remove_prefix(count);
  return number <= largest;
}

bool take_two_digits(std::string_view& text, int& number, int largest) {
  return text.size() > 1 && is_digit(text[1]) && take_number(text, number, largest);
}

int days_in(int month, int year) {
  constexpr std::array k_days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : k_days[static_cast<std::size_t>(month - 1)];
}

bool take_date(std::string_view& text, YamlTimestamp& time) {
  if (text.size() < 5 || !std::all_of(text.begin(), text.begin() + 4, is_digit)) return false;
  for (std::size_t i = 0; i < 4; ++i) time.year = time.year * 10 + (text[i] - '0');
  text.remove_prefix(4);
  return take(text, '-') && take_number(text, time.month, 12) && time.month > 0 && take(text, '-') &&
         take_number(text, time.day, 31) && time.day > 0 && time.day <= days_in(time.month, time.year);
}

/// Any number of digits, of which nine count. Go takes a comma for the point, too.
void take_fraction(std::string_view& text, std::uint32_t& nanosecond) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || !is_digit(text[1])) return;
  text.remove_prefix(1);
  std::uint32_t unit = 100'000'000;
  for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1)) {
    nanosecond += static_cast<std::uint32_t>(text[0] - '0') * unit;
    unit /= 10;
  }
}

bool take_clock(std::string_view& text, YamlTimestamp& time) {
  if (!take_number(text, time.hour, 23) || !take(text, ':') || !take_number(text, time.minute, 59) ||
      !take(text, ':') || !take_number(text, time.second, 59)) {
    return false;
  }
  take_fraction(text, time.nanosecond);
  return true;
}

bool take_zone(std::string_view& text, int& zone) {
  if (take(text, 'Z')) return true;
  if (text.empty()) return false;
  const char sign = text[0];
  if (sign != '+' && sign != '-') return false;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!take_two_digits(text, hours, 24) || !take(text, ':') || !take_two_digits(text, minutes, 60)) return false;
  zone = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
  return true;
}

void append_padded(std::string& out, int number, std::size_t width) {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

}  // namespace

std::optional<YamlTimestamp> parse_yaml_timestamp(std::string_view text) {
  if (text.size() < 8 || text[4] != '-') return std::nullopt;
  YamlTimestamp time;
  if (!take_date(text, time)) return std::nullopt;
  if (text.empty()) return time;
  const bool zoned = text[0] == 'T' || text[0] == 't';
  if (!zoned && text[0] != ' ') return std::nullopt;
  text.remove_prefix(1);
  if (!take_clock(text, time) || (zoned && !take_zone(text, time.zone)) || !text.empty()) return std::nullopt;
  return time;
}

std::string format_yaml_timestamp(const YamlTimestamp& time) {
  std::string out;
  append_padded(out, time.year, 4);
  out += '-';
  append_padded(out, time.month, 2);
  out += '-';
  append_padded(out, time.day, 2);
  out += 'T';
  append_padded(out, time.hour, 2);
  out += ':';
  append_padded(out, time.minute, 2);
  out += ':';
  append_padded(out, time.second, 2);
  if (time.nanosecond != 0) {
    out += '.';
    append_padded(out, static_cast<int>(time.nanosecond), 9);
    out.resize(out.find_last_not_of('0') + 1);
  }
  if (time.zone == 0) {
    out += 'Z';
    return out;
  }
  out += time.zone < 0 ? '-' : '+';
  append_padded(out, std::abs(time.zone) / 60, 2);
  out += ':';
  append_padded(out, std::abs(time.zone) % 60, 2);
  return out;
}

}  // namespace reconciled
