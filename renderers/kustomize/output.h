// Resources as the bytes that kustomize prints.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/resource_map.h"

#include <string>

namespace reconciled::kustomize {

/// One document a resource, joined by "---\n"; keys in natural order. A tree that Go cannot make JSON of is an error.
Result<std::string> format_resources(const NodeArena& arena, std::span<Resource* const> resources);
/// One resource.
Result<std::string> format_resource(const NodeArena& arena, const Resource& resource);

}  // namespace reconciled::kustomize
