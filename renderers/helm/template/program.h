// A parsed file of templates: nodes in one array, children as ranges of indices, texts as views of the source.
#pragma once

#include "renderers/helm/template/function_table.h"
#include "renderers/helm/template/number.h"

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

using NodeId = std::uint32_t;
inline constexpr NodeId k_no_node = 0xFFFFFFFF;

/// What `first`, `count` and `extra` of a Node hold.
enum class NodeKind : std::uint8_t {
  list,        ///< children: first, count
  text,        ///< string: first
  action,      ///< pipe: first
  if_,         ///< pipe: first, list: count, list of else or none: extra
  with,        ///< as if
  range,       ///< as if
  template_,   ///< name, a string: first, pipe or none: count
  break_,      ///< nothing
  continue_,   ///< nothing
  pipe,        ///< commands: first, count; behind them `extra` variables that it declares, or assigns if `flag`
  command,     ///< operands: first, count
  field,       ///< names: first, count
  variable,    ///< names, the variable's own before those of fields: first, count; number of the variable: extra
  chain,       ///< names of fields: first, count; what they are fields of: extra
  identifier,  ///< name: first, function: extra
  dot,         ///< nothing
  nil,         ///< nothing
  boolean,     ///< flag
  number,      ///< number: first
  string,      ///< its value, a string: first, as written: extra
  else_,       ///< only while parsing
  end,         ///< only while parsing
};

struct Node {
  NodeKind kind = NodeKind::list;
  bool flag = false;
  std::uint32_t position = 0;  ///< byte offset in the source that errors name
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  std::uint32_t extra = 0;
};

struct NamedRoot {
  std::string_view name;
  NodeId root = k_no_node;
  bool is_empty = false;  ///< nothing but space
};

/// Immutable once parsed, and never moved: views point into it.
struct Program {
  std::string name;  ///< of the file
  std::string_view source;
  std::string own_source;  ///< where `source` lies, unless whoever parsed keeps it
  std::vector<Node> nodes;
  std::vector<NodeId> children;
  std::vector<std::string_view> strings;
  std::vector<std::string_view> names;      ///< of fields and variables
  std::vector<std::string_view> variables;  ///< by number, as written: "$x"
  std::vector<FunctionTable::Entry> functions;
  std::deque<NumberConstant> numbers;
  std::deque<std::string> owned;  ///< strings that the source holds only escaped
  std::vector<NamedRoot> roots;   ///< the file itself and what it defines

  /// Gives back what the arrays reserved while they grew.
  void shrink();
  [[nodiscard]] const Node& node(NodeId id) const { return nodes[id]; }
  [[nodiscard]] std::span<const NodeId> children_of(const Node& node) const {
    return {children.data() + node.first, node.count};
  }
  /// The variables of a pipe.
  [[nodiscard]] std::span<const NodeId> declarations_of(const Node& pipe) const {
    return {children.data() + pipe.first + pipe.count, pipe.extra};
  }
  [[nodiscard]] std::span<const std::string_view> names_of(const Node& node) const {
    return {names.data() + node.first, node.count};
  }
};

}  // namespace reconciled::helm
