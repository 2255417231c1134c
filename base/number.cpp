#include "base/number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace reconciled {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Digits d1d2d3... and an exponent: the number is 0.d1d2d3... x 10^point.
struct Decimal {
  std::array<char, 32> digits{};
  int count = 0;
  int point = 0;
};

template <class T>
Decimal shortest(T number) {
  std::array<char, 48> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific).ptr;
  Decimal decimal;
  const char* at = text.data();
  for (; at != end && *at != 'e'; ++at) {
    if (is_digit(*at)) decimal.digits[static_cast<std::size_t>(decimal.count++)] = *at;
  }
  int exponent = 0;
  if (at != end) {
    ++at;
    if (*at == '+') ++at;
    std::from_chars(at, end, exponent);
  }
  decimal.point = exponent + 1;
  return decimal;
}

void append_fixed(std::string& out, const Decimal& decimal) {
  const auto count = static_cast<std::size_t>(decimal.count);
  if (decimal.point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-decimal.point), '0');
    out.append(decimal.digits.data(), count);
    return;
  }
  const auto point = static_cast<std::size_t>(decimal.point);
  out.append(decimal.digits.data(), std::min(count, point));
  if (point >= count) {
    out.append(point - count, '0');
  } else {
    out += '.';
    out.append(decimal.digits.data() + point, count - point);
  }
}

void append_scientific(std::string& out, const Decimal& decimal, std::size_t exponent_digits) {
  out += decimal.digits[0];
  if (decimal.count > 1) {
    out += '.';
    out.append(decimal.digits.data() + 1, static_cast<std::size_t>(decimal.count - 1));
  }
  const int exponent = decimal.point - 1;
  out += exponent < 0 ? "e-" : "e+";
  const std::string digits = std::to_string(std::abs(exponent));
  if (digits.size() < exponent_digits) out.append(exponent_digits - digits.size(), '0');
  out += digits;
}

/// Whether a decimal text that a double cannot hold is too small rather than too large.
bool is_tiny(std::string_view text) {
  long point = 0;
  bool seen_point = false;
  bool seen_nonzero = false;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.')
      seen_point = true;
    else if (is_digit(text[i])) {
      seen_nonzero = seen_nonzero || text[i] != '0';
      if (seen_nonzero && !seen_point) ++point;
      if (!seen_nonzero && seen_point) --point;
    }
  }
  if (i == text.size()) return point < 0;
  const bool negative = text.substr(i + 1).starts_with('-');
  const std::size_t digits_at = i + 1 + (negative || text.substr(i + 1).starts_with('+') ? 1 : 0);
  long exponent = 0;
  for (const char c : text.substr(digits_at)) exponent = std::min(exponent * 10 + (c - '0'), 1'000'000'000L);
  return point + (negative ? -exponent : exponent) < 0;
}

bool is_decimal(std::string_view text) {
  std::size_t i = 0;
  std::size_t digits = 0;
  for (; i < text.size() && is_digit(text[i]); ++i) ++digits;
  if (i < text.size() && text[i] == '.') {
    for (++i; i < text.size() && is_digit(text[i]); ++i) ++digits;
  }
  if (digits == 0) return false;
  if (i == text.size()) return true;
  if (text[i] != 'e' && text[i] != 'E') return false;
  ++i;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  const std::size_t exponent_at = i;
  for (; i < text.size() && is_digit(text[i]);) ++i;
  return i == text.size() && i > exponent_at;
}

}  // namespace

std::optional<double> parse_double(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (!is_decimal(text)) return std::nullopt;
  double number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec == std::errc::result_out_of_range) {
    if (!is_tiny(text)) return std::nullopt;
    number = 0;
  } else if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return negative ? -number : number;
}

void append_double(std::string& out, double number) {
  constexpr double k_end_of_integers = 9223372036854775808.0;
  if (std::trunc(number) == number && std::abs(number) < k_end_of_integers) {
    // All its digits, for it will be read back as an integer: the shortest ones name another.
    out += std::to_string(static_cast<std::int64_t>(number));
    return;
  }
  if (number < 0) out += '-';
  const double size = std::abs(number);
  const Decimal decimal = shortest(size);
  if (size < 1e-6 || size >= 1e21)
    append_scientific(out, decimal, 1);
  else
    append_fixed(out, decimal);
}

std::string format_float_key(double number) {
  const auto rounded = static_cast<float>(number);
  if (std::isnan(rounded)) return ".nan";
  if (std::isinf(rounded)) return rounded < 0 ? "-.inf" : ".inf";
  std::string text = std::signbit(rounded) ? "-" : "";
  if (rounded == 0) return text + "0";
  const Decimal decimal = shortest(std::abs(rounded));
  const int exponent = decimal.point - 1;
  if (exponent < -4 || exponent >= 6)
    append_scientific(text, decimal, 2);
  else
    append_fixed(text, decimal);
  return text;
}

}  // namespace reconciled
