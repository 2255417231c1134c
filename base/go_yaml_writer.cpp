#include "base/go_yaml_writer.h"

#include "base/base64.h"
#include "base/utf8.h"

#include <array>
#include <charconv>
#include <limits>

namespace reconciled {
namespace {

constexpr std::size_t k_longest_simple_key = 128;
constexpr std::string_view k_binary_tag = "!!binary";

}  // namespace

void GoYamlWriter::integer(std::int64_t number) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  plain({text.data(), static_cast<std::size_t>(end - text.data())});
}

void GoYamlWriter::unsigned_integer(std::uint64_t number) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  plain({text.data(), static_cast<std::size_t>(end - text.data())});
}

void GoYamlWriter::number(double number, FloatSize size) {
  if (number != number) return plain(".nan");
  if (number == std::numeric_limits<double>::infinity()) return plain(".inf");
  if (number == -std::numeric_limits<double>::infinity()) return plain("-.inf");
  plain(format_go_float(number, 'g', -1, size));
}

void GoYamlWriter::plain(std::string_view text) {
  begin_value();
  if (!m_whitespace) put(' ');
  *m_out += text;
  m_column += static_cast<std::int32_t>(text.size());
  m_whitespace = m_indention = false;
  end_value();
}

void GoYamlWriter::string(std::string_view text) {
  begin_value();
  const Shape shape = shape_of(text);
  if (!shape.is_ascii && !is_utf8(text))
    binary(text);
  else
    scalar(text, shape, style_of(text, shape));
  end_value();
}

void GoYamlWriter::binary(std::string_view bytes) {
  const std::string text = encode_base64_lines(bytes);
  if (!m_whitespace) put(' ');
  *m_out += k_binary_tag;
  m_column += static_cast<std::int32_t>(k_binary_tag.size());
  m_whitespace = m_indention = false;
  const Shape shape = shape_of(text);
  const bool literal = shape.has_newline && m_place != Place::simple_key;
  scalar(text, shape, literal ? Style::literal : Style::plain);
}

void GoYamlWriter::key(std::string_view text) {
  write_indent();
  Shape shape = shape_of(text);
  const bool is_binary = !shape.is_ascii && !is_utf8(text);
  std::size_t length = text.size();
  if (is_binary) {
    const std::string encoded = encode_base64_lines(text);
    shape = shape_of(encoded);
    length = encoded.size() + k_binary_tag.size();
  }
  const bool simple = !shape.multiline && length <= k_longest_simple_key;
  if (!simple) write_indicator("?", true, true);
  m_place = simple ? Place::simple_key : Place::complex_key;
  if (is_binary)
    binary(text);
  else
    scalar(text, shape, style_of(text, shape));
  if (simple) {
    write_indicator(":", false, false);
  } else {
    write_indent();
    write_indicator(":", true, true);
  }
  m_place = Place::value;
}

void GoYamlWriter::begin_value() {
  if (m_place != Place::item) return;
  write_indent();
  write_indicator("-", true, true);
}

void GoYamlWriter::end_value() {
  if (!m_levels.empty()) {
    m_place = m_levels.back().is_map ? Place::value : Place::item;
    return;
  }
  write_indent();
  m_place = Place::root;
}

void GoYamlWriter::begin_collection(std::size_t size, bool is_map) {
  begin_value();
  m_levels.push_back({m_indent, is_map, size == 0});
  if (size == 0) return;
  const bool indentless = !is_map && m_flavour == GoYaml::v2 && m_place == Place::value && !m_indention;
  if (m_indent < 0)
    m_indent = 0;
  else if (!indentless)
    m_indent += 2;
  m_place = is_map ? Place::value : Place::item;
}

void GoYamlWriter::end_collection() {
  const Level level = m_levels.back();
  m_levels.pop_back();
  m_indent = level.outer_indent;
  if (level.is_empty) write_indicator(level.is_map ? "{}" : "[]", true, false);
  end_value();
}

void GoYamlWriter::put_break() {
  *m_out += '\n';
  m_column = 0;
  if (m_flavour == GoYaml::v3) m_indention = true;
}

void GoYamlWriter::write_indent() {
  const std::int32_t indent = m_indent < 0 ? 0 : m_indent;
  if (!m_indention || m_column > indent || (m_column == indent && !m_whitespace)) put_break();
  if (m_column < indent) {
    m_out->append(static_cast<std::size_t>(indent - m_column), ' ');
    m_column = indent;
  }
  m_whitespace = true;
  if (m_flavour == GoYaml::v2) m_indention = true;
}

void GoYamlWriter::write_indicator(std::string_view text, bool needs_space, bool keeps_indention) {
  if (needs_space && !m_whitespace) put(' ');
  *m_out += text;
  m_column += static_cast<std::int32_t>(text.size());
  m_whitespace = false;
  m_indention = m_indention && keeps_indention;
}

}  // namespace reconciled
