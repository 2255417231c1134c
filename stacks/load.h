// From a tree to stacks: the repository convention. Pure: reads only the trees it is given.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "ports/source_tree.h"
#include "stacks/stack.h"
#include "stacks/stack_memory.h"

#include <string_view>

namespace reconciled {

/// Reads `reconcile.yaml` at the root of a tree. Absent: the convention (layers bootstrap, infrastructure, platform,
/// compliance, observability, applications as ARCHITECTURE.md draws them; environments are the folders below
/// `environments/`, or one named "default").
Result<Repository> load_repository(const SourceTree& tree, Budget& budget);

/// The repository that rules an environment which lives at another ref or in another repository than `root`: the root
/// file of its own tree, which must define the environment; `root` where that tree has none.
Result<Repository> load_environment_repository(const Repository& root, std::string_view environment,
                                               const SourceTree& tree, Budget& budget);

/// Finds the stacks of one environment in its own tree: folders `<layer>/<stack>/` that are not empty. An error means
/// that nothing of the environment can be trusted (a cycle of layers, no such environment); what is wrong with one
/// stack is in StackGraph::broken. A cycle of dependsOn breaks the stacks on it, and names its path. With a memory,
/// what did not change since it was used last is not read again; the result is the same.
Result<StackGraph> load_stacks(const Repository& repository, std::string_view environment, const SourceTree& tree,
                               Budget& budget, StackMemory* memory = nullptr);

/// Decides the renderer by what lies in the folder and the overlay: Chart.yaml is helm, kustomization.yaml (or .yml, or
/// Kustomization) is kustomize, otherwise what the settings imply, otherwise plain; `renderer:` in stack.yaml
/// overrides. Two at once are an error. Blocks of other renderers are dropped from the stack. load_stacks has done it
/// for every stack but those with a source of their own: `lock` does it for them once it holds their files.
Status settle_renderer(Stack& stack, const SourceTree& files, const SourceTree& overlay);

/// Whether a text matches a pattern in which '*' stands for any run of characters.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace reconciled
