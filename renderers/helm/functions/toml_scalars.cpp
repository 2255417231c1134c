#include "renderers/helm/functions/toml_scalars.h"

#include "base/number.h"
#include "base/utf8.h"
#include "renderers/helm/functions/time_object.h"
#include "renderers/helm/time/time_parse.h"
#include "renderers/helm/values/quote.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace reconciled::helm {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

bool are_underscores_good(std::string_view text) {
  for (const std::string_view word : {"nan", "+nan", "-nan", "inf", "+inf", "-inf"}) {
    if (text == word) return true;
  }
  bool may_follow = false;
  for (const char c : text) {
    if (c == '_' && !may_follow) return false;
    may_follow = is_hex(c);
  }
  return may_follow;
}

bool has_leading_zero(std::string_view text) {
  if (text.size() > 1 && text[0] == '0' && text[1] != 'b' && text[1] != 'o' && text[1] != 'x') return true;
  return text.size() > 2 && (text[0] == '-' || text[0] == '+') && text[1] == '0';
}

std::string without_underscores(std::string_view text) {
  std::string plain(text);
  std::erase(plain, '_');
  return plain;
}

/// Whether each point has a digit behind it.
bool are_points_good(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' && (i + 1 == text.size() || !is_digit(text[i + 1]))) return false;
  }
  return true;
}

/// [+-] digits [. digits] [e [+-] digits]
bool is_decimal(std::string_view text) {
  const auto take_digits = [&] {
    const std::size_t before = text.size();
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
    return text.size() < before;
  };
  const auto take_sign = [&] {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  };
  take_sign();
  bool good = take_digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    good = take_digits() || good;
  }
  if (good && (text.starts_with('e') || text.starts_with('E'))) {
    text.remove_prefix(1);
    take_sign();
    good = take_digits();
  }
  return good && text.empty();
}

TomlScalar wrong(std::string error) {
  return {{}, std::move(error)};
}

struct DateLayout {
  std::string_view layout;
  std::string_view location;  ///< the name of a fabricated zone; empty for a time with its own
};
constexpr std::array k_layouts{
    DateLayout{"2006-01-02T15:04:05.999999999Z07:00", ""},
    DateLayout{"2006-01-02T15:04:05.999999999", "datetime-local"},
    DateLayout{"2006-01-02", "date-local"},
    DateLayout{"15:04:05.999999999", "time-local"},
    DateLayout{"2006-01-02T15:04Z07:00", ""},
    DateLayout{"2006-01-02T15:04", "datetime-local"},
    DateLayout{"15:04", "time-local"},
};

/// Go's layouts let a leading zero be left out: then a separator stands elsewhere.
bool misses_leading_zero(std::string_view text, std::string_view layout) {
  for (std::size_t i = 0; i < layout.size(); ++i) {
    if (layout[i] == '.' || layout[i] == 'Z') return false;
    if (!is_digit(layout[i]) && (i >= text.size() || text[i] != layout[i])) return true;
  }
  return false;
}

std::string_view without_first_break(std::string_view text) {
  if (text.starts_with('\n')) return text.substr(1);
  return text.starts_with("\r\n") ? text.substr(2) : text;
}

/// Drops each backslash at the end of a line, with all space up to the next word.
std::string without_escaped_breaks(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (text.substr(i + 1).starts_with('\\')) {
      out += "\\\\";
      ++i;
      continue;
    }
    std::size_t end = text.find_first_not_of(" \t\r\n", i + 1);
    if (end == std::string_view::npos) end = text.size();
    if (text.substr(i + 1, end - i - 1).find('\n') == std::string_view::npos) {
      out += '\\';
    } else {
      i = end - 1;
    }
  }
  return out;
}

constexpr std::string_view k_escapes = "btnfre\"\\";
constexpr std::string_view k_meanings = "\b\t\n\f\r\x1B\"\\";

/// The lexer has seen that each escape is whole.
std::string replace_escapes(std::string_view text, std::string& error) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char letter = text[++i];
    if (const std::size_t at = k_escapes.find(letter); at != std::string_view::npos) {
      out += k_meanings[at];
      continue;
    }
    if (letter == ' ' || letter == '\t') {
      error = "invalid escape: '\\" + std::string(1, letter) + '\'';
      return out;
    }
    const std::string_view digits = text.substr(i + 1, letter == 'x' ? 2 : letter == 'u' ? 4 : 8);
    std::uint32_t rune = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), rune, 16);
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF)) {
      error = "Escaped character '\\u" + std::string(digits) + "' is not valid UTF-8.";
      return out;
    }
    append_utf8(out, rune);
    i += digits.size();
  }
  return out;
}

}  // namespace

TomlScalar read_toml_integer(std::string_view text) {
  if (!are_underscores_good(text)) {
    return wrong("Invalid integer " + quoted(text) + ": underscores must be surrounded by digits");
  }
  if (has_leading_zero(text)) return wrong("Invalid integer " + quoted(text) + ": cannot have leading zeroes");
  const std::string plain = without_underscores(text);
  std::string_view digits = plain;
  int base = 10;
  if (digits.size() > 2 && digits[0] == '0') {
    base = digits[1] == 'b' ? 2 : digits[1] == 'o' ? 8 : 16;
    digits.remove_prefix(2);
  }
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (failure != std::errc() || end != digits.data() + digits.size()) {
    return wrong(std::string(text) + " is out of range for int64");
  }
  return {GoValue::integer(number, GoType::int64), {}};
}

TomlScalar read_toml_float(std::string_view text) {
  std::string_view first;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of(".eE"), rest.size());
    const std::string_view part = rest.substr(0, end);
    if (!part.empty() && !are_underscores_good(part)) {
      return wrong("Invalid float " + quoted(text) + ": underscores must be surrounded by digits");
    }
    if (first.empty()) first = part;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (has_leading_zero(first)) return wrong("Invalid float " + quoted(text) + ": cannot have leading zeroes");
  if (!are_points_good(text)) {
    return wrong("Invalid float " + quoted(text) + ": '.' must be followed by one or more digits");
  }
  const std::string plain = without_underscores(text);
  constexpr double k_infinity = std::numeric_limits<double>::infinity();
  constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();
  if (plain == "inf" || plain == "+inf") return {GoValue::number(k_infinity), {}};
  if (plain == "-inf") return {GoValue::number(-k_infinity), {}};
  if (plain == "nan" || plain == "+nan") return {GoValue::number(k_nan), {}};
  if (plain == "-nan") return {GoValue::number(std::copysign(k_nan, -1.0)), {}};
  if (!is_decimal(plain)) return wrong("Invalid float value: " + quoted(text));
  const auto number = parse_double(plain);
  if (!number) return wrong(std::string(text) + " is out of range for float64");
  return {GoValue::number(*number), {}};
}

TomlScalar read_toml_datetime(std::string_view text, Arena& arena) {
  std::string date(text);
  for (char& c : date) {
    if (c == 'z') c = 'Z';
    if (c == 't' || c == ' ') c = 'T';
  }
  for (const auto& [layout, location] : k_layouts) {
    const auto parsed = parse_go_time(layout, date);
    if (!parsed) continue;
    if (misses_leading_zero(date, layout)) break;
    if (location.empty()) return {make_time(arena, *parsed), {}};
    return {make_time(arena, GoTime{parsed->instant, {ParsedTime::Zone::fixed, location, 0}}), {}};
  }
  return wrong("invalid datetime: " + quoted(date));
}

TomlScalar read_toml_string(const TomlToken& token, Arena& arena) {
  TomlScalar scalar;
  std::string text;
  switch (token.kind) {
    case TomlTokenKind::multiline_string:
      text = replace_escapes(without_escaped_breaks(without_first_break(token.text)), scalar.error);
      break;
    case TomlTokenKind::escaped_string: text = replace_escapes(token.text, scalar.error); break;
    case TomlTokenKind::raw_multiline_string: text = without_first_break(token.text); break;
    default: text = token.text;
  }
  scalar.value = GoValue::string(arena.copy(text));
  return scalar;
}

}  // namespace reconciled::helm
