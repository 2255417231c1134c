// The first half of the chain: from a repository to rendered manifests. resolve, open, load_stacks, lock, render.
#pragma once

#include "base/budget.h"
#include "ports/source.h"
#include "renderers/renderer.h"
#include "stacks/load.h"
#include "stacks/manifest.h"
#include "stacks/stack.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reconciled {

/// A tree with the revision it belongs to.
struct OpenTree {
  Revision revision;
  std::shared_ptr<const SourceTree> tree;
};

/// What to render.
struct DesiredRequest {
  SourceRef root;                   ///< the repository with reconcile.yaml; ignored when `local` is set
  std::optional<OpenTree> local;    ///< a tree that is already open: the working folder
  std::string environment;          ///< empty: the only one there is
  std::vector<std::string> stacks;  ///< patterns on layer/name; empty: all
  std::vector<std::string> layers;  ///< names; empty: all
  ClusterFacts cluster{};           ///< what charts see of the cluster; empty: nobody asked it
  /// Asked once for `cluster` when the environment has charts; absent: `cluster` is as it is.
  std::function<Result<ClusterFacts>(const Repository&, const StackGraph&)> look_at_cluster{};
  Limits limits{};           ///< of one stack's render
  MonotonicTime deadline{};  ///< of all fetches together
};

enum class Selected : bool { no, yes };

/// One stack with its rendered manifests, or why it has none.
struct StackDesired {
  Stack stack;
  Result<ManifestSet> manifests;
  Selected selected = Selected::yes;  ///< no: rendered only to know what it claims
};

struct Desired {
  Repository repository;
  Revision revision;  ///< of the environment's own ref
  StackGraph graph;
  std::vector<StackDesired> stacks;  ///< all of them, in the order of the graph; scopes not resolved yet
  bool whole = true;                 ///< nothing was deselected
};

/// Whether a stack is a chart, or may turn out to be one.
bool may_be_chart(const Stack& stack);

/// Fetches and renders. An error means that the environment as a whole cannot be trusted; what is wrong with one stack
/// stands in its StackDesired, and broken stacks in the graph.
Result<Desired> load_desired(const DesiredRequest& request, Source& source);

}  // namespace reconciled
