// Which folders of a repository a kustomization is built from.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "ports/source_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

/// The folder of a kustomization and those of its bases and components, however deep. What cannot be read is left to
/// the build, which says what is wrong with it.
Result<std::vector<std::string>> find_folders(const SourceTree& tree, std::string_view start, Budget& budget);

/// Whether a folder holds a kustomization file.
bool is_kustomization(const SourceTree& tree, std::string_view folder);

}  // namespace reconciled::kustomize
