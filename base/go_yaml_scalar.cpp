#include "base/go_yaml_resolve.h"
#include "base/go_yaml_writer.h"
#include "base/utf8.h"

#include <array>
#include <cstring>

namespace reconciled {
namespace {

constexpr std::int32_t k_margin = 80;
constexpr std::string_view k_bom = "\xEF\xBB\xBF";

enum class Class : std::uint8_t { ordinary, space, colon, hash, tab, newline, wide, control };

constexpr std::array<Class, 256> make_classes() {
  std::array<Class, 256> classes{};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    classes[i] = i >= 0x80 ? Class::wide : i < 0x20 || i == 0x7F ? Class::control : Class::ordinary;
  }
  classes[' '] = Class::space;
  classes[':'] = Class::colon;
  classes['#'] = Class::hash;
  classes['\t'] = Class::tab;
  classes['\n'] = Class::newline;
  return classes;
}
constexpr std::array<Class, 256> k_classes = make_classes();

Class class_of(char c) {
  return k_classes[static_cast<unsigned char>(c)];
}

std::size_t width_at(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

bool is_space(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] == ' ';
}
bool is_blank_or_end(std::string_view text, std::size_t at) {
  return at >= text.size() || text[at] == ' ' || text[at] == '\t';
}
bool is_separator(std::string_view text, std::size_t at) {
  return text.substr(at, 3) == "\u2028" || text.substr(at, 3) == "\u2029";
}
/// What counts as the end of a line: CR, LF, NEL, LS and PS.
bool is_break(std::string_view text, std::size_t at) {
  return text[at] == '\n' || text[at] == '\r' || text.substr(at, 2) == "\u0085" || is_separator(text, at);
}

/// Whether a character of several bytes may stand unescaped: not C1 controls, the byte order mark, U+FFFE, U+FFFF and
/// what lies beyond the basic plane.
bool is_printable_wide(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U; };
  if (byte(0) == 0xC2) return byte(1) >= 0xA0;
  if (byte(0) == 0xED) return byte(1) < 0xA0;
  if (byte(0) != 0xEF) return byte(0) > 0xC2 && byte(0) < 0xEF;
  return !(byte(1) == 0xBB && byte(2) == 0xBF) && !(byte(1) == 0xBF && (byte(2) == 0xBE || byte(2) == 0xBF));
}

bool is_printable(std::string_view text, std::size_t at) {
  switch (class_of(text[at])) {
    case Class::control:
    case Class::tab: return false;
    case Class::wide: return is_printable_wide(text, at);
    case Class::ordinary:
    case Class::space:
    case Class::colon:
    case Class::hash:
    case Class::newline: break;
  }
  return true;
}

bool begins_with_indicator(std::string_view text) {
  if (text.starts_with("---") || text.starts_with("...")) return true;
  switch (text[0]) {
    case '#':
    case ',':
    case '[':
    case ']':
    case '{':
    case '}':
    case '&':
    case '*':
    case '!':
    case '|':
    case '>':
    case '\'':
    case '"':
    case '%':
    case '@':
    case '`': return true;
    case '?':
    case ':':
    case '-': return is_blank_or_end(text, 1);
    default: return false;
  }
}

/// Base 60, which nobody reads any more, is quoted all the same: [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?
bool is_base60(std::string_view text) {
  const auto is_digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  std::size_t at = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  if (!is_digit(at)) return false;
  while (is_digit(at) || (at < text.size() && text[at] == '_')) ++at;
  if (at == text.size() || text[at] != ':') return false;
  while (at < text.size() && text[at] == ':') {
    if (!is_digit(++at)) return false;
    if (is_digit(at + 1)) {
      if (text[at] > '5') return false;
      ++at;
    }
    ++at;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    while (is_digit(at) || (at < text.size() && text[at] == '_')) ++at;
  }
  return at == text.size();
}

}  // namespace

/// One look at each byte; runs of ordinary characters take the shortest way.
GoYamlWriter::Shape GoYamlWriter::shape_of(std::string_view text) const {
  Shape shape;
  if (text.empty()) {
    shape.may_be_literal = false;
    return shape;
  }
  enum class Before : std::uint8_t { nothing, space, line_break, other_blank };
  bool indicators = begins_with_indicator(text);
  bool special = false;
  bool tab = false;
  bool space_break = false;
  bool break_space = false;
  Before before = Before::nothing;
  for (std::size_t i = 0; i < text.size();) {
    switch (class_of(text[i])) {
      case Class::ordinary: before = Before::nothing; break;
      case Class::space:
        break_space = break_space || before == Before::line_break;
        before = Before::space;
        break;
      case Class::colon:
        indicators = indicators || (i > 0 && is_blank_or_end(text, i + 1));
        before = Before::nothing;
        break;
      case Class::hash:
        indicators = indicators || before != Before::nothing;
        before = Before::nothing;
        break;
      case Class::tab:
        tab = true;
        before = Before::other_blank;
        break;
      case Class::newline:
        shape.multiline = shape.has_newline = true;
        space_break = space_break || before == Before::space;
        before = Before::line_break;
        break;
      case Class::control:
        special = true;
        shape.multiline = shape.multiline || text[i] == '\r';
        before = Before::other_blank;
        break;
      case Class::wide: {
        shape.is_ascii = false;
        special = special || !is_printable_wide(text, i);
        const bool breaks = is_break(text, i);
        space_break = space_break || (breaks && before == Before::space);
        shape.multiline = shape.multiline || breaks;
        shape.has_other_break = shape.has_other_break || breaks;
        before = breaks ? Before::line_break : Before::nothing;
        i += width_at(text, i) - 1;
        break;
      }
    }
    ++i;
  }
  const bool leading = text[0] == ' ' || is_break(text, 0);
  const bool trailing = before == Before::space || before == Before::line_break;
  special = special || (tab && m_flavour == GoYaml::v2);
  shape.may_be_single_quoted = !break_space && !space_break && !special && !tab;
  shape.may_be_plain = shape.may_be_single_quoted && !leading && !trailing && !shape.multiline && !indicators;
  shape.may_be_literal = before != Before::space && !space_break && !special;
  return shape;
}

bool GoYamlWriter::reads_as_text(std::string_view text) const {
  if (!is_plainly_text(text, GoYaml::v2)) {  // v3 also quotes the booleans of v2
    const GoYamlScalar::Type type = resolve_go_yaml(text, m_flavour).type;
    if (type != GoYamlScalar::Type::string || is_base60(text)) return false;
    return m_flavour == GoYaml::v2 || resolve_go_yaml(text, GoYaml::v2).type != GoYamlScalar::Type::boolean;
  }
  return true;
}

GoYamlWriter::Style GoYamlWriter::style_of(std::string_view text, const Shape& shape) const {
  const bool is_key = m_place == Place::simple_key;
  if (is_key && shape.multiline) return Style::double_quoted;
  if (shape.has_newline) return shape.may_be_literal && !is_key ? Style::literal : Style::double_quoted;
  if (!reads_as_text(text)) return Style::double_quoted;
  if (shape.may_be_plain) return Style::plain;
  return shape.may_be_single_quoted ? Style::single_quoted : Style::double_quoted;
}

void GoYamlWriter::scalar(std::string_view text, const Shape& shape, Style style) {
  const std::int32_t outer = m_indent;
  m_indent = m_indent < 0 ? 2 : m_indent + 2;
  switch (style) {
    case Style::plain: write_plain(text, shape); break;
    case Style::single_quoted: write_single_quoted(text); break;
    case Style::double_quoted: write_double_quoted(text); break;
    case Style::literal: write_literal(text, shape); break;
  }
  m_indent = outer;
}

bool GoYamlWriter::is_past_margin() const {
  return m_flavour == GoYaml::v2 && m_place != Place::simple_key && m_column > k_margin;
}

void GoYamlWriter::write_character(std::string_view text, std::size_t& at) {
  const std::size_t width = width_at(text, at);
  m_out->append(text, at, width);
  at += width;
  ++m_column;
}

void GoYamlWriter::write_break(std::string_view text, std::size_t& at) {
  if (text[at] == '\n') {
    put_break();
    ++at;
    return;
  }
  write_character(text, at);
  m_column = 0;
  if (m_flavour == GoYaml::v3) m_indention = true;
}

void GoYamlWriter::write_plain(std::string_view text, const Shape& shape) {
  if (!m_whitespace) put(' ');
  if (shape.is_ascii && m_column + static_cast<std::int64_t>(text.size()) <= k_margin) {
    *m_out += text;
    m_column += static_cast<std::int32_t>(text.size());
  } else {
    bool spaces = false;
    for (std::size_t i = 0; i < text.size();) {
      const bool space = text[i] == ' ';
      if (space && !spaces && is_past_margin() && !is_space(text, i + 1)) {
        write_indent();
        ++i;
      } else {
        write_character(text, i);
      }
      spaces = space;
    }
  }
  m_whitespace = m_indention = false;
}

void GoYamlWriter::write_single_quoted(std::string_view text) {
  write_indicator("'", true, false);
  bool spaces = false;
  bool breaks = false;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      const bool inside = i > 0 && i < text.size() - 1;
      if (!spaces && is_past_margin() && inside && !is_space(text, i + 1)) {
        write_indent();
        ++i;
      } else {
        write_character(text, i);
      }
      spaces = true;
    } else if (is_break(text, i)) {
      write_break(text, i);
      m_indention = true;
      breaks = true;
    } else {
      if (breaks) write_indent();
      if (text[i] == '\'') put('\'');
      write_character(text, i);
      m_indention = false;
      spaces = breaks = false;
    }
  }
  write_indicator("'", false, false);
}

void GoYamlWriter::write_double_quoted(std::string_view text) {
  write_indicator("\"", true, false);
  const bool escapes_all = text.starts_with(k_bom);  // go-yaml looks for the mark at the beginning, whatever it writes
  bool spaces = false;
  for (std::size_t i = 0; i < text.size();) {
    if (escapes_all || !is_printable(text, i) || is_break(text, i) || text[i] == '"' || text[i] == '\\') {
      const CodePoint point = first_code_point(text.substr(i));
      write_escape(point.value);
      i += point.length;
      spaces = false;
    } else if (text[i] != ' ') {
      write_character(text, i);
      spaces = false;
    } else {
      if (!spaces && is_past_margin() && i > 0 && i < text.size() - 1) {
        write_indent();
        if (is_space(text, i + 1)) put('\\');
        ++i;
      } else {
        write_character(text, i);
      }
      spaces = true;
    }
  }
  write_indicator("\"", false, false);
}

void GoYamlWriter::write_escape(std::uint32_t point) {
  struct Short {
    std::uint32_t point;
    char letter;
  };
  constexpr std::array k_short{
      Short{0x00, '0'},  Short{0x07, 'a'}, Short{0x08, 'b'}, Short{0x09, 't'},   Short{0x0A, 'n'},
      Short{0x0B, 'v'},  Short{0x0C, 'f'}, Short{0x0D, 'r'}, Short{0x1B, 'e'},   Short{0x22, '"'},
      Short{0x5C, '\\'}, Short{0x85, 'N'}, Short{0xA0, '_'}, Short{0x2028, 'L'}, Short{0x2029, 'P'},
  };
  put('\\');
  for (const Short& entry : k_short) {
    if (entry.point == point) return put(entry.letter);
  }
  const int digits = point <= 0xFF ? 2 : point <= 0xFFFF ? 4 : 8;
  put(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) put("0123456789ABCDEF"[point >> shift & 15U]);
}

void GoYamlWriter::write_literal_hints(std::string_view text) {
  if (text[0] == ' ' || is_break(text, 0)) write_indicator("2", false, false);
  const auto last_of = [&](std::size_t end) {
    std::size_t at = end - 1;
    while ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
    return at;
  };
  const std::size_t last = last_of(text.size());
  if (!is_break(text, last))
    write_indicator("-", false, false);
  else if (last == 0 || is_break(text, last_of(last)))
    write_indicator("+", false, false);
}

void GoYamlWriter::write_literal(std::string_view text, const Shape& shape) {
  write_indicator("|", true, false);
  write_literal_hints(text);
  put_break();
  m_indention = m_whitespace = true;
  if (shape.has_other_break) {
    bool breaks = true;
    for (std::size_t i = 0; i < text.size();) {
      if (is_break(text, i)) {
        write_break(text, i);
        m_indention = breaks = true;
        continue;
      }
      if (breaks) write_indent();
      write_character(text, i);
      m_indention = breaks = false;
    }
    return;
  }
  const auto indent = static_cast<std::size_t>(m_indent);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) m_out->append(indent, ' ').append(line);
    m_column = static_cast<std::int32_t>(indent);
    m_indention = line.empty();
    if (end == std::string_view::npos) return;
    put_break();
    m_indention = true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace reconciled
