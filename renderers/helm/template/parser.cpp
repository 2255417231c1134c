#include "renderers/helm/template/parser.h"

#include "base/unicode.h"
#include "base/utf8.h"
#include "renderers/helm/template/node_text.h"
#include "renderers/helm/values/quote.h"

#include <algorithm>
#include <array>
#include <utility>

namespace reconciled::helm {
namespace {

constexpr int k_deepest = 500;

using ParsedNode = Result<NodeId>;

/// One template while it is parsed: a file, or a `define` or `block` in it.
struct Tree {
  explicit Tree(std::string_view name_) : name(name_) {}

  std::string_view name;
  std::array<Token, 3> tokens{};  // looked ahead; the last one read is first
  int peeked = 0;
  std::vector<std::string_view> variables{"$"};
  std::uint32_t action_line = 0;
  int range_depth = 0;
};

bool is_blank_text(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    if (!is_space(rune.value)) return false;
    text.remove_prefix(rune.length);
  }
  return true;
}

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

class Parser {
 public:
  Parser(Program& program, const FunctionTable& functions, Budget& budget)
      : m_program(program), m_functions(functions), m_budget(budget), m_lexer(program.source) {}

  Status parse_file();

 private:
  Token next();
  Token peek();
  void back_up() { ++m_tree->peeked; }
  void back_up(const Token& token);
  void back_up(const Token& token, const Token& after);
  Token next_non_space();
  Token peek_non_space();
  Result<Token> expect(TokenKind kind, std::string_view context);

  [[nodiscard]] tl::unexpected<Error> error(std::string_view message, ErrorKind kind = ErrorKind::render) const;
  [[nodiscard]] tl::unexpected<Error> unexpected(const Token& token, std::string_view context) const;
  [[nodiscard]] tl::unexpected<Error> unexpected_node(NodeId id, std::string_view context) const;

  NodeId add(const Node& node);
  NodeId add_parent(NodeKind kind, std::uint32_t position, std::span<const NodeId> children);
  std::uint32_t add_string(std::string_view text);
  std::uint32_t variable_number(std::string_view name);
  std::uint32_t add_name(std::string_view name);
  [[nodiscard]] bool is_empty(NodeId id) const;
  [[nodiscard]] NodeKind kind_of(NodeId id) const { return m_program.nodes[id].kind; }
  Status add_tree(NodeId root);

  /// A list and the `end` or `else` behind it.
  struct Body {
    NodeId list = k_no_node;
    NodeId next = k_no_node;
  };
  Result<Body> item_list();
  ParsedNode text_or_action();
  ParsedNode action();
  ParsedNode jump(NodeKind kind, const Token& token);
  ParsedNode control(NodeKind kind);
  ParsedNode control_else(NodeKind kind, NodeId next);
  ParsedNode else_control();
  Status definition();
  ParsedNode block();
  ParsedNode template_call();
  Result<std::string_view> template_name(const Token& token, std::string_view context);

  ParsedNode pipeline(std::string_view context, TokenKind end);
  Status declarations(std::string_view context, Node& pipe, std::vector<NodeId>& variables);
  Status check_pipeline(const std::vector<NodeId>& commands, std::string_view context) const;
  ParsedNode command();
  ParsedNode operand();
  ParsedNode term();
  ParsedNode function_name(const Token& token);
  ParsedNode variable_use(const Token& token);
  ParsedNode number(const Token& token);
  ParsedNode parentheses();
  ParsedNode string(const Token& token);
  Result<std::string_view> unquoted(std::string_view literal);
  NodeId declare(const Token& variable);

  Program& m_program;
  const FunctionTable& m_functions;
  Budget& m_budget;
  Lexer m_lexer;
  Tree* m_tree = nullptr;
  int m_depth = 0;
};

/// Counts how deep control structures and parentheses are nested.
class Nesting {
 public:
  explicit Nesting(int& depth) : m_depth(depth) { ++m_depth; }
  ~Nesting() { --m_depth; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  int& m_depth;
};

Token Parser::next() {
  if (m_tree->peeked > 0) {
    --m_tree->peeked;
  } else {
    m_tree->tokens[0] = m_lexer.next();
  }
  return m_tree->tokens[static_cast<std::size_t>(m_tree->peeked)];
}

Token Parser::peek() {
  const Token token = next();
  back_up();
  return token;
}

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

Token Parser::next_non_space() {
  Token token = next();
  while (token.kind == TokenKind::space) token = next();
  return token;
}

Token Parser::peek_non_space() {
  const Token token = next_non_space();
  back_up();
  return token;
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

NodeId Parser::add(const Node& node) {
  m_program.nodes.push_back(node);
  return static_cast<NodeId>(m_program.nodes.size() - 1);
}

NodeId Parser::add_parent(NodeKind kind, std::uint32_t position, std::span<const NodeId> children) {
  const auto first = static_cast<std::uint32_t>(m_program.children.size());
  m_program.children.insert(m_program.children.end(), children.begin(), children.end());
  return add({kind, false, position, first, static_cast<std::uint32_t>(children.size()), 0});
}

std::uint32_t Parser::add_string(std::string_view text) {
  m_program.strings.push_back(text);
  return static_cast<std::uint32_t>(m_program.strings.size() - 1);
}

std::uint32_t Parser::add_name(std::string_view name) {
  m_program.names.push_back(name);
  return static_cast<std::uint32_t>(m_program.names.size() - 1);
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

Status Parser::parse_file() {
  Tree tree(m_program.name);
  m_tree = &tree;
  m_program.variables.emplace_back("$");
  std::vector<NodeId> children;
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
    children.push_back(node);
  }
  return add_tree(add_parent(NodeKind::list, 0, children));
}

/// `define` is read.
Status Parser::definition() {
  constexpr std::string_view k_context = "define clause";
  Tree* const outer = m_tree;
  Tree tree({});
  m_tree = &tree;
  const Token name = next_non_space();
  TRY_ASSIGN(tree.name, template_name(name, k_context));
  TRY(expect(TokenKind::right_delimiter, k_context));
  TRY_ASSIGN(const Body body, item_list());
  if (kind_of(body.next) != NodeKind::end) return unexpected_node(body.next, k_context);
  TRY(add_tree(body.list));
  m_tree = outer;
  return {};
}

Result<Parser::Body> Parser::item_list() {
  const std::uint32_t position = peek_non_space().position;
  std::vector<NodeId> children;
  while (peek_non_space().kind != TokenKind::end_of_file) {
    TRY_ASSIGN(const NodeId node, text_or_action());
    if (kind_of(node) == NodeKind::end || kind_of(node) == NodeKind::else_)
      return Body{add_parent(NodeKind::list, position, children), node};
    children.push_back(node);
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
  const Nesting nesting(m_depth);
  if (m_depth > k_deepest) return error("control structures are nested too deeply", ErrorKind::limit);
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
  const Nesting nesting(m_depth);
  if (m_depth > k_deepest) return error("control structures are nested too deeply", ErrorKind::limit);
  const Token token = next_non_space();
  TRY_ASSIGN(const std::string_view name, template_name(token, k_context));
  TRY_ASSIGN(const NodeId pipe, pipeline(k_context, TokenKind::right_delimiter));
  Tree* const outer = m_tree;
  Tree tree(name);
  m_tree = &tree;
  TRY_ASSIGN(const Body body, item_list());
  if (kind_of(body.next) != NodeKind::end) {
    m_tree = outer;
    return unexpected_node(body.next, k_context);
  }
  TRY(add_tree(body.list));
  m_tree = outer;
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
  std::vector<NodeId> commands;
  while (true) {
    const Token token = next_non_space();
    if (token.kind == end) break;
    if (!can_begin_operand(token.kind)) return unexpected(token, context);
    back_up();
    TRY_ASSIGN(const NodeId node, command());
    commands.push_back(node);
  }
  TRY(check_pipeline(commands, context));
  pipe.first = static_cast<std::uint32_t>(m_program.children.size());
  pipe.count = static_cast<std::uint32_t>(commands.size());
  pipe.extra = static_cast<std::uint32_t>(variables.size());
  m_program.children.insert(m_program.children.end(), commands.begin(), commands.end());
  m_program.children.insert(m_program.children.end(), variables.begin(), variables.end());
  return add(pipe);
}

/// Only the first command may be a value.
Status Parser::check_pipeline(const std::vector<NodeId>& commands, std::string_view context) const {
  if (commands.empty()) return error("missing value for " + std::string(context));
  for (std::size_t i = 1; i < commands.size(); ++i) {
    const NodeId first = m_program.children_of(m_program.node(commands[i]))[0];
    if (is_literal(kind_of(first))) return error("non executable command in pipeline stage " + std::to_string(i + 1));
  }
  return {};
}

ParsedNode Parser::command() {
  const std::uint32_t position = peek_non_space().position;
  std::vector<NodeId> operands;
  while (true) {
    peek_non_space();
    TRY_ASSIGN(const NodeId node, operand());
    if (node != k_no_node) operands.push_back(node);
    const Token token = next();
    if (token.kind == TokenKind::space) continue;
    if (token.kind == TokenKind::right_delimiter || token.kind == TokenKind::right_parenthesis) {
      back_up();
    } else if (token.kind != TokenKind::pipe) {
      return unexpected(token, "operand");
    }
    break;
  }
  if (operands.empty()) return error("empty command");
  return add_parent(NodeKind::command, position, operands);
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
  const Nesting nesting(m_depth);
  if (m_depth > k_deepest) return error("max expression depth exceeded");
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

}  // namespace

Result<std::unique_ptr<const Program>> parse_program(std::string_view name, std::string text,
                                                     const FunctionTable& functions, Budget& budget) {
  constexpr std::size_t k_largest = 1ULL << 30U;
  if (text.size() > k_largest || !budget.take(text.size()))
    return fail(ErrorKind::limit, "template: " + std::string(name) + ":1: the file is too large",
                Where{std::string(name), 1});
  auto program = std::make_unique<Program>();
  program->name = name;
  program->source = std::move(text);
  TRY(Parser(*program, functions, budget).parse_file());
  return program;
}

}  // namespace reconciled::helm
