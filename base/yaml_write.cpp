#include "base/yaml_write.h"

#include "base/json.h"
#include "base/yaml_resolve.h"

#include <algorithm>
#include <string_view>

namespace reconciled {
namespace {

bool printable(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F; });
}

/// Whether a text may stand unquoted: nothing in it is syntax, and it reads back as a string.
bool plain_safe(std::string_view text) {
  if (text.empty() || !printable(text) || text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@`=<~").find(text.front()) != std::string_view::npos) return false;
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos) return false;
  YamlEvent event;
  event.kind = YamlEvent::Kind::scalar;
  event.style = YamlStyle::plain;
  event.text = text;
  const auto scalar = resolve_yaml_scalar(event);
  return scalar && scalar->type == YamlScalar::Type::string;
}

/// Whether a text can be a literal block: lines of printable text, the first not indented.
bool block_safe(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.front() == ' ' || text.front() == '\n') return false;
  return std::ranges::all_of(text, [](char c) {
    return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F);
  });
}

class Writer {
 public:
  std::string take() && { return std::move(m_out); }

  /// Writes a value behind "key:" or "-", or at the start of a document.
  void node(const Value& value, std::size_t indent) {
    switch (value.kind()) {
      case Value::Kind::map:
        if (value.size() == 0) return line(" {}");
        return map(value, indent, Start::new_line);
      case Value::Kind::list:
        if (value.size() == 0) return line(" []");
        return list(value, indent);
      case Value::Kind::string: return string(value.as_string(), indent);
      case Value::Kind::null:
      case Value::Kind::boolean:
      case Value::Kind::integer:
      case Value::Kind::number: return line(" " + format_json(value));
    }
  }
  enum class Start : bool { new_line, here };
  void map(const Value& value, std::size_t indent, Start start) {
    if (start == Start::new_line && !m_out.empty()) m_out += '\n';
    for (const auto& [key, inner] : value.entries()) {
      if (start == Start::new_line) m_out.append(indent, ' ');
      start = Start::new_line;
      scalar(key.as_string());
      m_out += ':';
      // A list stands at the column of its key, as kubectl prints it.
      node(inner, inner.is_list() ? indent : indent + 2);
    }
  }

 private:
  void line(std::string_view text) {
    m_out += m_out.empty() ? text.substr(1) : text;
    m_out += '\n';
  }
  void list(const Value& value, std::size_t indent) {
    if (!m_out.empty()) m_out += '\n';
    for (const auto& item : value.items()) {
      m_out.append(indent, ' ');
      m_out += '-';
      if (item.is_map() && item.size() > 0) {
        m_out += ' ';
        map(item, indent + 2, Start::here);
      } else {
        node(item, indent + 2);
      }
    }
  }
  void scalar(std::string_view text) {
    if (plain_safe(text))
      m_out += text;
    else
      append_json_string(m_out, text);
  }
  void string(std::string_view text, std::size_t indent) {
    if (!block_safe(text)) {
      if (!m_out.empty()) m_out += ' ';
      scalar(text);
      m_out += '\n';
      return;
    }
    const std::size_t newlines = text.size() - (text.find_last_not_of('\n') + 1);
    if (m_out.empty()) indent = 2;  // a whole document, which must not look like its own markers
    line(newlines == 0 ? " |-" : newlines == 1 ? " |" : " |+");
    if (newlines > 0) text.remove_suffix(1);
    while (true) {
      const auto end = text.find('\n');
      const std::string_view one = text.substr(0, end);
      if (!one.empty()) m_out.append(indent, ' ');
      m_out += one;
      m_out += '\n';
      if (end == std::string_view::npos) return;
      text.remove_prefix(end + 1);
    }
  }

  std::string m_out;
};

}  // namespace

std::string format_yaml(const Value& value) {
  Writer writer;
  if (value.is_map() && value.size() > 0)
    writer.map(value, 0, Writer::Start::new_line);
  else
    writer.node(value, 0);
  return std::move(writer).take();
}

}  // namespace reconciled
