#include "base/budget.h"
#include "ports/memory_tree.h"
#include "tests/support/odd_tree.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

std::shared_ptr<const SourceTree> memory(std::map<std::string, std::string> files) {
  return make_memory_tree(std::move(files));
}

std::vector<std::string> names(const Result<std::vector<TreeEntry>>& entries) {
  REQUIRE(entries);
  std::vector<std::string> result;
  for (const auto& entry : *entries) result.push_back(entry.name + (entry.kind == TreeEntry::Kind::folder ? "/" : ""));
  return result;
}

std::vector<std::string> walk(const SourceTree& tree, std::string_view path = "") {
  std::vector<std::string> paths;
  Budget budget;
  REQUIRE(walk_tree(tree, path, budget, [&](const std::string& found, const TreeEntry&) -> Status {
    paths.push_back(found);
    return {};
  }));
  return paths;
}

using Names = std::vector<std::string>;

TEST_CASE("paths are made plain, and those that leave the tree are refused") {
  CHECK(normalise_path("a/b").value() == "a/b");
  CHECK(normalise_path("./a//b/").value() == "a/b");
  CHECK(normalise_path("").value().empty());
  CHECK(normalise_path(".").value().empty());
  CHECK(normalise_path("a/..b/...").value() == "a/..b/...");
  for (const std::string path :
       {"../a", "a/../b", "/etc/passwd", "a/.git/config", ".GIT", "git~1", "a\nb", "a\\b", "a\x7f"}) {
    CAPTURE(path);
    const auto result = normalise_path(path);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::policy);
  }
  CHECK_FALSE(normalise_path(std::string(256, 'a')));
  CHECK(normalise_path(std::string(255, 'a')));
  CHECK_FALSE(normalise_path(std::string(5000, '/')));
  CHECK(format_error(normalise_path("/a").error()) ==
        "the path \"/a\" is absolute (write it relative to the repository)");
  CHECK(format_error(normalise_path("a/../../b").error()) == "the path \"a/../../b\" goes above its root");
}

TEST_CASE("joining adds a slash only between two names") {
  CHECK(join_path("a", "b") == "a/b");
  CHECK(join_path("", "b") == "b");
  CHECK(join_path("a", "") == "a");
}

TEST_CASE("a memory tree lists, reads and knows what is where") {
  const auto tree = memory({{"a/b/c.txt", "C"}, {"a/d.txt", "D"}, {"a.txt", "A"}, {"ab/x", "X"}});
  CHECK(names(tree->list("")) == Names{"a/", "a.txt", "ab/"});
  CHECK(names(tree->list("a")) == Names{"b/", "d.txt"});
  CHECK(tree->read("a/b/c.txt", 10).value() == "C");
  CHECK(tree->read("a/absent", 10).value() == std::nullopt);
  CHECK(tree->stat("a").value()->kind == TreeEntry::Kind::folder);
  CHECK(tree->stat("a/d.txt").value()->size == 1);
  CHECK(tree->stat("a/nothing").value() == std::nullopt);
  CHECK(tree->stat("").value()->kind == TreeEntry::Kind::folder);
}

TEST_CASE("a memory tree refuses what any tree refuses") {
  const auto tree = memory({{"a/b", "12345"}});
  CHECK(tree->list("absent").error().kind == ErrorKind::source_missing);
  CHECK_FALSE(tree->list("a/b"));
  CHECK_FALSE(tree->read("a", 10));
  CHECK(tree->read("a/b", 4).error().kind == ErrorKind::limit);
  CHECK(tree->read("../a/b", 10).error().kind == ErrorKind::policy);
  CHECK(names(memory({})->list("")).empty());
}

TEST_CASE("ids follow content: of a file, of a folder, of everything") {
  const auto one = memory({{"a/x", "1"}, {"b/x", "1"}});
  const auto other = memory({{"a/x", "1"}, {"b/x", "2"}});
  CHECK(one->id("a").value() == one->id("b").value());
  CHECK(one->id("a").value() == other->id("a").value());
  CHECK(one->id("b").value() != other->id("b").value());
  CHECK(one->id("").value() != other->id("").value());
  CHECK(one->id("absent").value().empty());
  CHECK(one->id("a/x").value() == other->id("a/x").value());
}

TEST_CASE("walking visits files in name order, and enters no link and no submodule") {
  const testing::OddTree tree({{"b/2", ""}, {"b/1", ""}, {"a", ""}, {"c/d/e", ""}},
                              {{"b/link", TreeEntry::Kind::symlink}, {"sub", TreeEntry::Kind::submodule}});
  CHECK(walk(tree) == Names{"a", "b/1", "b/2", "b/link", "c/d/e", "sub"});
  CHECK(walk(tree, "c") == Names{"c/d/e"});
}

TEST_CASE("walking stops at the first error and at the limits") {
  const auto tree = memory({{"a", ""}, {"b", ""}, {"c/d/e/f", ""}});
  Budget budget;
  int visits = 0;
  const auto status = walk_tree(*tree, "", budget, [&](const std::string&, const TreeEntry&) -> Status {
    ++visits;
    return fail(ErrorKind::render, "enough");
  });
  REQUIRE_FALSE(status);
  CHECK(visits == 1);
  const auto nothing = [](const std::string&, const TreeEntry&) -> Status { return {}; };
  Budget shallow(Limits{.steps = 1'000, .bytes = 1'000, .depth = 2, .time = std::chrono::seconds(30)});
  CHECK(walk_tree(*tree, "", shallow, nothing).error().kind == ErrorKind::limit);
  Budget few(Limits{.steps = 2, .bytes = 1'000, .depth = 64, .time = std::chrono::seconds(30)});
  CHECK(walk_tree(*tree, "", few, nothing).error().kind == ErrorKind::limit);
}

TEST_CASE("an overlay replaces and adds, in folders of both") {
  const auto tree = make_overlay_tree(memory({{"a", "base"}, {"b", "base"}, {"f/x", "base"}}),
                                      memory({{"b", "over"}, {"f/y", "over"}, {"g/z", "over"}}));
  CHECK(names(tree->list("")) == Names{"a", "b", "f/", "g/"});
  CHECK(names(tree->list("f")) == Names{"x", "y"});
  CHECK(tree->read("a", 10).value() == "base");
  CHECK(tree->read("b", 10).value() == "over");
  CHECK(tree->read("absent", 10).value() == std::nullopt);
  CHECK(tree->list("absent").error().kind == ErrorKind::source_missing);
  CHECK(walk(*tree) == Names{"a", "b", "f/x", "f/y", "g/z"});
}

TEST_CASE("an overlay's id is the base's where it adds nothing, and another where it does") {
  const auto base = memory({{"a", "1"}, {"f/x", "1"}});
  const auto with = [&](std::map<std::string, std::string> files, std::string_view path) {
    return make_overlay_tree(base, memory(std::move(files)))->id(path).value();
  };
  CHECK(with({{"f/y", "1"}}, "a") == base->id("a").value());
  CHECK(with({{"f/y", "1"}}, "f") != base->id("f").value());
  CHECK(with({{"f/y", "1"}}, "f") != with({{"f/y", "2"}}, "f"));
}

TEST_CASE("a file of the overlay hides a folder of the base, and the other way round") {
  const auto file_over_folder = make_overlay_tree(memory({{"a/x", "base"}}), memory({{"a", "over"}}));
  CHECK(file_over_folder->read("a", 10).value() == "over");
  CHECK(walk(*file_over_folder) == Names{"a"});
  const auto folder_over_file = make_overlay_tree(memory({{"a", "base"}}), memory({{"a/x", "over"}}));
  CHECK(walk(*folder_over_file) == Names{"a/x"});
}

TEST_CASE("a subtree is a tree of its own that nothing leaves") {
  const auto tree = memory({{"a/b/c", "1"}, {"a/d", "2"}, {"e", "3"}});
  const auto sub = make_subtree(tree, "a");
  CHECK(names(sub->list("")) == Names{"b/", "d"});
  CHECK(sub->read("b/c", 10).value() == "1");
  CHECK(sub->read("../e", 10).error().kind == ErrorKind::policy);
  CHECK(sub->read("b/../../e", 10).error().kind == ErrorKind::policy);
  CHECK(sub->id("").value() == tree->id("a").value());
  CHECK(walk(*sub) == Names{"b/c", "d"});
}

TEST_CASE("the subtree of an absent folder is empty") {
  const auto sub = make_subtree(memory({{"a", "1"}}), "absent");
  CHECK(names(sub->list("")).empty());
  CHECK(sub->read("x", 10).value() == std::nullopt);
  CHECK(sub->id("").value().empty());
  CHECK(sub->list("deeper").error().kind == ErrorKind::source_missing);
}

}  // namespace
}  // namespace reconciled
