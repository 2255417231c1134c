// From a tree to stacks: the repository convention. Pure: reads only the trees it is given.
#pragma once

#include <string_view>

#include "base/budget.h"
#include "base/result.h"
#include "ports/source_tree.h"
#include "stacks/stack.h"

namespace reconciled {

/// Reads `reconcile.yaml` at the root of a tree. Absent: the convention (layers bootstrap, infrastructure, platform,
/// compliance, observability, applications as ARCHITECTURE.md draws them; environments are the folders below
/// `environments/`, or one named "default").
Result<Repository> load_repository(const SourceTree& tree, Budget& budget);

/// Finds the stacks of one environment in its own tree: folders `<layer>/<stack>/` that are not empty. An error means
/// that nothing of the environment can be trusted (a cycle of layers, no such environment); what is wrong with one stack
/// is in StackGraph::broken. A cycle of dependsOn breaks the stacks on it, and names its path.
Result<StackGraph> load_stacks(const Repository& repository, std::string_view environment, const SourceTree& tree, Budget& budget);

/// Whether a text matches a pattern in which '*' stands for any run of characters.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace reconciled
