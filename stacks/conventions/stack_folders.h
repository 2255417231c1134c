// Which folders of a tree are stacks of an environment.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "ports/source_tree.h"
#include "stacks/path_patterns.h"
#include "stacks/stack.h"
#include "stacks/stack_memory.h"

#include <set>
#include <string>
#include <vector>

namespace reconciled {

/// A folder <layer>/<name>, or one below environments/<env>/, or both.
struct StackFolder {
  std::string layer;
  std::string name;
  bool has_folder = false;   ///< <layer>/<name>/ exists
  bool has_overlay = false;  ///< environments/<env>/<layer>/<name>/ exists
  [[nodiscard]] std::string path() const { return layer + "/" + name; }
};

struct StackFolders {
  std::vector<StackFolder> folders;  ///< of the environment's layers, in the order of layers and then of names
  std::set<std::string> known;       ///< layer/name of every stack folder of every layer, whatever the environment
  std::vector<BrokenStack> broken;   ///< links, submodules and names that are not allowed
  std::vector<std::string> warnings;
};

/// Folders that `.sourceignore` names and those that begin with a dot are no stacks. A layer that is a link or a file
/// is an error: its stacks must not seem to be gone. `memory` may be null.
Result<StackFolders> find_stack_folders(const Repository& repository, const Environment& environment,
                                        const std::vector<std::string>& layers, const SourceTree& tree,
                                        const PathPatterns& ignored, Budget& budget, StackMemory* memory);

}  // namespace reconciled
