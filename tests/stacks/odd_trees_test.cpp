// Links, submodules, files where folders should be, and sources that fail.
#include "stacks/load.h"
#include "tests/support/odd_tree.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

constexpr std::string_view k_manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

Result<StackGraph> load(const SourceTree& tree) {
  Budget budget;
  TRY_ASSIGN(const auto repository, load_repository(tree, budget));
  return load_stacks(repository, "default", tree, budget);
}

TEST_CASE("a stack that is a link or a submodule is broken, and the others are read") {
  const testing::OddTree tree(
      {{"applications/fine/x.yaml", std::string(k_manifest)}},
      {{"applications/link", TreeEntry::Kind::symlink}, {"applications/module", TreeEntry::Kind::submodule}});
  const auto graph = load(tree);
  REQUIRE(graph);
  CHECK(graph->stacks.size() == 1);
  REQUIRE(graph->broken.size() == 2);
  CHECK(format_error(graph->broken[0].error) ==
        "applications/link: the stack is a symbolic link; links are never followed (put the files there, or give the "
        "stack a source of its own in its stack.yaml)");
  CHECK(graph->broken[1].error.message == "the stack is a submodule; submodules are never fetched");
}

TEST_CASE("a layer that is a link is an error: its stacks must not seem to be gone") {
  const testing::OddTree tree({{"applications/fine/x.yaml", std::string(k_manifest)}},
                              {{"platform", TreeEntry::Kind::symlink}});
  const auto graph = load(tree);
  REQUIRE_FALSE(graph);
  CHECK(format_error(graph.error()) ==
        "platform: the layer \"platform\" is not a folder; links and submodules are never followed (put the folders of "
        "its stacks there, or name it in .sourceignore)");
}

TEST_CASE("a stack file that is a link is refused") {
  const testing::OddTree tree({{"applications/a/x.yaml", std::string(k_manifest)}},
                              {{"applications/a/stack.yaml", TreeEntry::Kind::symlink}});
  const auto graph = load(tree);
  REQUIRE(graph);
  REQUIRE(graph->broken.size() == 1);
  CHECK(graph->broken[0].error.where.file == "applications/a/stack.yaml");
}

TEST_CASE("the root's .sourceignore hides stacks, layers and links") {
  const testing::OddTree tree({{"applications/_template/x.yaml", std::string(k_manifest)},
                               {"applications/a/x.yaml", std::string(k_manifest)},
                               {"applications/notes/README.md", "x"},
                               {".sourceignore", "_*/\n/platform\n*.md\n"}},
                              {{"platform", TreeEntry::Kind::symlink}});
  const auto graph = load(tree);
  REQUIRE(graph);
  REQUIRE(graph->stacks.size() == 1);
  CHECK(graph->stacks[0].id.name == "a");
  CHECK(graph->broken.empty());
}

TEST_CASE("a source that fails while the tree is read is that failure, never an absence") {
  class FailingTree final : public SourceTree {
   public:
    Result<std::vector<TreeEntry>> list(std::string_view) const override {
      return fail(ErrorKind::source_transient, "the mirror is gone");
    }
    Result<std::optional<std::string>> read(std::string_view, std::uint64_t) const override {
      return fail(ErrorKind::source_transient, "the mirror is gone");
    }
    Result<std::optional<TreeEntry>> stat(std::string_view) const override {
      return fail(ErrorKind::source_transient, "the mirror is gone");
    }
    Result<std::string> id(std::string_view) const override {
      return fail(ErrorKind::source_transient, "the mirror is gone");
    }
  };
  const auto graph = load(FailingTree());
  REQUIRE_FALSE(graph);
  CHECK(graph.error().kind == ErrorKind::source_transient);
}

TEST_CASE("a huge stack file breaks its stack only") {
  const testing::OddTree tree(
      {{"applications/a/stack.yaml", std::string(2 << 20, '#')}, {"applications/b/x.yaml", std::string(k_manifest)}},
      {});
  const auto graph = load(tree);
  REQUIRE(graph);
  CHECK(graph->stacks.size() == 1);
  REQUIRE(graph->broken.size() == 1);
  CHECK(graph->broken[0].error.kind == ErrorKind::limit);
}

}  // namespace
}  // namespace reconciled
