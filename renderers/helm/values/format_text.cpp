#include "renderers/helm/values/format_text.h"

#include "base/unicode.h"

#include <algorithm>

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_largest_rune = 0x10FFFF;
constexpr std::string_view k_lower = "0123456789abcdefx";
constexpr std::string_view k_upper = "0123456789ABCDEFX";

std::string_view digits_of(HexCase hex) {
  return hex == HexCase::lower ? k_lower : k_upper;
}

std::uint32_t as_rune(std::uint64_t number) {
  return number > k_largest_rune ? 0xFFFD : static_cast<std::uint32_t>(number);
}

/// In the base, the last digit first.
std::string reversed_digits(std::uint64_t number, unsigned base, std::string_view digits) {
  std::string reversed;
  do {
    reversed += digits[number % base];
    number /= base;
  } while (number > 0);
  return reversed;
}

}  // namespace

void TextFormatter::padding(std::size_t count) {
  m_out.append(count, flags.zero && !flags.minus ? '0' : ' ');
}

void TextFormatter::pad(std::string_view text) {
  const std::size_t used = flags.has_width && flags.width > 0 ? count_runes(text) : 0;
  const auto width = static_cast<std::size_t>(flags.width);
  const std::size_t missing = flags.has_width && width > used ? width - used : 0;
  if (!flags.minus) padding(missing);
  m_out += text;
  if (flags.minus) padding(missing);
}

void TextFormatter::pad_with_spaces(std::string_view text) {
  const bool zero = flags.zero;
  flags.zero = false;
  pad(text);
  flags.zero = zero;
}

void TextFormatter::integer(Integer value, unsigned base, char32_t verb, HexCase hex) {
  const bool negative = value.is_signed && static_cast<std::int64_t>(value.number) < 0;
  const std::uint64_t number = negative ? 0 - value.number : value.number;
  int precision = 0;
  if (flags.has_precision) {
    precision = flags.precision;
    if (precision == 0 && number == 0) return pad_with_spaces("");
  } else if (flags.zero && !flags.minus && flags.has_width) {
    precision = flags.width - (negative || flags.plus || flags.space ? 1 : 0);
  }
  std::string reversed = reversed_digits(number, base, digits_of(hex));
  if (precision > 0 && reversed.size() < static_cast<std::size_t>(precision))
    reversed.resize(static_cast<std::size_t>(precision), '0');
  if (flags.sharp && base == 2) reversed += "b0";
  if (flags.sharp && base == 8 && reversed.back() != '0') reversed += '0';
  if (flags.sharp && base == 16) {
    reversed += digits_of(hex)[16];
    reversed += '0';
  }
  if (verb == 'O') reversed += "o0";
  if (negative) {
    reversed += '-';
  } else if (flags.plus || flags.space) {
    reversed += flags.plus ? '+' : ' ';
  }
  std::reverse(reversed.begin(), reversed.end());
  pad_with_spaces(reversed);
}

void TextFormatter::unicode(std::uint64_t number) {
  const std::size_t precision =
      flags.has_precision && flags.precision > 4 ? static_cast<std::size_t>(flags.precision) : 4;
  std::string text = reversed_digits(number, 16, k_upper);
  if (text.size() < precision) text.resize(precision, '0');
  text += "+U";
  std::reverse(text.begin(), text.end());
  if (flags.sharp && number <= k_largest_rune && is_printable(static_cast<std::uint32_t>(number))) {
    text += " '";
    append_rune(text, static_cast<std::uint32_t>(number));
    text += '\'';
  }
  pad_with_spaces(text);
}

void TextFormatter::character(std::uint64_t number) {
  std::string text;
  append_rune(text, as_rune(number));
  pad(text);
}

void TextFormatter::quoted_character(std::uint64_t number) {
  std::string text;
  append_quoted_rune(text, as_rune(number), flags.plus ? QuoteRange::ascii : QuoteRange::printable);
  pad(text);
}

std::string_view TextFormatter::truncated(std::string_view text) const {
  if (!flags.has_precision) return text;
  std::size_t at = 0;
  for (int left = flags.precision; left > 0 && at < text.size(); --left) at += first_rune(text.substr(at)).length;
  return text.substr(0, at);
}

void TextFormatter::string(std::string_view text) {
  pad(truncated(text));
}

void TextFormatter::quoted_string(std::string_view text) {
  text = truncated(text);
  std::string result;
  if (flags.sharp && can_backquote(text)) {
    result.append("`").append(text).append("`");
  } else {
    append_quoted(result, text, flags.plus ? QuoteRange::ascii : QuoteRange::printable);
  }
  pad(result);
}

void TextFormatter::hex(std::string_view bytes, HexCase hex) {
  if (flags.has_precision) bytes = bytes.substr(0, static_cast<std::size_t>(flags.precision));
  const auto wanted = static_cast<std::size_t>(flags.has_width ? flags.width : 0);
  if (bytes.empty()) return padding(wanted);
  std::size_t width = 2 * bytes.size();
  if (flags.space) {
    if (flags.sharp) width *= 2;
    width += bytes.size() - 1;
  } else if (flags.sharp) {
    width += 2;
  }
  const std::size_t missing = wanted > width ? wanted - width : 0;
  if (!flags.minus) padding(missing);
  const std::string_view digits = digits_of(hex);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (flags.space && i > 0) m_out += ' ';
    if (flags.sharp && (i == 0 || flags.space)) {
      m_out += '0';
      m_out += digits[16];
    }
    const auto byte = static_cast<unsigned char>(bytes[i]);
    m_out += digits[byte >> 4U];
    m_out += digits[byte & 0xFU];
  }
  if (flags.minus) padding(missing);
}

/// The sharp flag keeps the decimal point and the zeros at the end of a number, whose sign comes first.
void TextFormatter::restore_zeros(std::string& number, char verb, int precision) const {
  int digits = 0;
  if (verb == 'v' || verb == 'g' || verb == 'G' || verb == 'x') digits = precision == -1 ? 6 : precision;
  const bool is_hex = verb == 'x' || verb == 'X';
  const std::size_t exponent = number.find_first_of(is_hex ? "pP" : "pPeE", 1);
  const std::string tail = exponent == std::string::npos ? std::string() : number.substr(exponent);
  number.resize(number.size() - tail.size());
  bool has_point = false;
  bool significant = false;
  for (const char c : std::string_view(number).substr(1)) {
    if (c == '.') {
      has_point = true;
      continue;
    }
    significant = significant || c != '0';
    if (significant) --digits;
  }
  if (!has_point) {
    if (number.size() == 2 && number[1] == '0') --digits;
    number += '.';
  }
  if (digits > 0) number.append(static_cast<std::size_t>(digits), '0');
  number += tail;
}

void TextFormatter::floating(double value, FloatSize size, char verb, int precision) {
  if (flags.has_precision) precision = flags.precision;
  std::string number;
  append_go_float(number, value, verb, precision, size);
  if (number[0] != '-' && number[0] != '+') number.insert(number.begin(), '+');
  if (flags.space && number[0] == '+' && !flags.plus) number[0] = ' ';
  if (number[1] == 'I' || number[1] == 'N') {
    if (number[1] == 'N' && !flags.space && !flags.plus) number.erase(0, 1);
    return pad_with_spaces(number);
  }
  if (flags.sharp && verb != 'b') restore_zeros(number, verb, precision);
  if (!flags.plus && number[0] == '+') return pad(std::string_view(number).substr(1));
  const auto width = static_cast<std::size_t>(flags.width);
  if (flags.zero && !flags.minus && flags.has_width && width > number.size()) {
    m_out += number[0];
    padding(width - number.size());
    m_out.append(number, 1);
    return;
  }
  pad(number);
}

}  // namespace reconciled::helm
