#include "renderers/kustomize/data_node.h"

#include "base/base64.h"
#include "base/utf8.h"

namespace reconciled::kustomize {
namespace {

Node* text_node(NodeArena& arena, std::string_view text) {
  return arena.scalar(text, Tag::string, text.find('\n') != std::string_view::npos ? style::k_literal : style::k_plain);
}

}  // namespace

bool valid_text(std::string_view bytes) {
  return is_utf8(bytes);
}

Node* data_node(NodeArena& arena, std::string_view bytes) {
  return text_node(arena, is_utf8(bytes) ? std::string(bytes) : encode_base64_lines(bytes));
}

Node* secret_node(NodeArena& arena, std::string_view bytes) {
  return text_node(arena, encode_base64_lines(bytes));
}

}  // namespace reconciled::kustomize
