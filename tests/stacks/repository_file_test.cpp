#include "ports/memory_tree.h"
#include "stacks/load.h"
#include "tests/support/odd_tree.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

constexpr std::string_view k_head = "apiVersion: reconcile/v1\nkind: Repository\n";

Result<Repository> load(const std::string& text) {
  Budget budget;
  return load_repository(*make_memory_tree({{"reconcile.yaml", std::string(k_head) + text}}), budget);
}

std::vector<std::string> layer_names(const Repository& repository) {
  std::vector<std::string> names;
  for (const auto& layer : repository.layers) names.push_back(layer.name);
  return names;
}

TEST_CASE("a root file that says nothing has the six layers and one environment") {
  const auto repository = load("");
  REQUIRE(repository);
  CHECK(layer_names(*repository) == std::vector<std::string>{"bootstrap", "infrastructure", "platform", "compliance",
                                                             "observability", "applications"});
  REQUIRE(repository->environments.size() == 1);
  CHECK(repository->environments[0].name == "default");
  CHECK_FALSE(repository->from_convention);
}

TEST_CASE("no root file is the convention") {
  Budget budget;
  const auto repository = load_repository(*make_memory_tree({{"applications/a/x.yaml", ""}}), budget);
  REQUIRE(repository);
  CHECK(repository->from_convention);
  CHECK(repository->layers.size() == 6);
  CHECK(repository->teams.empty());
}

TEST_CASE("an empty tree is a repository without stacks") {
  Budget budget;
  const auto tree = make_memory_tree({});
  const auto repository = load_repository(*tree, budget);
  REQUIRE(repository);
  const auto graph = load_stacks(*repository, "default", *tree, budget);
  REQUIRE(graph);
  CHECK(graph->stacks.empty());
  CHECK(graph->broken.empty());
  REQUIRE(graph->warnings.size() == 1);
  CHECK(graph->warnings[0] ==
        "there is no stack; a stack is a folder LAYER/NAME, and the layers are bootstrap, infrastructure, platform, "
        "compliance, observability, applications");
}

TEST_CASE("environments name their cluster, their ref and their source") {
  const auto repository = load(
      "environments:\n  dev: {cluster: shared}\n  prod: {cluster: main, ref: production}\n"
      "  far: {source: {repository: git@example.com:ops/far.git, ref: refs/heads/main}}\n");
  REQUIRE(repository);
  REQUIRE(repository->environments.size() == 3);
  CHECK(repository->environments[0].cluster == "shared");
  CHECK(repository->environments[1].source == SourceRef{"", "production"});
  CHECK(repository->environments[2].source == SourceRef{"git@example.com:ops/far.git", "refs/heads/main"});
}

TEST_CASE("an error of the root file says line, column and key path") {
  const auto repository = load("layers:\n  base: {}\n  apps: {after: [base, bass]}\n");
  REQUIRE_FALSE(repository);
  CHECK(repository.error().kind == ErrorKind::render);
  CHECK(repository.error().where.file == "reconcile.yaml");
  CHECK(repository.error().where.line == 5);
  CHECK(repository.error().where.column == 24);
  CHECK(repository.error().where.key_path == "layers.apps.after[1]");
}

TEST_CASE("credentials in the root file are a matter of policy, and are never repeated") {
  for (const std::string text : {"environments: {a: {source: {repository: 'https://u:hunter2@example.com/a'}}}\n",
                                 "environments: {a: {source: {repository: 'https://example.com/a', token: hunter2}}}\n",
                                 "environments: {a: {source: {repository: 'ssh://git:hunter2@example.com/a'}}}\n",
                                 "defaults: {helm: {repository: 'https://u:hunter2@example.com/charts'}}\n"}) {
    const auto repository = load(text);
    REQUIRE_FALSE(repository);
    CHECK(repository.error().kind == ErrorKind::policy);
    CHECK(format_error(repository.error()).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a root file that is a link is refused") {
  Budget budget;
  const testing::OddTree tree({}, {{"reconcile.yaml", TreeEntry::Kind::symlink}});
  const auto repository = load_repository(tree, budget);
  REQUIRE_FALSE(repository);
  CHECK(format_error(repository.error()) ==
        "reconcile.yaml: this is not a plain file; links and folders are never followed here (put the file itself "
        "there)");
}

TEST_CASE("an alias bomb in the root file is a limit") {
  std::string text = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name <= 'k'; ++name) {
    const std::string before(1, static_cast<char>(name - 1));
    text += std::string(1, name) + ": &" + name + " [";
    for (int i = 0; i < 9; ++i) text += (i == 0 ? "*" : ", *") + before;
    text += "]\n";
  }
  const auto repository = load(text);
  REQUIRE_FALSE(repository);
  CHECK(repository.error().kind == ErrorKind::limit);
}

TEST_CASE("a spent budget is named, not a wrong answer") {
  Budget budget(Limits{.steps = 20, .bytes = 1 << 20, .depth = 64, .time = std::chrono::seconds(30)});
  const auto repository = load_repository(
      *make_memory_tree({{"reconcile.yaml", std::string(k_head) + "layers: {a: {}, b: {}, c: {}, d: {}, e: {}}\n"}}),
      budget);
  REQUIRE_FALSE(repository);
  CHECK(repository.error().kind == ErrorKind::limit);
}

}  // namespace
}  // namespace reconciled
