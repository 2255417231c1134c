#include "renderers/helm/functions/go_number.h"

#include "base/number.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

namespace reconciled::helm {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex_digit(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

bool equal_in_lower_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char left, char right) { return lower(left) == right; });
}

/// '+' or '-' off the front; whether it was '-'.
bool take_sign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

/// Whether each underscore stands between digits, or between a base prefix and a digit. No sign.
bool has_good_underscores(std::string_view number) {
  const bool prefixed = number.size() >= 2 && number[0] == '0' &&
                        (lower(number[1]) == 'b' || lower(number[1]) == 'o' || lower(number[1]) == 'x');
  const bool hex = prefixed && lower(number[1]) == 'x';
  bool after_digit = prefixed;
  bool after_underscore = false;
  for (const char c : number.substr(prefixed ? 2 : 0)) {
    const bool digit = hex ? is_hex_digit(c) : is_digit(c);
    if (c == '_' ? !after_digit : after_underscore && !digit) return false;
    after_digit = digit;
    after_underscore = c == '_';
  }
  return !after_underscore;
}

/// Takes a base prefix off; gives the base.
unsigned take_base(std::string_view& digits) {
  if (!digits.starts_with('0')) return 10;
  const char mark = digits.size() >= 3 ? lower(digits[1]) : '\0';
  const unsigned base = mark == 'b' ? 2 : mark == 'x' ? 16 : 8;
  digits.remove_prefix(mark == 'b' || mark == 'o' || mark == 'x' ? 2 : 1);
  return base;
}

unsigned digit_value(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char small = lower(c);
  return small >= 'a' && small <= 'z' ? static_cast<unsigned>(small - 'a') + 10 : std::numeric_limits<unsigned>::max();
}

struct Magnitude {
  std::uint64_t value = 0;
  bool in_range = true;
};

/// Go stops at the first digit that does not fit, so what follows it may be anything.
std::optional<Magnitude> parse_magnitude(std::string_view text, unsigned base) {
  if (text.empty()) return std::nullopt;
  const bool any_base = base == 0;
  std::string_view digits = text;
  if (any_base) base = take_base(digits);
  bool underscores = false;
  Magnitude magnitude;
  for (const char c : digits) {
    if (any_base && c == '_') {
      underscores = true;
      continue;
    }
    const unsigned digit = digit_value(c);
    if (digit >= base) return std::nullopt;
    if (__builtin_mul_overflow(magnitude.value, base, &magnitude.value) ||
        __builtin_add_overflow(magnitude.value, digit, &magnitude.value)) {
      return Magnitude{std::numeric_limits<std::uint64_t>::max(), false};
    }
  }
  if (underscores && !has_good_underscores(text)) return std::nullopt;
  return magnitude;
}

/// Digits with at most one point, and at least one digit; how long that is, or 0.
std::size_t mantissa_length(std::string_view text, bool hex) {
  bool point = false;
  bool digits = false;
  std::size_t length = 0;
  for (; length < text.size(); ++length) {
    const char c = text[length];
    if (c == '.' && !point) {
      point = true;
    } else if (hex ? is_hex_digit(c) : is_digit(c)) {
      digits = true;
    } else if (c != '_') {
      break;
    }
  }
  return digits ? length : 0;
}

/// [+-] digits, where a digit comes first.
bool is_exponent(std::string_view text) {
  take_sign(text);
  return !text.empty() && is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '_'; });
}

std::optional<double> parse_hex(std::string_view digits, std::string_view exponent) {
  double number = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::hex);
  if (end.ec == std::errc::result_out_of_range) {
    if (!exponent.starts_with('-')) return std::nullopt;
    number = 0;
  }
  return number;
}

std::optional<double> parse_finite(std::string_view text) {
  const bool hex = text.size() > 2 && text[0] == '0' && lower(text[1]) == 'x';
  const std::size_t prefix = hex ? 2 : 0;
  const std::size_t mantissa = mantissa_length(text.substr(prefix), hex);
  if (mantissa == 0) return std::nullopt;
  std::string_view exponent = text.substr(prefix + mantissa);
  const bool scientific = !exponent.empty() && lower(exponent.front()) == (hex ? 'p' : 'e');
  if (scientific) exponent.remove_prefix(1);
  if (scientific ? !is_exponent(exponent) : hex || !exponent.empty()) return std::nullopt;
  std::string plain(text);
  if (plain.find('_') != std::string::npos) {
    if (!has_good_underscores(text)) return std::nullopt;
    std::erase(plain, '_');
  }
  return hex ? parse_hex(std::string_view(plain).substr(prefix), exponent) : parse_double(plain);
}

}  // namespace

std::optional<ParsedInt> parse_go_int(std::string_view text, unsigned base) {
  const bool negative = take_sign(text);
  const auto magnitude = parse_magnitude(text, base);
  if (!magnitude) return std::nullopt;
  constexpr std::uint64_t k_limit = std::uint64_t{1} << 63;
  if (negative) {
    if (magnitude->value > k_limit) return ParsedInt{std::numeric_limits<std::int64_t>::min(), false};
    return ParsedInt{static_cast<std::int64_t>(0 - magnitude->value), true};
  }
  if (magnitude->value >= k_limit) return ParsedInt{std::numeric_limits<std::int64_t>::max(), false};
  return ParsedInt{static_cast<std::int64_t>(magnitude->value), true};
}

std::optional<double> parse_go_float(std::string_view text) {
  if (equal_in_lower_case(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  const bool negative = take_sign(text);
  std::optional<double> number;
  if (equal_in_lower_case(text, "inf") || equal_in_lower_case(text, "infinity"))
    number = std::numeric_limits<double>::infinity();
  else
    number = parse_finite(text);
  if (number && negative) number = -*number;
  return number;
}

}  // namespace reconciled::helm
