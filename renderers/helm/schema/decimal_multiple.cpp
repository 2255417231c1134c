#include "renderers/helm/schema/decimal_multiple.h"

#include "base/go_float.h"

#include <charconv>
#include <string>

namespace reconciled::helm {
namespace {

/// digits * 10^exponent; at most 17 digits.
struct Decimal {
  std::uint64_t digits = 0;
  int exponent = 0;
};

Decimal decimal_of(double number) {
  const std::string text = format_go_float(number < 0 ? -number : number, 'e', -1);
  const auto e = text.find('e');
  Decimal decimal;
  bool behind_point = false;
  for (const char c : text.substr(0, e)) {
    if (c == '.') {
      behind_point = true;
      continue;
    }
    decimal.digits = decimal.digits * 10 + static_cast<std::uint64_t>(c - '0');
    if (behind_point) --decimal.exponent;
  }
  int exponent = 0;
  std::string_view power = std::string_view(text).substr(e + 1);
  if (power.starts_with('+')) power.remove_prefix(1);
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  decimal.exponent += exponent;
  return decimal;
}

}  // namespace

bool is_multiple(double number, double of) {
  __extension__ using Wide = unsigned __int128;
  auto dividend = decimal_of(number);
  auto divisor = decimal_of(of);
  if (divisor.digits == 0) return false;
  if (dividend.digits == 0) return true;
  constexpr Wide k_limit = Wide(1) << 120;
  Wide scaled = divisor.digits;
  for (; divisor.exponent > dividend.exponent; --divisor.exponent) {
    if (scaled > k_limit / 10) return false;  // larger than the dividend's digits can be
    scaled *= 10;
  }
  Wide rest = Wide(dividend.digits) % scaled;
  for (; dividend.exponent > divisor.exponent && rest != 0; --dividend.exponent) rest = rest * 10 % scaled;
  return rest == 0;
}

}  // namespace reconciled::helm
