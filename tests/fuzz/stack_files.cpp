// Any bytes as a repository: a line "=== PATH" begins a file. Reads the convention, renders every plain stack, resolves
// scopes; nothing may crash, and two runs must agree.
#include "ports/memory_tree.h"
#include "renderers/renderer.h"
#include "stacks/load.h"
#include "tests/support/split_files.h"

#include <cstdlib>

namespace reconciled {
namespace {

std::string read_all(const std::shared_ptr<const SourceTree>& tree) {
  Budget budget(Limits{.steps = 200'000, .bytes = 8 << 20, .depth = 64, .time = std::chrono::seconds(10)});
  std::string seen;
  const auto repository = load_repository(*tree, budget);
  if (!repository) return format_error(repository.error());
  for (const auto& environment : repository->environments) {
    const auto graph = load_stacks(*repository, environment.name, *tree, budget);
    if (!graph) return seen + format_error(graph.error());
    for (const auto& broken : graph->broken) seen += format_error(broken.error) + "\n";
    for (const auto& stack : graph->stacks) {
      InputSet inputs;
      inputs.stack = stack;
      inputs.overlay = make_subtree(tree, stack.overlay_path);
      inputs.files = make_overlay_tree(make_subtree(tree, stack.path), inputs.overlay);
      if (const auto digest = digest_inputs(inputs)) inputs.digest = *digest;
      auto outcome = renderer_for(stack.renderer).render(inputs, budget);
      if (!outcome) {
        seen += format_error(outcome.error()) + "\n";
        continue;
      }
      auto& set = std::get<ManifestSet>(*outcome);
      const auto status = resolve_scopes(set, stack, nullptr, {});
      seen += status ? std::to_string(set.manifests.size()) : format_error(status.error());
      for (const auto& manifest : set.manifests) {
        // Nothing of a team's stack may lie outside of its bounds once its scopes are resolved.
        const auto& bounds = stack.bounds;
        if (!status || bounds.team.empty() || manifest.id.namespace_.empty()) continue;
        bool inside = false;
        for (const auto& pattern : bounds.namespaces)
          inside = inside || matches_pattern(pattern, manifest.id.namespace_);
        if (!inside) std::abort();
      }
    }
  }
  return seen;
}

}  // namespace
}  // namespace reconciled

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace reconciled;
  if (size > 64 << 10) return 0;
  const std::shared_ptr<const SourceTree> tree =
      make_memory_tree(testing::split_files({reinterpret_cast<const char*>(data), size}, "reconcile.yaml"));
  if (read_all(tree) != read_all(tree)) std::abort();
  return 0;
}
