// Pipelines: declarations, commands, operands and terms.
#include "base/utf8.h"
#include "renderers/helm/template/node_text.h"
#include "renderers/helm/template/parser_state.h"
#include "renderers/helm/values/quote.h"

#include <algorithm>
#include <utility>

namespace reconciled::helm {
namespace {

bool can_begin_operand(TokenKind kind) {
  switch (kind) {
    case TokenKind::boolean:
    case TokenKind::character_constant:
    case TokenKind::complex:
    case TokenKind::dot:
    case TokenKind::field:
    case TokenKind::identifier:
    case TokenKind::number:
    case TokenKind::nil:
    case TokenKind::raw_string:
    case TokenKind::string:
    case TokenKind::variable:
    case TokenKind::left_parenthesis: return true;
    default: return false;
  }
}
bool is_literal(NodeKind kind) {
  return kind == NodeKind::boolean || kind == NodeKind::dot || kind == NodeKind::nil || kind == NodeKind::number ||
         kind == NodeKind::string;
}
}  // namespace

NodeId Parser::declare(const Token& variable) {
  m_tree->variables.push_back(variable.text);
  return add(
      {NodeKind::variable, false, variable.position, add_name(variable.text), 1, variable_number(variable.text)});
}

/// `$x :=`, `$x =` and for range `$i, $x :=`; puts back what is none of these.
Status Parser::declarations(std::string_view context, Node& pipe, std::vector<NodeId>& variables) {
  while (true) {
    const Token variable = peek_non_space();
    if (variable.kind != TokenKind::variable) return {};
    next();
    // Whether $x is declared shows only behind the space that may follow it.
    const Token beside = peek();
    const Token after = peek_non_space();
    if (after.kind == TokenKind::assign || after.kind == TokenKind::declare) {
      pipe.flag = after.kind == TokenKind::assign;
      next_non_space();
      variables.push_back(declare(variable));
      return {};
    }
    if (after.kind != TokenKind::character || after.text != ",") {
      if (beside.kind == TokenKind::space) {
        back_up(variable, beside);
      } else {
        back_up(variable);
      }
      return {};
    }
    next_non_space();
    variables.push_back(declare(variable));
    if (context != "range" || variables.size() >= 2) return error("too many declarations in " + std::string(context));
    const TokenKind second = peek_non_space().kind;
    if (second != TokenKind::variable && second != TokenKind::right_delimiter && second != TokenKind::right_parenthesis)
      return error("range can only initialize variables");
  }
}

ParsedNode Parser::pipeline(std::string_view context, TokenKind end) {
  Node pipe{NodeKind::pipe, false, peek_non_space().position, 0, 0, 0};
  std::vector<NodeId> variables;
  TRY(declarations(context, pipe, variables));
  PendingNodes commands(m_pending);
  while (true) {
    const Token token = next_non_space();
    if (token.kind == end) break;
    if (!can_begin_operand(token.kind)) return unexpected(token, context);
    back_up();
    TRY_ASSIGN(const NodeId node, command());
    commands.add(node);
  }
  TRY(check_pipeline(commands.all(), context));
  pipe.first = static_cast<std::uint32_t>(m_program.children.size());
  pipe.count = static_cast<std::uint32_t>(commands.all().size());
  pipe.extra = static_cast<std::uint32_t>(variables.size());
  m_program.children.insert(m_program.children.end(), commands.all().begin(), commands.all().end());
  m_program.children.insert(m_program.children.end(), variables.begin(), variables.end());
  return add(pipe);
}

/// Only the first command may be a value.
Status Parser::check_pipeline(std::span<const NodeId> commands, std::string_view context) const {
  if (commands.empty()) return error("missing value for " + std::string(context));
  for (std::size_t i = 1; i < commands.size(); ++i) {
    const NodeId first = m_program.children_of(m_program.node(commands[i]))[0];
    if (is_literal(kind_of(first))) return error("non executable command in pipeline stage " + std::to_string(i + 1));
  }
  return {};
}

ParsedNode Parser::command() {
  const std::uint32_t position = peek_non_space().position;
  PendingNodes operands(m_pending);
  while (true) {
    peek_non_space();
    TRY_ASSIGN(const NodeId node, operand());
    if (node != k_no_node) operands.add(node);
    const Token token = next();
    if (token.kind == TokenKind::space) continue;
    if (token.kind == TokenKind::right_delimiter || token.kind == TokenKind::right_parenthesis) {
      back_up();
    } else if (token.kind != TokenKind::pipe) {
      return unexpected(token, "operand");
    }
    break;
  }
  if (operands.all().empty()) return error("empty command");
  return add_parent(NodeKind::command, position, operands.all());
}

/// A term with the fields behind it; k_no_node when what comes is none.
ParsedNode Parser::operand() {
  TRY_ASSIGN(const NodeId node, term());
  if (node == k_no_node || peek().kind != TokenKind::field) return node;
  const Node base = m_program.node(node);
  const std::uint32_t position = peek().position;
  if (is_literal(base.kind)) {
    // Go reads the fields before it complains, which decides the line it names.
    while (peek().kind == TokenKind::field) next();
    return error("unexpected . after term " + quoted(node_text(m_program, node)));
  }
  const auto first = static_cast<std::uint32_t>(m_program.names.size());
  std::uint32_t count = 0;
  for (; peek().kind == TokenKind::field; ++count) add_name(next().text.substr(1));
  if (base.kind == NodeKind::field || base.kind == NodeKind::variable) {
    Node& whole = m_program.nodes[node];  // its names are the last ones before these
    whole.position = position;
    whole.count += count;
    return node;
  }
  return add({NodeKind::chain, false, position, first, count, node});
}

/// k_no_node when the next token begins no term.
ParsedNode Parser::term() {
  const Token token = next_non_space();
  switch (token.kind) {
    case TokenKind::identifier: return function_name(token);
    case TokenKind::dot: return add({NodeKind::dot, false, token.position, 0, 0, 0});
    case TokenKind::nil: return add({NodeKind::nil, false, token.position, 0, 0, 0});
    case TokenKind::variable: return variable_use(token);
    case TokenKind::field: return add({NodeKind::field, false, token.position, add_name(token.text.substr(1)), 1, 0});
    case TokenKind::boolean: return add({NodeKind::boolean, token.text == "true", token.position, 0, 0, 0});
    case TokenKind::character_constant:
    case TokenKind::complex:
    case TokenKind::number: return number(token);
    case TokenKind::left_parenthesis: return parentheses();
    case TokenKind::string:
    case TokenKind::raw_string: return string(token);
    default: back_up(); return k_no_node;
  }
}

ParsedNode Parser::function_name(const Token& token) {
  const FunctionTable::Entry* function = m_functions.find(token.text);
  if (function == nullptr) return error("function " + quoted(token.text) + " not defined");
  m_program.functions.push_back(*function);
  return add({NodeKind::identifier, false, token.position, add_name(token.text), 0,
              static_cast<std::uint32_t>(m_program.functions.size() - 1)});
}

ParsedNode Parser::variable_use(const Token& token) {
  const auto& known = m_tree->variables;
  if (std::find(known.begin(), known.end(), token.text) == known.end())
    return error("undefined variable " + quoted(token.text));
  return add({NodeKind::variable, false, token.position, add_name(token.text), 1, variable_number(token.text)});
}

ParsedNode Parser::number(const Token& token) {
  NumberConstant& constant = m_program.numbers.emplace_back();
  const std::string wrong = read_number(token.text, token.kind, constant);
  if (!wrong.empty()) return error(wrong);
  return add({NodeKind::number, false, token.position, static_cast<std::uint32_t>(m_program.numbers.size() - 1), 0, 0});
}

ParsedNode Parser::parentheses() {
  const ParserNesting nesting(m_depth);
  if (m_depth > k_deepest_nesting) return error("max expression depth exceeded");
  return pipeline("parenthesized pipeline", TokenKind::right_parenthesis);
}

ParsedNode Parser::string(const Token& token) {
  TRY_ASSIGN(const std::string_view text, unquoted(token.text));
  const std::uint32_t value = add_string(text);
  return add({NodeKind::string, false, token.position, value, 0, add_string(token.text)});
}

Result<std::string_view> Parser::unquoted(std::string_view literal) {
  const std::string_view inside = literal.substr(1, literal.size() - 2);
  const bool is_raw = literal.front() == '`';
  if (is_raw ? inside.find('\r') == std::string_view::npos
             : inside.find('\\') == std::string_view::npos && is_utf8(inside))
    return inside;
  auto text = unquote(literal);
  if (!text) return error("invalid syntax");
  return m_program.owned.emplace_back(std::move(*text));
}

}  // namespace reconciled::helm
