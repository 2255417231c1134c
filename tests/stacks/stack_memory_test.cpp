#include "ports/memory_tree.h"
#include "stacks/load.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

namespace reconciled {
namespace {

using Files = std::map<std::string, std::string>;

const std::string k_repository =
    "apiVersion: reconcile/v1\nkind: Repository\nlayers: {platform: {}, apps: {after: [platform]}}\n"
    "environments: {prod: {}, dev: {}}\n";
const std::string k_stack = "apiVersion: reconcile/v1\nkind: Stack\n";

/// Counts what is read of another tree; ids are free, as they are in Git.
class CountingTree final : public SourceTree {
 public:
  explicit CountingTree(const Files& files) : m_tree(make_memory_tree(files)) {}
  Result<std::vector<TreeEntry>> list(std::string_view path) const override {
    ++reads[std::string(path)];
    return m_tree->list(path);
  }
  Result<std::optional<std::string>> read(std::string_view path, std::uint64_t max_bytes) const override {
    ++reads[std::string(path)];
    return m_tree->read(path, max_bytes);
  }
  Result<std::optional<TreeEntry>> stat(std::string_view path) const override { return m_tree->stat(path); }
  Result<std::string> id(std::string_view path) const override { return m_tree->id(path); }
  mutable std::map<std::string, int> reads;

 private:
  std::unique_ptr<SourceTree> m_tree;
};

Result<StackGraph> graph_of(const SourceTree& tree, StackMemory* memory) {
  Budget budget;
  TRY_ASSIGN(const auto repository, load_repository(tree, budget));
  return load_stacks(repository, "prod", tree, budget, memory);
}

Files some_files() {
  return {{"reconcile.yaml", k_repository},
          {"apps/web/a.yaml", "a"},
          {"apps/pay/stack.yaml", k_stack + "dependsOn: [platform/vault]\n"},
          {"apps/pay/a.yaml", "a"},
          {"platform/vault/a.yaml", "a"},
          {"environments/prod/apps/web/stack.yaml", k_stack + "namespace: web\n"}};
}

TEST_CASE("folders that did not change are not read again") {
  StackMemory memory;
  Files files = some_files();
  const auto first = graph_of(CountingTree(files), &memory);
  REQUIRE(first);
  CHECK(first->stacks.size() == 3);
  const CountingTree same(files);
  CHECK(graph_of(same, &memory).value() == *first);
  for (const char* path : {"apps/web", "apps/pay", "apps/pay/stack.yaml", "platform/vault",
                           "environments/prod/apps/web", "environments/prod/apps/web/stack.yaml"}) {
    CAPTURE(path);
    CHECK_FALSE(same.reads.contains(path));
  }
  files["apps/pay/stack.yaml"] = k_stack + "namespace: money\n";
  const CountingTree changed(files);
  const auto second = graph_of(changed, &memory);
  CHECK(changed.reads["apps/pay/stack.yaml"] == 1);
  CHECK_FALSE(changed.reads.contains("platform/vault"));
  CHECK(second.value() == graph_of(CountingTree(files), nullptr).value());
}

TEST_CASE("a stack with a path elsewhere in the tree is read again when that folder changes") {
  StackMemory memory;
  Files files = some_files();
  files["apps/web/stack.yaml"] = k_stack + "source: {path: shared/web}\n";
  files["apps/web/b.yaml"] = "left over";
  files["shared/web/a.yaml"] = "a";
  const auto first = graph_of(CountingTree(files), &memory);
  REQUIRE(first);
  CHECK(first->warnings.size() == 2);
  CHECK(graph_of(CountingTree(files), &memory).value() == *first);  // with its warnings
  files["shared/web/Chart.yaml"] = "name: web\n";
  const auto chart = graph_of(CountingTree(files), &memory);
  CHECK(chart.value() == graph_of(CountingTree(files), nullptr).value());
  CHECK(chart->stacks.back().renderer == RendererKind::helm);
  files.erase("shared/web/a.yaml");
  files.erase("shared/web/Chart.yaml");
  CHECK(graph_of(CountingTree(files), &memory).value() == graph_of(CountingTree(files), nullptr).value());
}

TEST_CASE("with a memory the result is the same, whatever is edited") {
  const std::vector<std::string> paths{"reconcile.yaml",
                                       ".sourceignore",
                                       "apps/web/a.yaml",
                                       "apps/web/stack.yaml",
                                       "apps/pay/stack.yaml",
                                       "apps/pay/Chart.yaml",
                                       "platform/vault/a.yaml",
                                       "platform/vault/stack.yaml",
                                       "shared/a.yaml",
                                       "environments/prod/apps/web/stack.yaml",
                                       "environments/prod/apps/only/stack.yaml"};
  const std::vector<std::string> texts{
      "",
      "apps/pay/\n",
      "*.md\n",
      "a: 1\n",
      "broken: [",
      k_repository,
      k_repository + "defaults: {namespace: all}\n",
      k_repository + "teams: {shop: {stacks: [\"apps/*\"], namespaces: [shop]}}\n",
      k_stack,
      k_stack + "owner: shop\nnamespace: shop\n",
      k_stack + "environments: [dev]\n",
      k_stack + "dependsOn: [apps/web]\n",
      k_stack + "dependsOn: [apps/pay]\n",
      k_stack + "source: {path: shared}\n",
      k_stack + "source: {repository: \"https://git.example.com/x\", path: k8s}\n",
      k_stack + "helm: {chart: ./a}\n",
      k_stack + "suspend: true\n",
  };
  std::mt19937 random(11);
  StackMemory memory;
  Files files = some_files();
  int good = 0;
  for (int round = 0; round < 600; ++round) {
    const auto& path = paths[random() % paths.size()];
    if (random() % 3 == 0) {
      files.erase(path);
    } else {
      files[path] = texts[random() % texts.size()];
    }
    if (random() % 8 == 0) files = some_files();
    const CountingTree tree(files);
    const auto plain = graph_of(tree, nullptr);
    const auto remembered = graph_of(tree, &memory);
    REQUIRE(plain == remembered);
    good += plain.has_value() ? 1 : 0;
  }
  CHECK(good > 200);
}

}  // namespace
}  // namespace reconciled
