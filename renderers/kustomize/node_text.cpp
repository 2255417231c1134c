#include "renderers/kustomize/node_text.h"

#include "base/go_yaml_resolve.h"

#include <algorithm>

namespace reconciled::kustomize {
namespace {

constexpr std::size_t k_longest = 1U << 16;  ///< a message needs no more
constexpr int k_deepest = 100;

class NodeWriter {
 public:
  explicit NodeWriter(std::string& out, const Node* wanted = nullptr) : m_out(out), m_wanted(wanted) {}
  [[nodiscard]] std::size_t line() const { return m_line; }

  void write(const Node& node, int indent, bool flow, bool after_key) {
    if (m_out.size() > k_longest || indent > 2 * k_deepest) return;
    flow = flow || (node.style & style::k_flow) != 0;
    const auto content = node.content();
    if (node.is_scalar() || node.kind == Kind::none) {
      if (after_key) m_out += ' ';
      write_scalar(node, indent);
      if (!flow) m_out += '\n';
    } else if (flow || content.empty()) {
      if (after_key) m_out += ' ';
      write_flow(node, indent);
      if (!(flow && m_in_flow)) m_out += '\n';
    } else {
      if (after_key) m_out += '\n';
      write_block(node, indent, after_key);
    }
  }

 private:
  void write_flow(const Node& node, int indent) {
    const bool outer = m_in_flow;
    m_in_flow = true;
    m_out += node.is_map() ? '{' : '[';
    const auto content = node.content();
    for (std::size_t i = 0; i < content.size(); ++i) {
      const bool is_value = node.is_map() && i % 2 == 1;
      if (is_value) {
        m_out += ": ";
      } else if (i != 0) {
        m_out += ", ";
      }
      write(*content[i], indent + 1, true, false);
    }
    m_out += node.is_map() ? '}' : ']';
    m_in_flow = outer;
  }
  void write_block(const Node& node, int indent, bool after_key) {
    const auto content = node.content();
    bool first = !after_key;
    if (node.is_map()) {
      for (std::size_t i = 0; i + 1 < content.size(); i += 2) {
        if (!first) m_out.append(static_cast<std::size_t>(indent), ' ');
        first = false;
        write_scalar(*content[i], indent);
        m_out += ':';
        const Node& value = *content[i + 1];
        write(value, value.is_list() ? indent : indent + 2, false, true);
      }
      return;
    }
    for (const Node* item : content) {
      if (!first) m_out.append(static_cast<std::size_t>(indent), ' ');
      first = false;
      m_out += "- ";
      write(*item, indent + 2, false, false);
    }
  }
  void write_scalar(const Node& node, int indent) {
    if (&node == m_wanted && m_line == 0)
      m_line = 1 + static_cast<std::size_t>(std::count(m_out.begin(), m_out.end(), '\n'));
    const auto text = node.text();
    if ((node.style & style::k_double_quoted) != 0) {
      m_out += '"';
      for (const char c : text) {
        if (c == '"' || c == '\\') m_out += '\\';
        c == '\n' ? m_out += "\\n" : m_out += c;
      }
      m_out += '"';
    } else if ((node.style & style::k_single_quoted) != 0) {
      m_out += '\'';
      for (const char c : text) {
        if (c == '\'') m_out += '\'';
        m_out += c;
      }
      m_out += '\'';
    } else if (text.find('\n') != std::string_view::npos) {
      write_literal(text, indent);
    } else if (node.tag == Tag::string && resolve_go_yaml(text, GoYaml::v3).type != GoYamlScalar::Type::string) {
      m_out += '"';
      m_out += text;
      m_out += '"';
    } else {
      m_out += text;
    }
  }
  void write_literal(std::string_view text, int indent) {
    m_out += text.ends_with('\n') ? "|" : "|-";
    while (!text.empty()) {
      const auto end = text.find('\n');
      m_out += '\n';
      m_out.append(static_cast<std::size_t>(indent), ' ');
      m_out += text.substr(0, end);
      text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
  }

  std::string& m_out;
  const Node* m_wanted;
  std::size_t m_line = 0;
  bool m_in_flow = false;
};

}  // namespace

std::string format_node(const Node& node) {
  std::string out;
  NodeWriter(out).write(node, 0, false, false);
  if (!out.ends_with('\n')) out += '\n';
  return out;
}

std::size_t line_of(const Node& root, const Node* wanted) {
  std::string out;
  NodeWriter writer(out, wanted);
  writer.write(root, 0, false, false);
  return writer.line();
}

}  // namespace reconciled::kustomize
