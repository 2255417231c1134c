// How TomlLexer reads strings.
#include "base/utf8.h"
#include "renderers/helm/functions/toml_lexer.h"
#include "renderers/helm/values/quote.h"

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_end = 0;

bool is_break(std::uint32_t rune) {
  return rune == '\n' || rune == '\r';
}

}  // namespace

TomlToken TomlLexer::string() {
  while (!failed()) {
    const Rune rune = next();
    if (rune == k_end) {
      fail("unexpected EOF; expected '\"'");
    } else if (is_break(rune)) {
      fail_in_line_before("strings cannot contain newlines");
    } else if (rune == '\\') {
      escape();
    } else if (rune == '"') {
      back();
      const TomlToken token = emit(m_has_escapes ? TomlTokenKind::escaped_string : TomlTokenKind::string);
      m_has_escapes = false;
      next();
      mark();
      return token;
    }
  }
  return {};
}

TomlToken TomlLexer::raw_string() {
  while (!failed()) {
    const Rune rune = next();
    if (rune == k_end) {
      fail("unexpected EOF; expected \"'\"");
    } else if (is_break(rune)) {
      fail_in_line_before("strings cannot contain newlines");
    } else if (rune == '\'') {
      back();
      const TomlToken token = emit(TomlTokenKind::string);
      next();
      mark();
      return token;
    }
  }
  return {};
}

/// Behind one quote: whether it begins the three that end the string. One or two more may stand before those.
bool TomlLexer::closes_multiline(Rune quote, bool& has_six) {
  if (!accept(quote)) return false;
  if (!accept(quote)) {
    back();
    return false;
  }
  if (peek() != quote) return true;
  const std::string five(5, static_cast<char>(quote));
  const std::string_view so_far = current();
  has_six = so_far.ends_with(five) && !(quote == '"' && so_far.ends_with("\\" + five));
  back();
  back();
  return false;
}

TomlToken TomlLexer::multiline_string() {
  while (!failed()) {
    const Rune rune = next();
    if (rune == k_end) {
      fail("unexpected EOF; expected '\"\"\"'");
    } else if (rune == '\\') {
      if (!is_break(next())) {
        back();
        escape();
      }
    } else if (rune == '"') {
      bool has_six = false;
      const bool closes = closes_multiline('"', has_six);
      if (has_six) fail("unexpected '\"\"\"\"\"\"'");
      if (!closes) continue;
      for (int i = 0; i < 3; ++i) back();
      m_has_escapes = false;
      const TomlToken token = emit(TomlTokenKind::multiline_string);
      for (int i = 0; i < 3; ++i) next();
      mark();
      return token;
    }
  }
  return {};
}

TomlToken TomlLexer::raw_multiline_string() {
  while (!failed()) {
    const Rune rune = next();
    if (rune == k_end) {
      fail("unexpected EOF; expected \"'''\"");
    } else if (rune == '\'') {
      bool has_six = false;
      const bool closes = closes_multiline('\'', has_six);
      if (has_six) fail("unexpected \"''''''\"");
      if (!closes) continue;
      for (int i = 0; i < 3; ++i) back();
      const TomlToken token = emit(TomlTokenKind::raw_multiline_string);
      for (int i = 0; i < 3; ++i) next();
      mark();
      return token;
    }
  }
  return {};
}

/// What stands behind a backslash; its meaning is the reader's business.
void TomlLexer::escape() {
  m_has_escapes = true;
  const Rune rune = next();
  if (rune == 'x') return hex_digits(2, "two", 'x');
  if (rune == 'u') return hex_digits(4, "four", 'u');
  if (rune == 'U') return hex_digits(8, "eight", 'U');
  constexpr std::string_view k_single = "ebtnfr\" \t\\";
  if (rune > 0 && rune < 0x80 && k_single.find(static_cast<char>(rune)) != std::string_view::npos) return;
  std::string message = "invalid escape in string '\\";
  append_utf8(message, failed() ? 0 : rune);
  message += '\'';
  if (rune == k_end) return fail_in_line_before(std::move(message));
  fail_here(std::move(message));
}

void TomlLexer::hex_digits(int count, std::string_view name, char letter) {
  for (int i = 0; i < count; ++i) {
    const Rune rune = next();
    const bool is_hex = (rune >= '0' && rune <= '9') || ((rune | 0x20) >= 'a' && (rune | 0x20) <= 'f');
    if (is_hex) continue;
    return fail("expected " + std::string(name) + " hexadecimal digits after '\\" + letter + "', but got " +
                quoted(current()) + " instead");
  }
}

}  // namespace reconciled::helm
