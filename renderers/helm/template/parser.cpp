// A file, its definitions, actions and control structures.
#include "renderers/helm/template/parser.h"

#include "renderers/helm/template/node_text.h"
#include "renderers/helm/template/parser_state.h"

#include <utility>

namespace reconciled::helm {

Status Parser::parse_file() {
  ParsedTree tree(m_program.name);
  const ParserTree parsing(m_tree, tree);
  m_program.variables.emplace_back("$");
  PendingNodes children(m_pending);
  while (peek().kind != TokenKind::end_of_file) {
    if (peek().kind == TokenKind::left_delimiter) {
      const Token delimiter = next();
      if (next_non_space().kind == TokenKind::define) {
        TRY(definition());
        continue;
      }
      back_up(delimiter);
    }
    TRY_ASSIGN(const NodeId node, text_or_action());
    if (kind_of(node) == NodeKind::end || kind_of(node) == NodeKind::else_) return unexpected_node(node, {});
    children.add(node);
  }
  return add_tree(add_parent(NodeKind::list, 0, children.all()));
}

/// `define` is read.
Status Parser::definition() {
  constexpr std::string_view k_context = "define clause";
  ParsedTree tree({});
  const ParserTree parsing(m_tree, tree);
  const Token name = next_non_space();
  TRY_ASSIGN(tree.name, template_name(name, k_context));
  TRY(expect(TokenKind::right_delimiter, k_context));
  TRY_ASSIGN(const Body body, item_list());
  if (kind_of(body.next) != NodeKind::end) return unexpected_node(body.next, k_context);
  return add_tree(body.list);
}

Result<Parser::Body> Parser::item_list() {
  const std::uint32_t position = peek_non_space().position;
  PendingNodes children(m_pending);
  while (peek_non_space().kind != TokenKind::end_of_file) {
    TRY_ASSIGN(const NodeId node, text_or_action());
    if (kind_of(node) == NodeKind::end || kind_of(node) == NodeKind::else_)
      return Body{add_parent(NodeKind::list, position, children.all()), node};
    children.add(node);
  }
  return error("unexpected EOF");
}

ParsedNode Parser::text_or_action() {
  const Token token = next_non_space();
  if (!m_budget.step()) return fail(m_budget.error("parsing a template", Where{m_program.name, token.line}));
  if (token.kind == TokenKind::text) return add({NodeKind::text, false, token.position, add_string(token.text), 0, 0});
  if (token.kind != TokenKind::left_delimiter) return unexpected(token, "input");
  m_tree->action_line = token.line;
  auto result = action();
  m_tree->action_line = 0;
  return result;
}

ParsedNode Parser::action() {
  const Token token = next_non_space();
  switch (token.kind) {
    case TokenKind::block: return block();
    case TokenKind::break_: return jump(NodeKind::break_, token);
    case TokenKind::continue_: return jump(NodeKind::continue_, token);
    case TokenKind::else_: return else_control();
    case TokenKind::end: {
      TRY_ASSIGN(const Token end, expect(TokenKind::right_delimiter, "end"));
      return add({NodeKind::end, false, end.position, 0, 0, 0});
    }
    case TokenKind::if_: return control(NodeKind::if_);
    case TokenKind::range: return control(NodeKind::range);
    case TokenKind::template_: return template_call();
    case TokenKind::with: return control(NodeKind::with);
    default: break;
  }
  back_up();
  const std::uint32_t position = peek().position;
  TRY_ASSIGN(const NodeId pipe, pipeline("command", TokenKind::right_delimiter));
  return add({NodeKind::action, false, position, pipe, 0, 0});
}

ParsedNode Parser::jump(NodeKind kind, const Token& token) {
  const std::string_view name = kind == NodeKind::break_ ? "{{break}}" : "{{continue}}";
  TRY(expect(TokenKind::right_delimiter, name));
  if (m_tree->range_depth == 0) return error(std::string(name) + " outside {{range}}");
  return add({kind, false, token.position, 0, 0, 0});
}

ParsedNode Parser::control(NodeKind kind) {
  const ParserNesting nesting(m_depth);
  if (m_depth > k_deepest_nesting) return error("control structures are nested too deeply", ErrorKind::limit);
  const std::size_t variables = m_tree->variables.size();
  const std::string_view context = kind == NodeKind::if_ ? "if" : kind == NodeKind::with ? "with" : "range";
  TRY_ASSIGN(const NodeId pipe, pipeline(context, TokenKind::right_delimiter));
  if (kind == NodeKind::range) ++m_tree->range_depth;
  TRY_ASSIGN(const Body body, item_list());
  if (kind == NodeKind::range) --m_tree->range_depth;
  NodeId otherwise = k_no_node;
  if (kind_of(body.next) == NodeKind::else_) {
    TRY_ASSIGN(otherwise, control_else(kind, body.next));
  }
  m_tree->variables.resize(variables);
  return add({kind, false, m_program.node(pipe).position, pipe, body.list, otherwise});
}

/// `else if` is an `if` in the list of else that shares its end, and so is `else with`.
ParsedNode Parser::control_else(NodeKind kind, NodeId next_node) {
  const TokenKind token = peek().kind;
  const bool continues =
      (kind == NodeKind::if_ && token == TokenKind::if_) || (kind == NodeKind::with && token == TokenKind::with);
  if (continues) {
    next();
    const std::uint32_t position = m_program.node(next_node).position;
    TRY_ASSIGN(const NodeId inner, control(kind));
    return add_parent(NodeKind::list, position, {&inner, 1});
  }
  TRY_ASSIGN(const Body body, item_list());
  if (kind_of(body.next) != NodeKind::end) return error("expected end; found " + node_text(m_program, body.next));
  return body.list;
}

ParsedNode Parser::else_control() {
  const Token token = peek_non_space();
  if (token.kind == TokenKind::if_ || token.kind == TokenKind::with)
    return add({NodeKind::else_, false, token.position, 0, 0, 0});
  TRY_ASSIGN(const Token end, expect(TokenKind::right_delimiter, "else"));
  return add({NodeKind::else_, false, end.position, 0, 0, 0});
}

ParsedNode Parser::block() {
  constexpr std::string_view k_context = "block clause";
  const ParserNesting nesting(m_depth);
  if (m_depth > k_deepest_nesting) return error("control structures are nested too deeply", ErrorKind::limit);
  const Token token = next_non_space();
  TRY_ASSIGN(const std::string_view name, template_name(token, k_context));
  TRY_ASSIGN(const NodeId pipe, pipeline(k_context, TokenKind::right_delimiter));
  ParsedTree tree(name);
  NodeId next_node = k_no_node;
  {
    const ParserTree parsing(m_tree, tree);
    TRY_ASSIGN(const Body body, item_list());
    next_node = body.next;
    if (kind_of(next_node) == NodeKind::end) TRY(add_tree(body.list));
  }
  if (kind_of(next_node) != NodeKind::end) return unexpected_node(next_node, k_context);
  return add({NodeKind::template_, false, token.position, add_string(name), pipe, 0});
}

ParsedNode Parser::template_call() {
  constexpr std::string_view k_context = "template clause";
  const Token token = next_non_space();
  TRY_ASSIGN(const std::string_view name, template_name(token, k_context));
  NodeId pipe = k_no_node;
  if (next_non_space().kind != TokenKind::right_delimiter) {
    back_up();
    TRY_ASSIGN(pipe, pipeline(k_context, TokenKind::right_delimiter));
  }
  return add({NodeKind::template_, false, token.position, add_string(name), pipe, 0});
}

Result<std::string_view> Parser::template_name(const Token& token, std::string_view context) {
  if (token.kind != TokenKind::string && token.kind != TokenKind::raw_string) return unexpected(token, context);
  return unquoted(token.text);
}

void Program::shrink() {
  nodes.shrink_to_fit();
  children.shrink_to_fit();
  strings.shrink_to_fit();
  names.shrink_to_fit();
  functions.shrink_to_fit();
}

Result<std::unique_ptr<const Program>> parse_program(std::string_view name, std::string_view text, SourceText source,
                                                     const FunctionTable& functions, Budget& budget) {
  constexpr std::size_t k_largest = 1ULL << 30U;
  if (text.size() > k_largest || !budget.take(text.size()))
    return fail(ErrorKind::limit, "template: " + std::string(name) + ":1: the file is too large",
                Where{std::string(name), 1});
  auto program = std::make_unique<Program>();
  program->name = name;
  if (source == SourceText::copy) program->own_source = text;
  program->source = source == SourceText::copy ? std::string_view(program->own_source) : text;
  TRY(Parser(*program, functions, budget).parse_file());
  program->shrink();
  return program;
}

}  // namespace reconciled::helm
