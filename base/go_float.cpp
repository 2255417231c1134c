#include "base/go_float.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace reconciled {
namespace {

constexpr int k_shortest = -1;

/// Significant digits d1d2d3... without zeros at the end; the number is 0.d1d2d3... x 10^point. Zero has no digits.
struct Decimal {
  std::string digits;
  int point = 0;
};

/// What std::to_chars makes of a number: all of it that a precision can ask for.
std::string to_text(double number, std::chars_format format, int precision, FloatSize size) {
  std::string text(static_cast<std::size_t>(std::max(precision, 0)) + 400, '\0');
  char* const begin = text.data();
  char* const end = begin + text.size();
  std::to_chars_result result{};
  if (precision < 0) {
    result = size == FloatSize::float32 ? std::to_chars(begin, end, static_cast<float>(number), format)
                                        : std::to_chars(begin, end, number, format);
  } else {
    result = std::to_chars(begin, end, number, format, precision);
  }
  text.resize(static_cast<std::size_t>(result.ptr - begin));
  return text;
}

Decimal decimal_of(double number, int digits, FloatSize size) {
  Decimal decimal;
  if (number == 0) return decimal;
  const std::string text = to_text(number, std::chars_format::scientific, digits < 0 ? k_shortest : digits - 1, size);
  const std::size_t mark = text.find('e');
  for (const char c : std::string_view(text).substr(0, mark)) {
    if (c != '.') decimal.digits += c;
  }
  decimal.digits.resize(decimal.digits.find_last_not_of('0') + 1);
  decimal.point = std::atoi(text.c_str() + mark + 1) + 1;
  return decimal;
}

void append_exponent(std::string& out, int exponent, std::size_t least_digits) {
  out += exponent < 0 ? '-' : '+';
  const std::string digits = std::to_string(std::abs(exponent));
  if (digits.size() < least_digits) out.append(least_digits - digits.size(), '0');
  out += digits;
}

/// d.ddde+dd with so many digits behind the point.
void append_scientific(std::string& out, const Decimal& decimal, int precision, char mark) {
  const std::string& digits = decimal.digits;
  out += digits.empty() ? '0' : digits[0];
  if (precision > 0) {
    out += '.';
    const std::size_t wanted = static_cast<std::size_t>(precision);
    const std::size_t have = digits.empty() ? 0 : std::min(digits.size() - 1, wanted);
    if (have > 0) out.append(digits, 1, have);
    out.append(wanted - have, '0');
  }
  out += mark;
  append_exponent(out, digits.empty() ? 0 : decimal.point - 1, 2);
}

void append_fixed(std::string& out, const Decimal& decimal, int precision) {
  const auto digit_at = [&](int i) {
    const bool inside = i >= 0 && static_cast<std::size_t>(i) < decimal.digits.size();
    return inside ? decimal.digits[static_cast<std::size_t>(i)] : '0';
  };
  if (decimal.point <= 0) out += '0';
  for (int i = 0; i < decimal.point; ++i) out += digit_at(i);
  if (precision <= 0) return;
  out += '.';
  for (int i = 0; i < precision; ++i) out += digit_at(decimal.point + i);
}

int digits_behind_point(const Decimal& decimal) {
  return std::max(static_cast<int>(decimal.digits.size()) - decimal.point, 0);
}

/// %g: scientific where the exponent is small or as large as the precision, which counts as 6 when there is none.
void append_general(std::string& out, double number, int precision, char mark, FloatSize size) {
  if (precision == 0) precision = 1;
  const Decimal decimal = decimal_of(number, precision, size);
  const int count = static_cast<int>(decimal.digits.size());
  int limit = precision;
  if (limit > count && count >= decimal.point) limit = count;
  if (precision < 0) limit = 6;
  const int exponent = decimal.point - 1;
  if (exponent < -4 || exponent >= limit)
    append_scientific(out, decimal, (precision < 0 ? count : std::min(precision, count)) - 1, mark);
  else
    append_fixed(out, decimal, digits_behind_point(decimal));
}

struct Binary {
  std::uint64_t mantissa = 0;
  int exponent = 0;
  int mantissa_bits = 52;
};

Binary binary_of(double number, FloatSize size) {
  Binary binary;
  if (size == FloatSize::float32) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(number));
    binary = {bits & 0x7FFFFFU, static_cast<int>(bits >> 23 & 0xFFU), 23};
  } else {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    binary = {bits & 0xFFFFFFFFFFFFFU, static_cast<int>(bits >> 52 & 0x7FFU), 52};
  }
  if (binary.exponent == 0)
    binary.exponent = 1;
  else
    binary.mantissa |= std::uint64_t{1} << binary.mantissa_bits;
  binary.exponent -= size == FloatSize::float32 ? 127 : 1023;
  return binary;
}

/// %b: the mantissa as a whole number and a power of two.
void append_binary(std::string& out, const Binary& binary) {
  const int exponent = binary.exponent - binary.mantissa_bits;
  out += std::to_string(binary.mantissa);
  out += 'p';
  append_exponent(out, exponent, 1);
}

/// %x: 0x1.8p+01.
void append_hexadecimal(std::string& out, Binary binary, int precision, char verb) {
  const bool upper = verb == 'X';
  if (binary.mantissa == 0) binary.exponent = 0;
  std::uint64_t mantissa = binary.mantissa << (60 - binary.mantissa_bits);  // its leading 1 at bit 60
  while (mantissa != 0 && (mantissa >> 60 & 1U) == 0) {
    mantissa <<= 1;
    --binary.exponent;
  }
  if (precision >= 0 && precision < 15) {
    const int shift = precision * 4;
    const std::uint64_t extra = mantissa << shift & ((std::uint64_t{1} << 60) - 1);
    mantissa >>= 60 - shift;
    if ((extra | (mantissa & 1U)) > std::uint64_t{1} << 59) ++mantissa;
    mantissa <<= 60 - shift;
    if ((mantissa >> 61 & 1U) != 0) {
      mantissa >>= 1;
      ++binary.exponent;
    }
  }
  out += upper ? "0X" : "0x";
  out += (mantissa >> 60 & 1U) != 0 ? '1' : '0';
  mantissa <<= 4;
  const std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  if ((precision < 0 && mantissa != 0) || precision > 0) out += '.';
  for (int i = 0; precision < 0 ? mantissa != 0 : i < precision; ++i) {
    out += digits[mantissa >> 60 & 15U];
    mantissa <<= 4;
  }
  out += upper ? 'P' : 'p';
  append_exponent(out, binary.exponent, 2);
}

}  // namespace

void append_go_float(std::string& out, double number, char verb, int precision, FloatSize size) {
  if (std::isnan(number)) {
    out += "NaN";
    return;
  }
  if (std::isinf(number)) {
    out += number < 0 ? "-Inf" : "+Inf";
    return;
  }
  if (std::signbit(number)) out += '-';
  number = std::abs(number);
  switch (verb) {
    case 'e':
    case 'E': {
      const Decimal decimal = decimal_of(number, precision < 0 ? precision : precision + 1, size);
      const int digits = static_cast<int>(decimal.digits.size());
      append_scientific(out, decimal, precision < 0 ? digits - 1 : precision, verb);
      return;
    }
    case 'f':
    case 'F':
      if (precision >= 0) {
        out += to_text(number, std::chars_format::fixed, precision, size);
      } else {
        const Decimal decimal = decimal_of(number, precision, size);
        append_fixed(out, decimal, digits_behind_point(decimal));
      }
      return;
    case 'b': append_binary(out, binary_of(number, size)); return;
    case 'x':
    case 'X': append_hexadecimal(out, binary_of(number, size), precision, verb); return;
    default: append_general(out, number, precision, verb == 'G' ? 'E' : 'e', size); return;
  }
}

std::string format_go_float(double number, char verb, int precision, FloatSize size) {
  std::string out;
  append_go_float(out, number, verb, precision, size);
  return out;
}

void append_go_json_float(std::string& out, double number, FloatSize size) {
  const double magnitude = std::abs(number);
  const bool small = size == FloatSize::float32 ? static_cast<float>(magnitude) < 1e-6F : magnitude < 1e-6;
  const bool large = size == FloatSize::float32 ? static_cast<float>(magnitude) >= 1e21F : magnitude >= 1e21;
  if (magnitude == 0 || (!small && !large)) return append_go_float(out, number, 'f', k_shortest, size);
  append_go_float(out, number, 'e', k_shortest, size);
  const std::size_t end = out.size();
  if (out[end - 4] == 'e' && out[end - 2] == '0') out.erase(end - 2, 1);
}

}  // namespace reconciled
