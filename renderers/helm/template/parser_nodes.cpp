// Tokens with what was looked ahead, errors, and nodes as they are added to the program.
#include "base/unicode.h"
#include "renderers/helm/template/node_text.h"
#include "renderers/helm/template/parser_state.h"
#include "renderers/helm/values/quote.h"

#include <algorithm>

namespace reconciled::helm {
namespace {

bool is_blank_text(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    if (!is_space(rune.value)) return false;
    text.remove_prefix(rune.length);
  }
  return true;
}
}  // namespace

/// Puts a token back before the one that is read last.
void Parser::back_up(const Token& token) {
  m_tree->tokens[1] = token;
  m_tree->peeked = 2;
}

void Parser::back_up(const Token& token, const Token& after) {
  m_tree->tokens[1] = after;
  m_tree->tokens[2] = token;
  m_tree->peeked = 3;
}

Result<Token> Parser::expect(TokenKind kind, std::string_view context) {
  const Token token = next_non_space();
  if (token.kind != kind) return unexpected(token, context);
  return token;
}

tl::unexpected<Error> Parser::error(std::string_view message, ErrorKind kind) const {
  const std::uint32_t line = m_tree->tokens[0].line;
  std::string text = "template: " + m_program.name + ":" + std::to_string(line) + ": ";
  text += message;
  return fail(kind, std::move(text), Where{m_program.name, line});
}

tl::unexpected<Error> Parser::unexpected(const Token& token, std::string_view context) const {
  if (token.kind != TokenKind::error) return error("unexpected " + describe(token) + " in " + std::string(context));
  std::string message(token.text);
  if (m_tree->action_line != 0 && m_tree->action_line != token.line) {
    message += token.text.ends_with(" action") ? " started at " : " in action started at ";
    message += m_program.name + ":" + std::to_string(m_tree->action_line);
  }
  return error(message);
}

tl::unexpected<Error> Parser::unexpected_node(NodeId id, std::string_view context) const {
  std::string message = "unexpected " + node_text(m_program, id);
  if (!context.empty()) message.append(" in ").append(context);
  return error(message);
}
std::uint32_t Parser::variable_number(std::string_view name) {
  const auto found = std::find(m_program.variables.begin(), m_program.variables.end(), name);
  const auto number = static_cast<std::uint32_t>(found - m_program.variables.begin());
  if (found == m_program.variables.end()) m_program.variables.push_back(name);
  return number;
}

bool Parser::is_empty(NodeId id) const {
  const Node& node = m_program.node(id);
  if (node.kind == NodeKind::text) return is_blank_text(m_program.strings[node.first]);
  if (node.kind != NodeKind::list) return false;
  const auto children = m_program.children_of(node);
  return std::all_of(children.begin(), children.end(), [this](NodeId child) { return is_empty(child); });
}

Status Parser::add_tree(NodeId root) {
  const NamedRoot tree{m_tree->name, root, is_empty(root)};
  for (NamedRoot& known : m_program.roots) {
    if (known.name != tree.name) continue;
    if (known.is_empty) {
      known = tree;
    } else if (!tree.is_empty) {
      return error("template: multiple definition of template " + quoted(tree.name));
    }
    return {};
  }
  m_program.roots.push_back(tree);
  return {};
}

}  // namespace reconciled::helm
