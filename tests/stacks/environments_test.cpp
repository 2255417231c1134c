// Environments by folder, by branch and by repository.
#include "ports/memory_tree.h"
#include "stacks/load.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

constexpr std::string_view k_head = "apiVersion: reconcile/v1\nkind: Repository\n";
constexpr std::string_view k_manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

Repository load(const SourceTree& tree) {
  Budget budget;
  auto repository = load_repository(tree, budget);
  REQUIRE_MESSAGE(repository, format_error(repository.error()));
  return *repository;
}

TEST_CASE("an environment that is not there is named with the nearest one") {
  const auto tree =
      make_memory_tree({{"reconcile.yaml", std::string(k_head) + "environments: {staging: {}, production: {}}\n"}});
  Budget budget;
  const auto graph = load_stacks(load(*tree), "prodution", *tree, budget);
  REQUIRE_FALSE(graph);
  CHECK(
      format_error(graph.error()) ==
      "there is no environment \"prodution\", did you mean \"production\"? (the repository has: staging, production)");
}

TEST_CASE("the root file of the environment's own branch rules") {
  const auto main = make_memory_tree(
      {{"reconcile.yaml", std::string(k_head) + "layers: {apps: {}}\nenvironments: {prod: {ref: production}}\n"}});
  const auto branch = make_memory_tree(
      {{"reconcile.yaml",
        std::string(k_head) + "layers: {apps: {namespace: older}}\nenvironments: {prod: {ref: production}}\n"},
       {"apps/a/x.yaml", std::string(k_manifest)}});
  Budget budget;
  const auto ruling = load_environment_repository(load(*main), "prod", *branch, budget);
  REQUIRE(ruling);
  const auto graph = load_stacks(*ruling, "prod", *branch, budget);
  REQUIRE(graph);
  REQUIRE(graph->stacks.size() == 1);
  CHECK(graph->stacks[0].namespace_ == "older");
}

TEST_CASE("a repository of its own without a root file is ruled by the root repository's") {
  const auto main = make_memory_tree(
      {{"reconcile.yaml",
        std::string(k_head) +
            "layers: {apps: {}}\nenvironments: {prod: {source: {repository: \"https://example.com/prod.git\"}}}\n"
            "teams: {blue: {stacks: [apps/*], namespaces: [blue]}}\n"}});
  const auto own = make_memory_tree({{"apps/a/x.yaml", std::string(k_manifest)}});
  Budget budget;
  const auto ruling = load_environment_repository(load(*main), "prod", *own, budget);
  REQUIRE(ruling);
  const auto graph = load_stacks(*ruling, "prod", *own, budget);
  REQUIRE(graph);
  CHECK(graph->stacks.empty());  // the namespace "default" is not the team's
  REQUIRE(graph->broken.size() == 1);
  CHECK(graph->broken[0].error.kind == ErrorKind::policy);
}

TEST_CASE("a root file that forgets its own environment is refused") {
  const auto main =
      make_memory_tree({{"reconcile.yaml", std::string(k_head) + "environments: {prod: {ref: production}}\n"}});
  const auto branch = make_memory_tree({{"reconcile.yaml", std::string(k_head) + "environments: {prd: {}}\n"}});
  Budget budget;
  const auto ruling = load_environment_repository(load(*main), "prod", *branch, budget);
  REQUIRE_FALSE(ruling);
  CHECK(format_error(ruling.error()) ==
        "reconcile.yaml: the root file of the environment's own tree does not define \"prod\", did you mean \"prd\"? "
        "(add it below \"environments\" at this ref: the root file of the environment's own "
        "ref is the one that rules)");
}

TEST_CASE("folders below environments/ are the environments of a repository that names none") {
  const auto tree = make_memory_tree({{"applications/a/x.yaml", std::string(k_manifest)},
                                      {"environments/dev/applications/a/x.yaml", ""},
                                      {"environments/prod/README", ""}});
  const auto repository = load(*tree);
  REQUIRE(repository.environments.size() == 2);
  CHECK(repository.environments[0].name == "dev");
  CHECK(repository.environments[1].name == "prod");
}

}  // namespace
}  // namespace reconciled
