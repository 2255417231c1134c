#include "base/utf8.h"
#include "base/yaml_scanner.h"

#include <array>

namespace reconciled {
namespace {

constexpr std::string_view k_in_plain = "while scanning a plain scalar";
constexpr std::string_view k_in_quoted = "while scanning a quoted scalar";
constexpr std::string_view k_in_escape = "while parsing a quoted scalar";
constexpr std::string_view k_in_block = "while scanning a block scalar";

/// What ends a run of characters of a plain scalar, or needs a look: blanks, breaks, the end, ':' and flow indicators.
constexpr std::array<bool, 256> make_stops(std::string_view stops) {
  std::array<bool, 256> table{};
  for (const char c : stops) table[static_cast<unsigned char>(c)] = true;
  table[0] = true;
  for (std::size_t i = 0x80; i < 256; ++i) table[i] = true;
  return table;
}
constexpr std::array<bool, 256> k_plain_stops = make_stops(" \t\r\n:,?[]{}");
constexpr std::array<bool, 256> k_quoted_stops = make_stops(" \t\r\n\\'\"");
constexpr std::array<bool, 256> k_line_stops = make_stops("\r\n");

bool is_flow_indicator(char c) {
  return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

/// Ends the blanks and breaks between two words: spaces stay, one break becomes a space, more become one less.
void YamlScanner::join_lines() {
  if (m_leading_break.empty()) {
    m_scalar += m_blanks;
  } else if (m_leading_break[0] == '\n') {
    m_scalar += m_trailing_breaks.empty() ? std::string_view(" ") : std::string_view(m_trailing_breaks);
  } else {
    m_scalar += m_leading_break;
    m_scalar += m_trailing_breaks;
  }
  m_leading_break.clear();
  m_trailing_breaks.clear();
  m_blanks.clear();
}

bool YamlScanner::scan_plain(YamlToken& token) {
  token.kind = YamlToken::Kind::scalar;
  token.style = YamlStyle::plain;
  token.start = token.end = place();
  m_scalar.clear();
  m_blanks.clear();
  m_leading_break.clear();
  m_trailing_breaks.clear();
  const std::int32_t indent = m_indent + 1;
  const std::size_t begin = m_at;
  std::size_t end = m_at;
  bool one_piece = true;  // the scalar is a piece of the text as it stands there
  while (!is_document_indicator() && at() != '#') {
    bool first = true;
    while (!is_blank_or_end()) {
      if (at() == ':' && is_blank_or_end(1)) break;
      if (m_flow_level > 0 && (is_flow_indicator(at()) || (at() == '?' && m_rules == YamlRules::go))) break;
      if (m_flow_level > 0 && m_rules == YamlRules::common && at() == ':' && (at(1) == '?' || is_flow_indicator(at(1))))
        return fail(k_in_plain, token.start, "found unexpected ':'");
      if (first && m_at != begin) {
        if (one_piece && !m_leading_break.empty()) {
          m_scalar.assign(m_text + begin, end - begin);
          one_piece = false;
        }
        if (one_piece) {
          m_blanks.clear();
        } else {
          join_lines();
        }
      }
      first = false;
      const std::size_t run = m_at;
      skip();
      while (!k_plain_stops[static_cast<unsigned char>(at())]) skip_ascii(1);
      if (!one_piece) m_scalar.append(m_text + run, m_at - run);
      end = m_at;
      token.end = place();
    }
    if (!is_blank() && !is_break()) break;
    if (!scan_plain_blanks(indent, token.start)) return false;
    if (m_flow_level == 0 && column() < indent) break;
  }
  token.text = one_piece ? std::string_view(m_text + begin, end - begin) : keep(m_scalar);
  if (!m_leading_break.empty()) m_simple_key_allowed = true;
  return true;
}

bool YamlScanner::scan_plain_blanks(std::int32_t indent, const YamlPlace& start) {
  while (is_blank() || is_break()) {
    if (!is_blank()) {
      if (m_leading_break.empty()) {
        m_blanks.clear();
        read_line(m_leading_break);
      } else {
        read_line(m_trailing_breaks);
      }
    } else if (m_leading_break.empty()) {
      read(m_blanks);
    } else {
      if (column() < indent && at() == '\t')
        return fail(k_in_plain, start, "found a tab character that violates indentation");
      skip_ascii(1);
    }
  }
  return true;
}

bool YamlScanner::scan_quoted(YamlToken& token) {
  const Quotes quotes = at() == '\'' ? Quotes::single_ : Quotes::double_;
  const char quote = at();
  token.kind = YamlToken::Kind::scalar;
  token.style = quotes == Quotes::single_ ? YamlStyle::single_quoted : YamlStyle::double_quoted;
  token.start = place();
  skip_ascii(1);
  const std::size_t begin = m_at;
  while (!k_quoted_stops[static_cast<unsigned char>(at())] || at() == ' ') skip_ascii(1);
  if (at() == quote && at(1) != '\'' && (m_at == begin || begin != m_line_begin)) {
    token.text = {m_text + begin, m_at - begin};  // nothing to change in it
    skip_ascii(1);
    token.end = place();
    return true;
  }
  m_at = begin;
  m_scalar.clear();
  m_blanks.clear();
  m_leading_break.clear();
  m_trailing_breaks.clear();
  while (true) {
    if (is_document_indicator()) return fail(k_in_quoted, token.start, "found unexpected document indicator");
    if (is_end()) return fail(k_in_quoted, token.start, "found unexpected end of stream");
    bool leading_blanks = false;
    if (!scan_quoted_characters(quotes, token.start, leading_blanks)) return false;
    if (at() == quote) break;
    scan_quoted_blanks(leading_blanks);
  }
  skip_ascii(1);
  token.text = keep(m_scalar);
  token.end = place();
  return true;
}

bool YamlScanner::scan_quoted_characters(Quotes quotes, const YamlPlace& start, bool& leading_blanks) {
  while (!is_blank_or_end()) {
    if (quotes == Quotes::single_ && at() == '\'') {
      if (at(1) != '\'') return true;
      m_scalar += '\'';
      skip_ascii(2);
    } else if (quotes == Quotes::double_ && at() == '"') {
      return true;
    } else if (quotes == Quotes::double_ && at() == '\\' && is_break(1)) {
      skip_ascii(1);
      skip_line();
      leading_blanks = true;
      return true;
    } else if (quotes == Quotes::double_ && at() == '\\') {
      if (!scan_escape(start)) return false;
    } else {
      const std::size_t run = m_at;
      skip();
      while (!k_quoted_stops[static_cast<unsigned char>(at())]) skip_ascii(1);
      m_scalar.append(m_text + run, m_at - run);
    }
  }
  return true;
}

bool YamlScanner::scan_escape(const YamlPlace& start) {
  struct Escape {
    char letter;
    std::string_view text;
  };
  static constexpr std::array k_escapes{
      Escape{'0', {"\0", 1}}, Escape{'a', "\a"},     Escape{'b', "\b"},       Escape{'t', "\t"},
      Escape{'\t', "\t"},     Escape{'n', "\n"},     Escape{'v', "\v"},       Escape{'f', "\f"},
      Escape{'r', "\r"},      Escape{'e', "\x1B"},   Escape{' ', " "},        Escape{'"', "\""},
      Escape{'\'', "'"},      Escape{'\\', "\\"},    Escape{'N', "\xC2\x85"}, Escape{'_', "\xC2\xA0"},
      Escape{'L', "\u2028"},  Escape{'P', "\u2029"},
  };
  for (const Escape& escape : k_escapes) {
    if (escape.letter != at(1)) continue;
    m_scalar += escape.text;
    skip_ascii(2);
    return true;
  }
  if (at(1) == '/' && m_rules == YamlRules::common) {
    m_scalar += '/';
    skip_ascii(2);
    return true;
  }
  const std::size_t digits = at(1) == 'x' ? 2 : at(1) == 'u' ? 4 : at(1) == 'U' ? 8 : 0;
  if (digits == 0) return fail(k_in_escape, start, "found unknown escape character");
  skip_ascii(2);
  std::uint32_t point = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const int digit = hex_digit(at(i));
    if (digit < 0) return fail(k_in_escape, start, "did not find expected hexdecimal number");
    point = (point << 4) + static_cast<std::uint32_t>(digit);
  }
  if ((point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF)
    return fail(k_in_escape, start, "found invalid Unicode character escape code");
  append_utf8(m_scalar, point);
  skip_ascii(digits);
  return true;
}

void YamlScanner::scan_quoted_blanks(bool& leading_blanks) {
  while (is_blank() || is_break()) {
    if (!is_blank()) {
      if (leading_blanks) {
        read_line(m_trailing_breaks);
      } else {
        m_blanks.clear();
        read_line(m_leading_break);
        leading_blanks = true;
      }
    } else if (leading_blanks) {
      skip_ascii(1);
    } else {
      read(m_blanks);
    }
  }
  if (leading_blanks && m_leading_break.empty()) {  // after an escaped break
    m_scalar += m_trailing_breaks;
    m_trailing_breaks.clear();
  } else {
    join_lines();
  }
}

bool YamlScanner::scan_block_scalar(YamlToken& token) {
  const bool literal = at() == '|';
  token.kind = YamlToken::Kind::scalar;
  token.style = literal ? YamlStyle::literal : YamlStyle::folded;
  token.start = place();
  int chomping = 0;
  int increment = 0;
  if (!scan_block_header(chomping, increment, token.start)) return false;
  std::int32_t indent = increment == 0 ? 0 : (m_indent >= 0 ? m_indent + increment : increment);
  m_scalar.clear();
  m_leading_break.clear();
  m_trailing_breaks.clear();
  if (!scan_block_breaks(indent, m_trailing_breaks, token.start)) return false;
  bool leading_blank = false;
  while (column() == indent && !is_end()) {
    const bool blank = is_blank();
    const bool folds = !literal && !leading_blank && !blank && m_leading_break.starts_with('\n');
    if (!folds)
      m_scalar += m_leading_break;
    else if (m_trailing_breaks.empty())
      m_scalar += ' ';
    m_leading_break.clear();
    m_scalar += m_trailing_breaks;
    m_trailing_breaks.clear();
    leading_blank = blank;
    const std::size_t run = m_at;
    while (!is_break_or_end()) {
      skip();
      while (!k_line_stops[static_cast<unsigned char>(at())]) skip_ascii(1);
    }
    m_scalar.append(m_text + run, m_at - run);
    read_line(m_leading_break);
    if (!scan_block_breaks(indent, m_trailing_breaks, token.start)) return false;
  }
  if (chomping != -1) m_scalar += m_leading_break;
  if (chomping == 1) m_scalar += m_trailing_breaks;
  m_leading_break.clear();
  m_trailing_breaks.clear();
  token.text = keep(m_scalar);
  token.end = place();
  return true;
}

bool YamlScanner::scan_block_header(int& chomping, int& increment, const YamlPlace& start) {
  skip_ascii(1);
  const auto take_chomping = [&] {
    if (at() != '+' && at() != '-') return;
    chomping = at() == '+' ? 1 : -1;
    skip_ascii(1);
  };
  take_chomping();
  if (at() >= '0' && at() <= '9') {
    if (at() == '0') return fail(k_in_block, start, "found an indentation indicator equal to 0");
    increment = at() - '0';
    skip_ascii(1);
    if (chomping == 0) take_chomping();
  }
  skip_blanks_and_comment();
  if (!is_break_or_end()) return fail(k_in_block, start, "did not find expected comment or line break");
  if (is_break()) skip_line();
  return true;
}

/// Blank lines and the indentation of the next line; finds out the indentation where nothing has said it yet.
bool YamlScanner::scan_block_breaks(std::int32_t& indent, std::string& breaks, const YamlPlace& start) {
  std::int32_t deepest = 0;
  while (true) {
    while ((indent == 0 || column() < indent) && at() == ' ') skip_ascii(1);
    deepest = std::max(deepest, column());
    if ((indent == 0 || column() < indent) && at() == '\t')
      return fail(k_in_block, start, "found a tab character where an indentation space is expected");
    if (!is_break()) break;
    read_line(breaks);
  }
  if (indent == 0) indent = std::max({deepest, m_indent + 1, 1});
  return true;
}

}  // namespace reconciled
