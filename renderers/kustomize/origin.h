// What `buildMetadata` notes in annotations: where resources come from and what changed them.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/resource.h"

#include <string>
#include <string_view>

namespace reconciled::kustomize {

constexpr std::string_view k_origin_key = "config.kubernetes.io/origin";
constexpr std::string_view k_transformations_key = "alpha.config.kubernetes.io/transformations";

/// The origin of something that lies at a path, or at the URL of a repository, seen from another origin.
Origin append_path(const Origin& origin, std::string_view path);
/// As YAML, the text of the annotation.
std::string format_origin(const Origin& origin);
/// The origin that an annotation's text tells.
Origin read_origin(std::string_view text, Budget& budget);

/// Notes an origin where none is noted yet.
Status note_origin(NodeArena& arena, Resource& resource, const Origin& origin);
/// Notes what changed a resource; a resource without an origin was made by it.
Status note_transformation(NodeArena& arena, Resource& resource, const Origin& origin);

}  // namespace reconciled::kustomize
