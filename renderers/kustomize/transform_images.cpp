#include "renderers/kustomize/field_path.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/pattern.h"
#include "renderers/kustomize/transformers.h"

namespace reconciled::kustomize {
namespace {

struct ImageParts {
  std::string_view name, tag, digest;
};

/// "registry:5000/name:tag@digest": what stands before the first slash is no tag.
ImageParts split_image(std::string_view image) {
  auto slash = image.find('/');
  if (slash == std::string_view::npos) slash = 0;
  const auto at = image.find('@', slash), colon = image.find(':', slash);
  constexpr auto k_none = std::string_view::npos;
  if (at == k_none && colon == k_none) return {image, {}, {}};
  if (at != k_none && (colon == k_none || at < colon)) return {image.substr(0, at), {}, image.substr(at + 1)};
  if (at != k_none) return {image.substr(0, colon), image.substr(colon + 1, at - colon - 1), image.substr(at + 1)};
  return {image.substr(0, colon), image.substr(colon + 1), {}};
}

class ImageSetter {
 public:
  ImageSetter(NodeArena& arena, const ImageEntry& image, Pattern pattern)
      : m_arena(arena), m_image(image), m_pattern(std::move(pattern)) {}

  Status set(Node* node) {
    TRY(expect_kind(node, Kind::scalar));
    if (node == nullptr || !m_pattern.matches(node->text())) return {};
    const std::string old(node->text());
    const ImageParts parts = split_image(old);
    std::string name = m_image.new_name.empty() ? std::string(parts.name) : m_image.new_name;
    std::string tag(parts.tag), digest(parts.digest);
    if (!m_image.new_tag.empty()) {
      tag = m_image.new_tag;
      digest = m_image.digest;
    } else if (!m_image.digest.empty()) {
      tag.clear();
      digest = m_image.digest;
    } else if (!m_image.tag_suffix.empty()) {
      tag += m_image.tag_suffix;
      digest.clear();
    }
    if (!tag.empty()) name += ":" + tag;
    if (!digest.empty()) name += "@" + digest;
    return set_scalar(node, m_arena.scalar(name));
  }
  /// Every list called containers or initContainers, wherever it is.
  // NOLINTNEXTLINE(misc-no-recursion): as deep as the document
  Status set_in_containers(Node* node) {
    if (!m_arena.budget().step()) return fail(m_arena.budget_error());
    if (node->is_list()) {
      for (Node* item : node->content()) TRY(set_in_containers(item));
      return {};
    }
    const auto content = node->is_map() ? node->content() : std::span<Node*>();
    for (std::size_t i = 0; i + 1 < content.size(); i += 2) {
      Node* value = content[i + 1];
      if (value->is_scalar()) continue;
      TRY(set_in_containers(value));
      const auto key = content[i]->text();
      if (!value->is_list() || (key != "containers" && key != "initContainers")) continue;
      for (Node* container : value->content()) {
        TRY_ASSIGN(Node * image, get(container, "image"));
        if (image != nullptr) TRY(set(image));
      }
    }
    return {};
  }

 private:
  NodeArena& m_arena;
  const ImageEntry& m_image;
  Pattern m_pattern;
};

}  // namespace

Status transform_images(Context& context, ResourceMap& map, const ImageEntry& image, std::span<const FieldSpec> specs) {
  TRY_ASSIGN(auto pattern, Pattern::make("^" + image.name + "(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$"));
  ImageSetter setter(context.arena(), image, std::move(pattern));
  const auto each = [&](const auto& change) -> Status {
    for (Resource* resource : map.all()) {
      if (resource->kind() != "CustomResourceDefinition") TRY(change(resource->root));
    }
    return {};
  };
  TRY(each([&](Node* root) { return setter.set_in_containers(root); }));
  return each([&](Node* root) {
    return visit_fields(context.arena(), root, specs, {}, [&](Node* node) { return setter.set(node); });
  });
}

}  // namespace reconciled::kustomize
