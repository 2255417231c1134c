#include "renderers/helm/functions/toml_lexer.h"

#include "base/unicode.h"
#include "base/utf8.h"
#include "renderers/helm/values/quote.h"

namespace reconciled::helm {
namespace {

using Rune = TomlLexer::Rune;
constexpr Rune k_end = 0;             // the end of the text: NUL itself is refused
constexpr Rune k_failure = 0x110000;  // no character

bool is_space(Rune rune) {
  return rune == ' ' || rune == '\t';
}
bool is_break(Rune rune) {
  return rune == '\n' || rune == '\r';
}
bool is_digit(Rune rune) {
  return rune >= '0' && rune <= '9';
}
bool is_hex(Rune rune) {
  return is_digit(rune) || ((rune | 0x20) >= 'a' && (rune | 0x20) <= 'f');
}
bool is_bare(Rune rune) {
  return is_digit(rune) || (rune >= 'A' && rune <= 'Z') || (rune >= 'a' && rune <= 'z') || rune == '_' || rune == '-';
}
bool is_of_base(Rune rune, int base) {
  return base == 16 ? is_hex(rune) : rune >= '0' && rune < '0' + static_cast<Rune>(base);
}

std::string quoted_rune(Rune rune) {
  std::string text;
  append_quoted_rune(text, rune);
  return text;
}
std::string plain_rune(Rune rune) {
  std::string text;
  append_utf8(text, rune);
  return text;
}
std::string rune_or_end(Rune rune) {
  return rune == k_end ? "end of file" : '\'' + plain_rune(rune) + '\'';
}
std::string byte_code(unsigned byte) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  return {'0', 'x', k_digits[byte >> 4 & 0xF], k_digits[byte & 0xF]};
}

std::string_view trimmed(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

// Characters

TomlLexer::Rune TomlLexer::next() {
  if (failed()) return k_failure;
  if (m_at >= m_text.size()) {
    m_at_end = true;
    return k_end;
  }
  if (m_text[m_at] == '\n') ++m_line;
  const CodePoint rune = first_code_point(m_text.substr(m_at));
  const auto byte = static_cast<unsigned char>(m_text[m_at]);
  if (rune.length == 0) {
    fail_here("invalid UTF-8 byte: " + byte_code(byte));
    return k_failure;
  }
  const bool lonely_return = byte == '\r' && m_text.substr(m_at + 1, 1) != "\n";
  if (lonely_return || byte == 0x7F || (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')) {
    fail_here("TOML files cannot contain control characters: '" + byte_code(byte) + "'");
    return k_failure;
  }
  m_at += rune.length;
  return rune.value;
}

void TomlLexer::back() {
  if (failed()) return;
  if (m_at_end) {
    m_at_end = false;
    return;
  }
  do --m_at;
  while (m_at > 0 && (static_cast<unsigned char>(m_text[m_at]) & 0xC0) == 0x80);
  if (m_text[m_at] == '\n') --m_line;
}

TomlLexer::Rune TomlLexer::peek() {
  const Rune rune = next();
  back();
  return rune;
}

bool TomlLexer::accept(Rune rune) {
  if (next() == rune) return true;
  back();
  return false;
}

void TomlLexer::skip_spaces() {
  while (is_space(next())) {
  }
  back();
  mark();
}

TomlToken TomlLexer::emit(TomlTokenKind kind) {
  const TomlToken token{kind, current(), m_line};
  mark();
  return token;
}

// Failures

void TomlLexer::fail_here(std::string message) {
  if (!failed()) m_error = {std::move(message), m_line};
}
void TomlLexer::fail_in_line_before(std::string message) {
  if (!failed()) m_error = {std::move(message), m_line - 1};
}
void TomlLexer::fail(std::string message) {
  if (m_at_end && m_at >= 1 && m_text[m_at - 1] == '\n') return fail_in_line_before(std::move(message));
  fail_here(std::move(message));
}

// Lines

TomlLexer::TopLevel TomlLexer::top_level() {
  while (!failed()) {
    const Rune rune = next();
    if (is_space(rune) || is_break(rune)) {
      mark();
    } else if (rune == '#') {
      comment();
    } else if (rune == '[') {
      const bool is_array = accept('[');
      mark();
      return is_array ? TopLevel::array_table : TopLevel::table;
    } else if (rune == k_end) {
      break;
    } else {
      back();
      return TopLevel::key;
    }
  }
  return TopLevel::end;
}

void TomlLexer::end_of_line() {
  while (true) {
    const Rune rune = next();
    if (is_space(rune)) continue;
    if (rune == '#') return comment();
    if (rune == k_end) return back();
    if (!is_break(rune)) {
      fail("expected a top-level item to end with a newline, comment, or EOF, but got " + quoted_rune(rune) +
           " instead");
    }
    return mark();
  }
}

void TomlLexer::comment() {
  Rune rune = next();
  while (rune != k_end && rune != k_failure && !is_break(rune)) rune = next();
  back();
  mark();
}

// Headers and keys

TomlToken TomlLexer::bare_key() {
  while (is_bare(next())) {
  }
  back();
  return emit(TomlTokenKind::bare_key);
}

TomlToken TomlLexer::quoted_key() {
  mark();
  const Rune quote = next();
  mark();
  return quote == '"' ? string() : raw_string();
}

TomlToken TomlLexer::table_name_part() {
  skip_spaces();
  const Rune rune = peek();
  if (rune == ']' || rune == k_end) {
    fail("unexpected end of table name (table names cannot be empty)");
  } else if (rune == '.') {
    fail("unexpected table separator (table names cannot be empty)");
  } else {
    return rune == '"' || rune == '\'' ? quoted_key() : bare_key();
  }
  return {};
}

TomlLexer::After TomlLexer::table_name_end() {
  skip_spaces();
  const Rune rune = next();
  if (rune == '.') {
    mark();
    return After::more;
  }
  if (rune != ']') fail("expected '.' or ']' to end table name, but got " + quoted_rune(rune) + " instead");
  return After::end;
}

void TomlLexer::array_table_end() {
  const Rune rune = next();
  if (rune != ']') fail("expected end of table array name delimiter ']', but got " + quoted_rune(rune) + " instead");
}

void TomlLexer::key_start() {
  skip_spaces();
  const Rune rune = peek();
  if (rune == '=' || rune == k_end) return fail("unexpected '=': key name appears blank");
  if (rune == '.') fail("unexpected '.': keys cannot start with a '.'");
}

TomlToken TomlLexer::key_part() {
  skip_spaces();
  const Rune rune = peek();
  if (rune == '=' || rune == k_end) {
    fail("unexpected '='");
  } else if (rune == '.') {
    fail("unexpected '.'");
  } else {
    return rune == '"' || rune == '\'' ? quoted_key() : bare_key();
  }
  return {};
}

TomlLexer::After TomlLexer::key_end() {
  skip_spaces();
  const Rune rune = next();
  if (rune == '.') {
    mark();
    return After::more;
  }
  mark();
  if (rune == '=') return After::end;
  if (rune == k_end) {
    fail("unexpected EOF; expected key separator '='");
  } else if (rune == '\n') {
    fail_in_line_before("expected '.' or '=', but got " + quoted_rune(rune) + " instead");
  } else {
    fail("expected '.' or '=', but got " + quoted_rune(rune) + " instead");
  }
  return After::end;
}

// Arrays and inline tables

TomlLexer::Item TomlLexer::next_item(Rune terminator) {
  while (true) {
    const Rune rune = next();
    if (is_space(rune) || is_break(rune)) {
      mark();
    } else if (rune == '#') {
      comment();
    } else {
      if (rune == terminator) return Item::end;
      if (rune == ',') fail("unexpected comma");
      back();
      return Item::one;
    }
  }
}

TomlLexer::Item TomlLexer::array_item() {
  return next_item(']');
}

TomlLexer::Item TomlLexer::inline_item() {
  return next_item('}');
}

TomlLexer::After TomlLexer::array_item_end() {
  while (true) {
    const Rune rune = next();
    mark();
    if (is_space(rune) || is_break(rune)) continue;
    if (rune == '#') {
      comment();
      continue;
    }
    if (rune == ',') return After::more;
    if (rune != ']') fail("expected a comma (',') or array terminator (']'), but got " + rune_or_end(rune));
    return After::end;
  }
}

TomlLexer::After TomlLexer::inline_item_end() {
  while (true) {
    const Rune rune = next();
    mark();
    if (is_space(rune) || is_break(rune)) continue;
    if (rune == '#') {
      comment();
      continue;
    }
    if (rune == ',') {
      skip_spaces();
      if (peek() == '}') continue;
      return After::more;
    }
    if (rune != '}')
      fail("expected a comma or an inline table terminator '}', but got " + rune_or_end(rune) + " instead");
    return After::end;
  }
}

// Values

TomlToken TomlLexer::value() {
  skip_spaces();
  const Rune rune = next();
  if (is_digit(rune)) {
    back();
    return number_or_date();
  }
  switch (rune) {
    case '[': return emit(TomlTokenKind::array);
    case '{': return emit(TomlTokenKind::inline_table);
    case '"':
    case '\'': {
      if (accept(rune)) {
        if (accept(rune)) {
          mark();
          return rune == '"' ? multiline_string() : raw_multiline_string();
        }
        back();
      }
      mark();
      return rune == '"' ? string() : raw_string();
    }
    case '.': fail("floats must start with a digit, not '.'"); return {};
    case 'i':
    case 'n':
      if ((accept('n') && accept('f')) || (accept('a') && accept('n'))) return emit(TomlTokenKind::floating);
      break;
    case '-':
    case '+': return signed_number();
    case k_end: fail("unexpected EOF; expected value"); return {};
    default: break;
  }
  if (is_letter(rune)) {
    back();
    return boolean();
  }
  if (rune == '\n') {
    fail_in_line_before("expected value but found " + quoted_rune(rune) + " instead");
  } else {
    fail("expected value but found " + quoted_rune(rune) + " instead");
  }
  return {};
}

TomlToken TomlLexer::boolean() {
  const std::size_t begin = m_at;
  while (is_letter(next())) {
  }
  back();
  const std::string_view word = m_text.substr(begin, m_at - begin);
  if (word != "true" && word != "false") fail("expected value but found " + quoted(word) + " instead");
  return emit(TomlTokenKind::boolean);
}

TomlToken TomlLexer::signed_number() {
  const Rune rune = next();
  if (rune == 'i' || rune == 'n') {
    const bool good = rune == 'i' ? accept('n') && accept('f') : accept('a') && accept('n');
    if (!good) fail("invalid float: '" + std::string(current()) + '\'');
    return emit(TomlTokenKind::floating);
  }
  if (rune == '0') {
    const Rune base = peek();
    if (base == 'b' || base == 'o' || base == 'x') {
      fail("cannot use sign with non-decimal numbers: '" + std::string(current()) + plain_rune(base) + '\'');
      return {};
    }
  }
  if (rune == '.') fail("floats must start with a digit, not '.'");
  if (!is_digit(rune)) fail("expected a digit but got " + quoted_rune(rune));
  return decimal();
}

TomlToken TomlLexer::number_or_date() {
  if (next() == '0') {
    const Rune rune = next();
    if (rune == 'b' || rune == 'o' || rune == 'x') {
      const int base = rune == 'b' ? 2 : rune == 'o' ? 8 : 16;
      return based_integer(base);
    }
    if (rune == '_') return decimal();
    if (rune == '.' || rune == 'e' || rune == 'E') return floating();
    if (!is_digit(rune)) {
      back();
      return emit(TomlTokenKind::integer);
    }
  }
  while (true) {
    const Rune rune = next();
    if (is_digit(rune)) continue;
    if (rune == '-' || rune == ':') return datetime();
    if (rune == '_') return decimal();
    if (rune == '.' || rune == 'e' || rune == 'E') return floating();
    back();
    return emit(TomlTokenKind::integer);
  }
}

TomlToken TomlLexer::based_integer(int base) {
  const Rune first = peek();
  if (!is_of_base(first, base)) {
    const std::string_view name = base == 2 ? "a binary" : base == 8 ? "an octal" : "a hexadecimal";
    fail("not " + std::string(name) + " number: '" + std::string(current()) + plain_rune(first) + '\'');
  }
  Rune rune = next();
  while (is_of_base(rune, base) || rune == '_') rune = next();
  back();
  return emit(TomlTokenKind::integer);
}

TomlToken TomlLexer::decimal() {
  while (true) {
    const Rune rune = next();
    if (is_digit(rune) || rune == '_') continue;
    if (rune == '.' || rune == 'e' || rune == 'E') return floating();
    back();
    return emit(TomlTokenKind::integer);
  }
}

TomlToken TomlLexer::floating() {
  constexpr std::string_view k_others = "_.-+eE";
  Rune rune = next();
  while (is_digit(rune) || (rune > 0 && rune < 0x80 && k_others.find(static_cast<char>(rune)) != k_others.npos)) {
    rune = next();
  }
  back();
  return emit(TomlTokenKind::floating);
}

TomlToken TomlLexer::datetime() {
  constexpr std::string_view k_others = "-:Tt .Zz+";
  Rune rune = next();
  while (is_digit(rune) || (rune > 0 && rune < 0x80 && k_others.find(static_cast<char>(rune)) != k_others.npos)) {
    rune = next();
  }
  back();
  TomlToken token = emit(TomlTokenKind::datetime);
  token.text = trimmed(token.text);
  return token;
}

}  // namespace reconciled::helm
