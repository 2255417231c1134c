// The parser between its steps. What each step reads is a method: tokens and nodes in parser_nodes.cpp, actions and
// control structures in parser.cpp, pipelines in parser_pipeline.cpp.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/template/lexer.h"
#include "renderers/helm/template/program.h"

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace reconciled::helm {

inline constexpr int k_deepest_nesting = 500;  ///< of control structures and parentheses

using ParsedNode = Result<NodeId>;

/// One template while it is parsed: a file, or a `define` or `block` in it.
struct ParsedTree {
  explicit ParsedTree(std::string_view name_) : name(name_) {}

  std::string_view name;
  std::array<Token, 3> tokens{};  // looked ahead; the last one read is first
  int peeked = 0;
  std::vector<std::string_view> variables{"$"};
  std::uint32_t action_line = 0;
  int range_depth = 0;
};

/// Every error ends the parsing. Tokens that it answers by reference are those of the moment: the next one takes the
/// place.
class Parser {
 public:
  Parser(Program& program, const FunctionTable& functions, Budget& budget)
      : m_program(program), m_functions(functions), m_budget(budget), m_lexer(program.source) {}

  Status parse_file();

 private:
  const Token& next() {
    auto& tree = *m_tree;
    if (tree.peeked > 0) return tree.tokens[static_cast<std::size_t>(--tree.peeked)];
    m_lexer.next(tree.tokens[0]);
    return tree.tokens[0];
  }
  const Token& peek() {
    const Token& token = next();
    back_up();
    return token;
  }
  void back_up() { ++m_tree->peeked; }
  void back_up(const Token& token);
  void back_up(const Token& token, const Token& after);
  const Token& next_non_space() {
    const Token* token = &next();
    while (token->kind == TokenKind::space) token = &next();
    return *token;
  }
  const Token& peek_non_space() {
    const Token& token = next_non_space();
    back_up();
    return token;
  }
  Result<Token> expect(TokenKind kind, std::string_view context);

  [[nodiscard]] tl::unexpected<Error> error(std::string_view message, ErrorKind kind = ErrorKind::render) const;
  [[nodiscard]] tl::unexpected<Error> unexpected(const Token& token, std::string_view context) const;
  [[nodiscard]] tl::unexpected<Error> unexpected_node(NodeId id, std::string_view context) const;

  NodeId add(const Node& node) {
    m_program.nodes.push_back(node);
    return static_cast<NodeId>(m_program.nodes.size() - 1);
  }
  NodeId add_parent(NodeKind kind, std::uint32_t position, std::span<const NodeId> children) {
    const auto first = static_cast<std::uint32_t>(m_program.children.size());
    m_program.children.insert(m_program.children.end(), children.begin(), children.end());
    return add({kind, false, position, first, static_cast<std::uint32_t>(children.size()), 0});
  }
  std::uint32_t add_string(std::string_view text) {
    m_program.strings.push_back(text);
    return static_cast<std::uint32_t>(m_program.strings.size() - 1);
  }
  std::uint32_t variable_number(std::string_view name);
  std::uint32_t add_name(std::string_view name) {
    m_program.names.push_back(name);
    return static_cast<std::uint32_t>(m_program.names.size() - 1);
  }
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
  Status check_pipeline(std::span<const NodeId> commands, std::string_view context) const;
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
  ParsedTree* m_tree = nullptr;
  int m_depth = 0;
  std::vector<NodeId> m_pending;  // children of what is not whole yet, the innermost last
};

/// Children that are collected before their parent is added; they leave the parser's stack with it.
class PendingNodes {
 public:
  explicit PendingNodes(std::vector<NodeId>& stack) : m_stack(stack), m_first(stack.size()) {}
  ~PendingNodes() { m_stack.resize(m_first); }
  PendingNodes(const PendingNodes&) = delete;
  PendingNodes& operator=(const PendingNodes&) = delete;
  void add(NodeId node) { m_stack.push_back(node); }
  /// Valid until the next node is added.
  [[nodiscard]] std::span<const NodeId> all() const { return std::span(m_stack).subspan(m_first); }

 private:
  std::vector<NodeId>& m_stack;
  std::size_t m_first;
};

/// Makes a tree the one that is parsed, for as long as it lives.
class ParserTree {
 public:
  ParserTree(ParsedTree*& current, ParsedTree& tree) : m_current(current), m_outer(current) { m_current = &tree; }
  ~ParserTree() { m_current = m_outer; }
  ParserTree(const ParserTree&) = delete;
  ParserTree& operator=(const ParserTree&) = delete;

 private:
  ParsedTree*& m_current;
  ParsedTree* m_outer;
};

/// Counts how deep control structures and parentheses are nested.
class ParserNesting {
 public:
  explicit ParserNesting(int& depth) : m_depth(depth) { ++m_depth; }
  ~ParserNesting() { --m_depth; }
  ParserNesting(const ParserNesting&) = delete;
  ParserNesting& operator=(const ParserNesting&) = delete;

 private:
  int& m_depth;
};

}  // namespace reconciled::helm
