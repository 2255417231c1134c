// One resource of a build: its tree, and what it was called before.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/node.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/resource_id.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

enum class Behavior : std::uint8_t { unspecified, create, replace, merge };

/// Where a resource, generator or transformer comes from: what `buildMetadata` writes down.
struct Origin {
  std::string path, repo, ref, configured_in;
  std::string configured_api_version, configured_kind, configured_name, configured_namespace;
};

/// The history of names is state of the resource; the original keeps it in annotations, which only show where a patch
/// looks whether there are any.
struct Resource {
  Node* root = nullptr;  ///< null when a patch deleted it

  struct Former {
    std::string_view name, name_space, kind;
  };
  std::vector<Former> formers;  ///< oldest first
  std::vector<std::string_view> prefixes, suffixes;
  std::vector<std::string_view> vars;  ///< names of the vars that read it
  Behavior behavior = Behavior::unspecified;
  bool is_generated = false;
  bool needs_hash = false;
  bool name_change_allowed = false;  ///< of a patch
  bool kind_change_allowed = false;  ///< of a patch
  bool is_referred_to = false;

  [[nodiscard]] bool is_gone() const { return is_empty(root); }
  [[nodiscard]] std::string_view kind() const { return find_text(root, "kind"); }
  [[nodiscard]] std::string_view api_version() const { return find_text(root, "apiVersion"); }
  [[nodiscard]] std::string_view name() const { return meta_text("name"); }
  [[nodiscard]] std::string_view name_space() const { return meta_text("namespace"); }
  [[nodiscard]] Gvk gvk() const { return gvk_of(api_version(), kind()); }
  [[nodiscard]] ResourceId current_id() const;
  [[nodiscard]] ResourceId original_id() const;
  /// All former ids, oldest first.
  [[nodiscard]] std::vector<ResourceId> former_ids() const;
  /// Whether the original would keep something in annotations.
  [[nodiscard]] bool has_history() const;
  void remember_id(NodeArena& arena);
  void add_prefix(std::string_view prefix) {
    if (!prefix.empty()) prefixes.push_back(prefix);
  }
  void add_suffix(std::string_view suffix) {
    if (!suffix.empty()) suffixes.push_back(suffix);
  }

  [[nodiscard]] TextMap annotations() const { return text_entries(find(metadata(), "annotations")); }
  [[nodiscard]] TextMap labels() const { return text_entries(find(metadata(), "labels")); }
  Status set_annotations(NodeArena& arena, TextMap map) { return set_meta_map(arena, "annotations", std::move(map)); }
  Status set_labels(NodeArena& arena, TextMap map) { return set_meta_map(arena, "labels", std::move(map)); }
  Status set_name(NodeArena& arena, std::string_view name);
  Status set_namespace(NodeArena& arena, std::string_view name_space);
  Status set_kind(NodeArena& arena, std::string_view kind);
  Status set_api_version(NodeArena& arena, std::string_view api_version);

  /// Takes labels, annotations, name, namespace and history of a resource that this one merges into or replaces; own
  /// labels and annotations win.
  Status take_metadata_of(NodeArena& arena, const Resource& other);
  [[nodiscard]] Resource clone(NodeArena& arena) const;

 private:
  [[nodiscard]] const Node* metadata() const;
  [[nodiscard]] std::string_view meta_text(std::string_view key) const;
  Status set_meta_map(NodeArena& arena, std::string_view key, TextMap map);
};

/// Whether two lists of prefixes or suffixes end in the same way; an empty one only matches an empty one.
bool have_same_ending(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b);

/// Resources of a text: lists flattened, each with a kind and a name. The error says what is missing.
Result<std::vector<Resource>> read_resources(NodeArena& arena, std::string_view text);

}  // namespace reconciled::kustomize
