// The built-in transformers: each changes the accumulated resources in place.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/context.h"
#include "renderers/kustomize/field_spec.h"
#include "renderers/kustomize/kustomization.h"

#include <span>
#include <string>
#include <vector>

namespace reconciled::kustomize {

enum class SubjectMode : std::uint8_t { default_only, all_service_accounts, none };
struct NamespaceChange {
  std::string name_space;
  FieldSpecs specs;
  bool unset_only = false;
  SubjectMode subjects = SubjectMode::default_only;
};
Status transform_namespace(Context& context, ResourceMap& map, const NamespaceChange& change);
/// Sets the namespace of one resource.
Status set_namespace_fields(NodeArena& arena, Resource& resource, const NamespaceChange& change);

enum class NameSide : std::uint8_t { prefix, suffix };
Status transform_names(Context& context, ResourceMap& map, NameSide side, std::string_view added,
                       std::span<const FieldSpec> specs);

/// Labels or annotations: string entries of maps.
Status transform_entries(Context& context, ResourceMap& map, const TextPairs& entries,
                         std::span<const FieldSpec> specs);

Status transform_images(Context& context, ResourceMap& map, const ImageEntry& image, std::span<const FieldSpec> specs);

Status transform_replicas(Context& context, ResourceMap& map, const ReplicaEntry& replica,
                          std::span<const FieldSpec> specs);

Status transform_replacements(Context& context, ResourceMap& map, std::span<const Replacement> replacements);

/// Appends a digest of their content to the names of generated resources.
Status transform_hashes(Context& context, ResourceMap& map);

/// Sorts by kind as `kubectl kustomize` does, or as `sortOptions` say.
Status sort_resources(ResourceMap& map, const SortOptions& options);

struct ValueAdd {
  std::string value;
  struct Target {
    std::optional<Selector> selector;
    std::string field_path;
    std::int64_t file_path_position = 0;
  };
  std::vector<Target> targets;
};
Status transform_value_add(Context& context, ResourceMap& map, const ValueAdd& change);

}  // namespace reconciled::kustomize
