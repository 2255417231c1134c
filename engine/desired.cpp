#include "engine/desired.h"

#include "base/suggest.h"
#include "engine/lock.h"
#include "engine/open_environment.h"
#include "engine/pinned_source.h"

#include <algorithm>

namespace reconciled {
namespace {

bool selected(const Stack& stack, const DesiredRequest& request) {
  const bool layer =
      request.layers.empty() || std::ranges::find(request.layers, stack.id.layer) != request.layers.end();
  const bool name = request.stacks.empty() || std::ranges::any_of(request.stacks, [&](const std::string& pattern) {
                      return matches_pattern(pattern, stack.id.path());
                    });
  return layer && name;
}

/// A selection that names something which is not there is a mistake, never "nothing to do".
Status check_selection(const DesiredRequest& request, const StackGraph& graph) {
  std::vector<std::string> paths;
  for (const auto& stack : graph.stacks) paths.push_back(stack.id.path());
  for (const auto& broken : graph.broken) paths.push_back(broken.id.path());
  for (const auto& pattern : request.stacks) {
    const bool found =
        std::ranges::any_of(paths, [&](const std::string& path) { return matches_pattern(pattern, path); });
    if (!found) {
      return fail(
          ErrorKind::usage,
          "no stack is named \"" + pattern + "\" in environment " + graph.environment + did_you_mean(pattern, paths),
          {}, "stacks are named layer/stack");
    }
  }
  for (const auto& layer : request.layers) {
    if (std::ranges::find(graph.layers, layer) == graph.layers.end()) {
      return fail(ErrorKind::usage, "there is no layer \"" + layer + "\"" + did_you_mean(layer, graph.layers));
    }
  }
  return {};
}

Result<ManifestSet> render_stack(const Stack& stack, const LockSite& site, const Limits& limits) {
  return lock_and_render<ManifestSet>(stack, site, [&](const InputSet& inputs) {
    Budget budget(limits);
    return renderer_for(inputs.stack.renderer).render(inputs, budget);
  });
}

}  // namespace

bool may_be_chart(const Stack& stack) {
  return stack.renderer == RendererKind::helm || !stack.source.url.empty();
}

Result<Desired> load_desired(const DesiredRequest& request, Source& source) {
  PinnedSource pinned(source);
  Budget budget(request.limits);
  TRY_ASSIGN(auto opened, open_environment(request, pinned, budget));
  Desired desired;
  TRY_ASSIGN(desired.graph, load_stacks(opened.repository, opened.name, *opened.own.tree, budget));
  desired.repository = std::move(opened.repository);
  desired.revision = opened.own.revision;
  TRY(check_selection(request, desired.graph));
  ClusterFacts cluster = request.cluster;
  if (request.look_at_cluster && std::ranges::any_of(desired.graph.stacks, may_be_chart)) {
    TRY_ASSIGN(cluster, request.look_at_cluster(desired.repository, desired.graph));
  }
  const LockSite site{opened.own, pinned, request.deadline, cluster};
  for (const auto& stack : desired.graph.stacks) {
    // What is not selected is rendered, too: an object that moved there must not be taken for one that nobody wants.
    const Selected chosen = selected(stack, request) ? Selected::yes : Selected::no;
    desired.whole = desired.whole && chosen == Selected::yes;
    desired.stacks.push_back({stack, render_stack(stack, site, request.limits), chosen});
  }
  return desired;
}

}  // namespace reconciled
