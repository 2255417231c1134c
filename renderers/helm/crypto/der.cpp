#include "renderers/helm/crypto/der.h"

#include "base/utf8.h"

#include <algorithm>
#include <charconv>

namespace reconciled::helm::der {
namespace {

enum Tag : std::uint8_t {
  k_boolean = 0x01,
  k_integer = 0x02,
  k_bits = 0x03,
  k_octets = 0x04,
  k_null = 0x05,
  k_object_id = 0x06,
  k_utf8_string = 0x0C,
  k_printable_string = 0x13,
  k_utc_time = 0x17,
  k_generalized_time = 0x18,
  k_sequence = 0x30,
  k_set = 0x31,
};

void append_base128(std::string& out, std::uint32_t number) {
  int shift = 28;
  while (shift > 0 && number >> shift == 0) shift -= 7;
  for (; shift >= 0; shift -= 7) out += static_cast<char>((number >> shift & 0x7F) | (shift > 0 ? 0x80 : 0));
}

bool is_printable(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '\'' && c <= ')') || (c >= '+' && c <= ':') ||
         c == ' ' || c == '=' || c == '?';
}

void append_digits(std::string& out, int number, int width) {
  std::string digits = std::to_string(number);
  out.append(static_cast<std::size_t>(std::max(0, width - static_cast<int>(digits.size()))), '0');
  out += digits;
}

}  // namespace

std::string value(std::uint8_t tag, std::string_view content) {
  std::string out(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    out += static_cast<char>(content.size());
  } else {
    std::string length;
    for (std::size_t rest = content.size(); rest > 0; rest >>= 8) length.insert(0, 1, static_cast<char>(rest & 0xFF));
    out += static_cast<char>(0x80 | length.size());
    out += length;
  }
  out += content;
  return out;
}

std::string sequence(std::initializer_list<std::string_view> parts) {
  std::string content;
  for (const std::string_view part : parts) content += part;
  return value(k_sequence, content);
}

std::string set(std::string_view part) {
  return value(k_set, part);
}

std::string integer(std::string_view bytes) {
  while (bytes.size() > 1 && bytes.front() == '\0') bytes.remove_prefix(1);
  const bool looks_negative = bytes.empty() || (static_cast<unsigned char>(bytes.front()) & 0x80) != 0;
  return value(k_integer, (looks_negative ? std::string(1, '\0') : std::string()) + std::string(bytes));
}

std::string object_id(std::string_view dotted) {
  std::string content;
  std::uint32_t first = 0;
  for (int index = 0; !dotted.empty(); ++index) {
    const std::size_t dot = std::min(dotted.find('.'), dotted.size());
    std::uint32_t number = 0;
    const std::string_view digits = dotted.substr(0, dot);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    dotted.remove_prefix(std::min(dot + 1, dotted.size()));
    if (index == 0) {
      first = number;
    } else {
      append_base128(content, index == 1 ? first * 40 + number : number);
    }
  }
  return value(k_object_id, content);
}

std::string octets(std::string_view bytes) {
  return value(k_octets, bytes);
}

std::string bits(std::string_view bytes, std::uint8_t unused) {
  return value(k_bits, std::string(1, static_cast<char>(unused)) + std::string(bytes));
}

std::string boolean_true() {
  return value(k_boolean, "\xFF");
}

std::string null() {
  return value(k_null, "");
}

std::optional<std::string> text(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_printable)) return value(k_printable_string, text);
  if (!is_utf8(text)) return std::nullopt;
  return value(k_utf8_string, text);
}

std::optional<std::string> time(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const int year = static_cast<int>(date.year());
  // The calendar of <chrono> wraps far outside of this range.
  constexpr std::chrono::sys_seconds k_year_10000{std::chrono::seconds(253'402'300'800)};
  constexpr std::chrono::sys_seconds k_year_0{std::chrono::seconds(-62'167'219'200)};
  if (time < k_year_0 || time >= k_year_10000) return std::nullopt;
  const bool is_short = year >= 1950 && year < 2050;
  std::string content;
  append_digits(content, is_short ? year % 100 : year, is_short ? 2 : 4);
  append_digits(content, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  append_digits(content, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  append_digits(content, static_cast<int>(clock.hours().count()), 2);
  append_digits(content, static_cast<int>(clock.minutes().count()), 2);
  append_digits(content, static_cast<int>(clock.seconds().count()), 2);
  return value(is_short ? k_utc_time : k_generalized_time, content + 'Z');
}

}  // namespace reconciled::helm::der
