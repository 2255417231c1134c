// Trees that a build reads, and what lies at a path of one.
#pragma once

#include "base/result.h"
#include "ports/source_tree.h"

#include <memory>
#include <string>
#include <string_view>

namespace reconciled::kustomize {

/// Where a tree is and what its root is called in messages: "/srv/repo" makes a file "/srv/repo/a/b.yaml".
struct Place {
  std::shared_ptr<const SourceTree> tree;
  std::string name;

  [[nodiscard]] std::string shown(std::string_view path) const {
    return path.empty() ? name : name + "/" + std::string(path);
  }
};

struct FoundEntry {
  std::string path;  ///< without symbolic links
  TreeEntry entry;
};

/// Looks at a clean path. Symbolic links are followed where the tree tells where they lead, in the tree and nowhere
/// else. Errors have kustomize's texts: they name the first part that is not there.
Result<FoundEntry> find_entry(const Place& place, const std::string& path);

/// filepath.Clean of a path below a root: "." and ".." resolved by text; one that climbs above the root begins with
/// "..".
std::string clean_path(std::string_view path);

}  // namespace reconciled::kustomize
