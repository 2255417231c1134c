// The YAML tree that kustomize edits: nodes that keep text, tag and style, since these decide what is printed.
#pragma once

#include "base/budget.h"

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

enum class Kind : std::uint8_t { none, scalar, sequence, mapping };
enum class Tag : std::uint8_t {
  none,
  string,
  integer,
  number,
  boolean,
  null,
  timestamp,
  binary,
  merge,
  map,
  list,
  other
};

/// Bits of Node::style. One byte, as it is copied from node to node as a whole.
namespace style {
constexpr std::uint8_t k_plain = 0;
constexpr std::uint8_t k_single_quoted = 1;
constexpr std::uint8_t k_double_quoted = 2;
constexpr std::uint8_t k_literal = 4;
constexpr std::uint8_t k_folded = 8;
constexpr std::uint8_t k_flow = 16;
constexpr std::uint8_t k_tagged = 32;                                                      ///< the tag was written
constexpr std::uint8_t k_text = k_single_quoted | k_double_quoted | k_literal | k_folded;  ///< can only be a string
}  // namespace style

/// A node of a NodeArena. Nodes are shared on purpose: a label that one transformer writes to many maps is one node,
/// and who changes it later changes it everywhere, as in the original.
struct Node {
  Kind kind = Kind::none;
  Tag tag = Tag::none;
  std::uint8_t style = style::k_plain;
  bool kept_null = false;       ///< a null that setting a field does not remove
  std::uint32_t size = 0;       ///< bytes of text, or number of children
  std::uint32_t capacity = 0;   ///< of children
  std::uint32_t other_tag = 0;  ///< index into NodeArena::tag_text
  union {
    const char* characters = nullptr;
    Node** children;
  };

  /// Of a scalar; empty for other kinds.
  [[nodiscard]] std::string_view text() const {
    return kind == Kind::scalar ? std::string_view(characters, size) : std::string_view();
  }
  /// Items of a sequence; key, value, key, value ... of a mapping.
  [[nodiscard]] std::span<Node* const> content() const {
    return kind == Kind::scalar || kind == Kind::none ? std::span<Node* const>()
                                                      : std::span<Node* const>(children, size);
  }
  [[nodiscard]] std::span<Node*> content() {
    return kind == Kind::scalar || kind == Kind::none ? std::span<Node*>() : std::span<Node*>(children, size);
  }
  [[nodiscard]] bool is_map() const { return kind == Kind::mapping; }
  [[nodiscard]] bool is_list() const { return kind == Kind::sequence; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
  [[nodiscard]] bool is_null() const { return tag == Tag::null; }
  /// A scalar whose tag does not say that it is something else than text.
  [[nodiscard]] bool may_be_string() const { return kind == Kind::scalar && (tag == Tag::string || tag == Tag::none); }
};

/// Neither there nor null.
inline bool is_missing(const Node* node) {
  return node == nullptr || node->is_null();
}
/// Missing, or a map or list without content.
bool is_empty(const Node* node);

/// Memory of one build: nodes and texts live as long as it does. Charged to the budget; who loops asks `within_budget`.
class NodeArena {
 public:
  explicit NodeArena(Budget& budget) : m_budget(budget), m_memory(k_first_chunk) {}
  NodeArena(const NodeArena&) = delete;
  NodeArena& operator=(const NodeArena&) = delete;

  Node* make(Kind kind, Tag tag = Tag::none);
  /// The text is copied.
  Node* scalar(std::string_view text, Tag tag = Tag::none, std::uint8_t style = style::k_plain);
  /// A string as the original makes one: a literal block when it has several lines.
  Node* string(std::string_view text);
  void set_text(Node& node, std::string_view text);
  void append(Node& node, Node* child);
  void append(Node& map, Node* key, Node* value) {
    append(map, key);
    append(map, value);
  }
  /// A tree of its own with the same content. Null for null.
  Node* clone(const Node* node) { return clone(node, m_budget.max_depth() * 4); }
  std::string_view copy(std::string_view text);

  std::uint32_t add_tag(std::string_view tag);
  [[nodiscard]] std::string_view tag_text(const Node& node) const;

  [[nodiscard]] bool within_budget() const { return !m_overspent; }
  [[nodiscard]] Budget& budget() const { return m_budget; }
  [[nodiscard]] Error budget_error() const { return m_budget.error("building the kustomization"); }
  /// For content that a caller found to be too deep or too much.
  void overspend() { m_overspent = true; }

 private:
  static constexpr std::size_t k_first_chunk = 64U << 10;
  void* allocate(std::size_t size, std::size_t alignment);
  Node* clone(const Node* node, std::uint32_t depth);

  Budget& m_budget;
  std::pmr::monotonic_buffer_resource m_memory;
  std::vector<std::string_view> m_tags{std::string_view()};
  bool m_overspent = false;
};

}  // namespace reconciled::kustomize
