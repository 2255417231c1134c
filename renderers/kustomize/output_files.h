// Resources as one file each, named as `kustomize build --output FOLDER` names them.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/resource_map.h"

#include <string>
#include <vector>

namespace reconciled::kustomize {

struct OutputFile {
  std::string name;  ///< "apps_v1_deployment_web.yaml"; behind "NAMESPACE_" when several namespaces occur
  std::string text;
};

/// In the order of the resources. Of two with the same name the last counts when they are written. A name that is no
/// file's, as it has a slash, is an error.
Result<std::vector<OutputFile>> format_files(const NodeArena& arena, std::span<Resource* const> resources);

}  // namespace reconciled::kustomize
