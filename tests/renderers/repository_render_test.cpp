// From a repository to manifests: the pure part of the chain over the demo repository.
#include "stacks/load.h"
#include "tests/renderers/render_stack.h"
#include "tests/support/case_folders.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

/// id -> the file that it comes from, of every stack of one environment whose files are in the repository.
std::map<std::string, std::string> render_environment(const std::shared_ptr<const SourceTree>& tree,
                                                      std::string_view environment) {
  Budget budget;
  const auto repository = load_repository(*tree, budget);
  REQUIRE(repository);
  const auto graph = load_stacks(*repository, environment, *tree, budget);
  REQUIRE(graph);
  CHECK(graph->broken.empty());
  std::map<std::string, std::string> found;
  for (const auto& stack : graph->stacks) {
    if (!stack.source.url.empty()) continue;
    InputSet inputs;
    inputs.stack = stack;
    inputs.overlay = make_subtree(tree, stack.overlay_path);
    inputs.files = make_overlay_tree(make_subtree(tree, stack.path), inputs.overlay);
    inputs.files_origin = stack.path;
    inputs.overlay_origin = stack.overlay_path;
    auto set = testing::render(inputs);
    REQUIRE_MESSAGE(set, format_error(set.error()));
    const auto status = resolve_scopes(*set, stack, nullptr, {});
    REQUIRE_MESSAGE(status, format_error(status.error()));
    for (const auto& manifest : set->manifests)
      found[stack.id.path() + " " + encode_id(manifest.id)] = manifest.origin.file;
  }
  return found;
}

TEST_CASE("the demo repository renders in all three environments") {
  for (const auto& folder : testing::load_case_folders("stacks")) {
    if (folder.name != "demo") continue;
    const std::shared_ptr<const SourceTree> tree = make_memory_tree(folder.files);
    using Found = std::map<std::string, std::string>;
    CHECK(render_environment(tree, "dev") ==
          Found{{"applications/shop /ConfigMap/shop-dev/shop", "applications/shop/cm.yaml"},
                {"applications/shop-search /ConfigMap/shop-search-dev/search", "applications/shop-search/cm.yaml"}});
    const auto prod = render_environment(tree, "prod");
    CHECK(prod.size() == 9);
    CHECK(prod.at("applications/shop /ConfigMap/shop-prod/only-in-prod") ==
          "environments/prod/applications/shop/extra.yaml");
    CHECK(prod.at("platform/vault /ConfigMap/platform/vault") == "platform/vault/cm.yaml");
    const auto staging = render_environment(tree, "staging");
    CHECK(staging.size() == 9);
    CHECK(staging.contains("platform/load-generator /ConfigMap/platform/load"));
    return;
  }
  FAIL("there is no case demo");
}

}  // namespace
}  // namespace reconciled
