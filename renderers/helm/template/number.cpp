#include "renderers/helm/template/number.h"

#include "renderers/helm/values/quote.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace reconciled::helm {
namespace {

bool is_digit(char c, bool hexadecimal) {
  if (c >= '0' && c <= '9') return true;
  const char lower = static_cast<char>(c | 0x20);
  return hexadecimal && lower >= 'a' && lower <= 'f';
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return text;
}

/// The base that a prefix 0x, 0o or 0b asks for, else 10.
int prefixed_base(std::string_view text) {
  if (text.size() < 2 || text[0] != '0') return 10;
  const char letter = static_cast<char>(text[1] | 0x20);
  return letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
}

/// Underscores stand between digits or behind the prefix of the base, and nowhere else.
bool underscores_are_good(std::string_view text) {
  text = without_sign(text);
  bool after_digit = false;
  bool after_underscore = false;
  const int base = prefixed_base(text);
  if (base != 10) {
    text.remove_prefix(2);
    after_digit = true;
  }
  for (const char c : text) {
    if (c == '_') {
      if (!after_digit) return false;
      after_digit = false;
      after_underscore = true;
      continue;
    }
    const bool digit = is_digit(c, base == 16);
    if (after_underscore && !digit) return false;
    after_underscore = false;
    after_digit = digit;
  }
  return !after_underscore;
}

/// The digits without underscores; nothing when those are misplaced.
std::optional<std::string> plain_digits(std::string_view text) {
  std::string plain(text);
  if (std::erase(plain, '_') > 0 && !underscores_are_good(text)) return std::nullopt;
  return plain;
}

/// strconv.ParseUint with base 0.
std::optional<std::uint64_t> read_unsigned(std::string_view text) {
  const auto plain = plain_digits(text);
  if (!plain || plain->empty()) return std::nullopt;
  std::string_view digits = *plain;
  int base = prefixed_base(digits);
  if (base != 10) {
    digits.remove_prefix(2);
  } else if (digits.size() > 1 && digits[0] == '0') {
    base = 8;
    digits.remove_prefix(1);
  }
  std::uint64_t value = 0;
  const auto [at, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || at != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// strconv.ParseInt with base 0.
std::optional<std::int64_t> read_signed(std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto size = read_unsigned(without_sign(text));
  constexpr std::uint64_t k_limit = 1ULL << 63U;
  if (!size || *size > k_limit || (*size == k_limit && !negative)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - *size : *size);
}

/// strconv.ParseFloat; nothing also for what is too large.
std::optional<double> read_float(std::string_view text) {
  const auto plain = plain_digits(text);
  if (!plain) return std::nullopt;
  const bool negative = text.starts_with('-');
  std::string_view digits = without_sign(*plain);
  const bool hexadecimal = prefixed_base(digits) == 16;
  if (hexadecimal) {
    digits.remove_prefix(2);
    if (digits.find_first_of("pP") == std::string_view::npos) return std::nullopt;
  }
  double value = 0;
  const auto format = hexadecimal ? std::chars_format::hex : std::chars_format::general;
  const auto [at, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, format);
  if (error == std::errc::invalid_argument || at != digits.data() + digits.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    value = std::strtod(std::string(without_sign(*plain)).c_str(), nullptr);  // tells too large from too small
    if (std::isinf(value)) return std::nullopt;
  }
  return negative ? -value : value;
}

void add_integers(NumberConstant& number, double value) {
  if (std::trunc(value) != value) return;
  if (!number.is_int && value >= -0x1p63 && value < 0x1p63) {
    number.is_int = true;
    number.as_int = static_cast<std::int64_t>(value);
  }
  if (!number.is_uint && value >= 0 && value < 0x1p64) {
    number.is_uint = true;
    number.as_uint = static_cast<std::uint64_t>(value);
  }
}

void set_complex(NumberConstant& number, GoComplex value) {
  number.is_complex = true;
  number.as_complex = value;
  if (value.imaginary != 0) return;
  number.is_float = true;
  number.as_float = value.real;
  add_integers(number, value.real);
}

std::string read_character(std::string_view text, NumberConstant& number) {
  const auto character = unquote_character(text.substr(1), text[0]);
  if (!character) return "invalid syntax";
  if (text.substr(1 + character->length) != "'") return "malformed character constant: " + std::string(text);
  number.is_int = number.is_uint = number.is_float = true;
  number.as_int = character->value;
  number.as_uint = character->value;
  number.as_float = character->value;
  return {};
}

std::string read_complex(std::string_view text, NumberConstant& number) {
  std::size_t split = text.find_last_of("+-");
  while (split != std::string_view::npos && split > 0 &&
         std::string_view("eEpP").find(text[split - 1]) != std::string_view::npos)
    split = text.find_last_of("+-", split - 1);
  const auto real = read_float(text.substr(0, split));
  const auto imaginary = read_float(text.substr(split, text.size() - split - 1));
  if (!real || !imaginary) return "syntax error scanning complex number";
  set_complex(number, {*real, *imaginary});
  return {};
}

}  // namespace

std::string read_number(std::string_view text, TokenKind kind, NumberConstant& number) {
  number.text = text;
  if (kind == TokenKind::character_constant) return read_character(text, number);
  if (kind == TokenKind::complex) return read_complex(text, number);
  if (text.ends_with('i')) {
    if (const auto imaginary = read_float(text.substr(0, text.size() - 1))) {
      set_complex(number, {0, *imaginary});
      return {};
    }
  }
  if (const auto value = read_unsigned(text)) {
    number.is_uint = true;
    number.as_uint = *value;
  }
  if (const auto value = read_signed(text)) {
    number.is_int = true;
    number.as_int = *value;
    if (*value == 0) number.is_uint = true;  // -0
  }
  if (number.is_int || number.is_uint) {
    number.is_float = true;
    number.as_float = number.is_int ? static_cast<double>(number.as_int) : static_cast<double>(number.as_uint);
  } else if (const auto value = read_float(text)) {
    // What reads as a float but looks like an integer is too large for one.
    if (text.find_first_of(".eEpP") == std::string_view::npos) return "integer overflow: " + quoted(text);
    number.is_float = true;
    number.as_float = *value;
    add_integers(number, *value);
  }
  if (!number.is_int && !number.is_uint && !number.is_float) return "illegal number syntax: " + quoted(text);
  return {};
}

GoValue NumberConstant::ideal() const {
  if (is_complex) return GoValue::complex(&as_complex);
  const bool is_hexadecimal_integer = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
                                      text.find_first_of("pP") == std::string_view::npos;
  if (is_float && !is_hexadecimal_integer && !text.starts_with('\'') &&
      text.find_first_of(".eEpP") != std::string_view::npos)
    return GoValue::number(as_float);
  if (is_int) return GoValue::integer(as_int);
  return {};
}

}  // namespace reconciled::helm
