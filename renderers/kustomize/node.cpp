#include "renderers/kustomize/node.h"

#include "base/base64.h"
#include "base/utf8.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace reconciled::kustomize {
namespace {

constexpr std::array<std::string_view, 12> k_tag_texts{
    "", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!binary", "!!merge", "!!map", "!!seq", ""};

}  // namespace

bool is_empty(const Node* node) {
  if (is_missing(node)) return true;
  return node->kind == Kind::none ? node->tag == Tag::none : (!node->is_scalar() && node->size == 0);
}

void* NodeArena::allocate(std::size_t size, std::size_t alignment) {
  if (!m_budget.take(size)) m_overspent = true;
  return m_memory.allocate(size, alignment);
}

Node* NodeArena::make(Kind kind, Tag tag) {
  auto* node = new (allocate(sizeof(Node), alignof(Node))) Node();
  node->kind = kind;
  node->tag = tag;
  return node;
}

Node* NodeArena::scalar(std::string_view text, Tag tag, std::uint8_t style) {
  Node* node = make(Kind::scalar, tag);
  node->style = style;
  set_text(*node, copy(text));
  return node;
}

Node* NodeArena::string(std::string_view text) {
  std::string encoded;
  Tag tag = Tag::string;
  if (!is_utf8(text)) {
    encoded = encode_base64_lines(text);
    text = encoded;
    tag = Tag::binary;
  }
  return scalar(text, tag, text.find('\n') != std::string_view::npos ? style::k_literal : style::k_plain);
}

void NodeArena::set_text(Node& node, std::string_view text) {
  node.size = static_cast<std::uint32_t>(text.size());
  node.characters = text.data();
}

void NodeArena::append(Node& node, Node* child) {
  if (node.kind == Kind::scalar) return;
  if (node.size == node.capacity) {
    const std::uint32_t capacity = std::max<std::uint32_t>(4, node.size * 2);
    auto** grown = static_cast<Node**>(allocate(sizeof(Node*) * capacity, alignof(Node*)));
    if (node.size != 0) std::memcpy(grown, node.children, sizeof(Node*) * node.size);
    node.children = grown;
    node.capacity = capacity;
  }
  node.children[node.size++] = child;
}

Node* NodeArena::clone(const Node* node, std::uint32_t depth) {
  if (node == nullptr) return nullptr;
  if (depth == 0 || !m_budget.step()) m_overspent = true;
  Node* copied = make(Kind::none);
  *copied = *node;
  const auto children = node->content();
  if (children.empty() || m_overspent) return copied;
  copied->children = static_cast<Node**>(allocate(sizeof(Node*) * children.size(), alignof(Node*)));
  copied->capacity = copied->size;
  for (std::size_t i = 0; i < children.size(); ++i) copied->children[i] = clone(children[i], depth - 1);
  return copied;
}

std::string_view NodeArena::copy(std::string_view text) {
  if (text.empty()) return {};
  auto* memory = static_cast<char*>(allocate(text.size(), 1));
  std::memcpy(memory, text.data(), text.size());
  return {memory, text.size()};
}

std::uint32_t NodeArena::add_tag(std::string_view tag) {
  const auto known = std::find(m_tags.begin() + 1, m_tags.end(), tag);
  if (known != m_tags.end()) return static_cast<std::uint32_t>(known - m_tags.begin());
  m_tags.push_back(copy(tag));
  return static_cast<std::uint32_t>(m_tags.size() - 1);
}

std::string_view NodeArena::tag_text(const Node& node) const {
  return node.tag == Tag::other ? m_tags[node.other_tag] : k_tag_texts[static_cast<std::size_t>(node.tag)];
}

}  // namespace reconciled::kustomize
