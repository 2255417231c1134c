#include "diff/yaml_text.h"

#include "base/json.h"
#include "base/number.h"

#include <utility>

namespace reconciled {
namespace {

bool reads_as_other(std::string_view text) {
  for (const std::string_view word :
       {"true", "false", "yes", "no", "on", "off", "null", "~", "True", "False", "Null", "y", "n"}) {
    if (text == word) return true;
  }
  return parse_double(text).has_value() || text.starts_with("0x") || text.starts_with("0o");
}

bool plain(std::string_view text) {
  constexpr std::string_view k_leading = "-?:,[]{}#&*!|>'\"%@` ";
  if (text.empty() || k_leading.find(text.front()) != std::string_view::npos || text.back() == ' ' ||
      text.back() == ':') {
    return false;
  }
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') return false;
  }
  return text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos &&
         !reads_as_other(text);
}

std::string scalar(const Value& value) {
  if (value.is_string()) {
    const std::string_view text = value.as_string();
    if (plain(text)) return std::string(text);
    std::string out;
    append_json_string(out, text);
    return out;
  }
  if (value.is_map()) return "{}";
  if (value.is_list()) return "[]";
  return format_json(value);
}

bool is_literal(const Value& value) {
  const std::string_view text = value.as_string();
  return text.find('\n') != std::string_view::npos && text.find_first_of("\t\r") == std::string_view::npos &&
         text.front() != ' ' && text.front() != '\n';
}

class Writer {
 public:
  void node(const Value& value, std::size_t indent, std::string lead) {
    if (value.is_map() && value.size() != 0) {
      map(value, indent, std::move(lead));
    } else if (value.is_list() && value.size() != 0) {
      for (const Value& item : value.items()) {
        std::string first = std::exchange(lead, std::string());
        if (first.empty()) first.assign(indent, ' ');
        node(item, indent + 2, first + "- ");
      }
    } else if (value.is_string() && is_literal(value)) {
      literal(value.as_string(), indent, lead);
    } else {
      m_lines.push_back(std::move(lead) + scalar(value));
    }
  }
  std::vector<std::string> take() { return std::move(m_lines); }

 private:
  void map(const Value& value, std::size_t indent, std::string lead) {
    for (const Value::Entry& entry : value.entries()) {
      std::string line = std::exchange(lead, std::string());
      if (line.empty()) line.assign(indent, ' ');
      line += scalar(entry.key) + ":";
      const Value& inner = entry.value;
      if (inner.size() != 0 && (inner.is_map() || inner.is_list())) {
        m_lines.push_back(std::move(line));
        const std::size_t deeper = indent + (inner.is_map() ? 2 : 0);
        node(inner, deeper, std::string());
      } else {
        node(inner, indent + 2, line + " ");
      }
    }
  }

  void literal(std::string_view text, std::size_t indent, const std::string& lead) {
    const bool ends = text.back() == '\n';
    m_lines.push_back(lead + (ends ? "|" : "|-"));
    if (ends) text.remove_suffix(1);
    while (true) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      m_lines.push_back(std::string(indent, ' ') + std::string(text.substr(0, end)));
      if (end == text.size()) return;
      text.remove_prefix(end + 1);
    }
  }

  std::vector<std::string> m_lines;
};

}  // namespace

std::vector<std::string> format_yaml_lines(const Value& value) {
  if (value.is_null()) return {};
  Writer writer;
  writer.node(value, 0, std::string());
  return writer.take();
}

}  // namespace reconciled
