#include "renderers/helm/template/node_text.h"

#include "renderers/helm/values/quote.h"

#include <algorithm>

namespace reconciled::helm {
namespace {

void append_names(std::string& out, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    out += '.';
    out += name;
  }
}

/// As an operand: a pipeline stands in parentheses.
void append_operand(std::string& out, const Program& program, NodeId id) {
  const bool is_pipe = program.node(id).kind == NodeKind::pipe;
  if (is_pipe) out += '(';
  append_node(out, program, id);
  if (is_pipe) out += ')';
}

void append_pipe(std::string& out, const Program& program, const Node& pipe) {
  bool is_first = true;
  for (const NodeId variable : program.declarations_of(pipe)) {
    if (!is_first) out += ", ";
    is_first = false;
    append_node(out, program, variable);
  }
  if (pipe.extra > 0) out += pipe.flag ? " = " : " := ";
  is_first = true;
  for (const NodeId command : program.children_of(pipe)) {
    if (!is_first) out += " | ";
    is_first = false;
    append_node(out, program, command);
  }
}

void append_command(std::string& out, const Program& program, const Node& command) {
  bool is_first = true;
  for (const NodeId operand : program.children_of(command)) {
    if (!is_first) out += ' ';
    is_first = false;
    append_operand(out, program, operand);
  }
}

void append_branch(std::string& out, const Program& program, const Node& node) {
  out += node.kind == NodeKind::if_ ? "{{if " : node.kind == NodeKind::with ? "{{with " : "{{range ";
  append_node(out, program, node.first);
  out += "}}";
  append_node(out, program, node.count);
  if (node.extra != k_no_node) {
    out += "{{else}}";
    append_node(out, program, node.extra);
  }
  out += "{{end}}";
}

void append_template(std::string& out, const Program& program, const Node& node) {
  out += "{{template ";
  append_quoted(out, program.strings[node.first]);
  if (node.count != k_no_node) {
    out += ' ';
    append_node(out, program, node.count);
  }
  out += "}}";
}

}  // namespace

void append_node(std::string& out, const Program& program, NodeId id) {
  const Node& node = program.node(id);
  switch (node.kind) {
    case NodeKind::list:
      for (const NodeId child : program.children_of(node)) append_node(out, program, child);
      return;
    case NodeKind::text: out += program.strings[node.first]; return;
    case NodeKind::action:
      out += "{{";
      append_node(out, program, node.first);
      out += "}}";
      return;
    case NodeKind::if_:
    case NodeKind::with:
    case NodeKind::range: return append_branch(out, program, node);
    case NodeKind::template_: return append_template(out, program, node);
    case NodeKind::break_: out += "{{break}}"; return;
    case NodeKind::continue_: out += "{{continue}}"; return;
    case NodeKind::pipe: return append_pipe(out, program, node);
    case NodeKind::command: return append_command(out, program, node);
    case NodeKind::field: return append_names(out, program.names_of(node));
    case NodeKind::variable:
      out += program.names_of(node)[0];
      return append_names(out, program.names_of(node).subspan(1));
    case NodeKind::chain: append_operand(out, program, node.extra); return append_names(out, program.names_of(node));
    case NodeKind::identifier: out += program.names[node.first]; return;
    case NodeKind::dot: out += '.'; return;
    case NodeKind::nil: out += "nil"; return;
    case NodeKind::boolean: out += node.flag ? "true" : "false"; return;
    case NodeKind::number: out += program.numbers[node.first].text; return;
    case NodeKind::string: out += program.strings[node.extra]; return;
    case NodeKind::else_: out += "{{else}}"; return;
    case NodeKind::end: out += "{{end}}"; return;
  }
}

std::string node_text(const Program& program, NodeId id) {
  std::string out;
  append_node(out, program, id);
  return out;
}

Where node_where(const Program& program, NodeId id) {
  const std::string_view before = program.source.substr(0, program.node(id).position);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t column = before.size() - (before.rfind('\n') + 1);  // npos + 1 is 0
  return Where{program.name, static_cast<std::uint32_t>(lines) + 1, static_cast<std::uint32_t>(column) + 1};
}

std::string node_place(const Program& program, NodeId id) {
  const Where where = node_where(program, id);
  return where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column - 1);
}

}  // namespace reconciled::helm
