#include "stacks/path_patterns.h"

#include "stacks/load.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

bool named(std::string_view patterns, std::string_view path, PathKind kind = PathKind::file,
           std::string_view base = "") {
  PathPatterns list;
  REQUIRE(list.add_file(base, patterns, ".sourceignore"));
  Budget budget;
  return list.matches(path, kind, budget).value();
}

TEST_CASE("patterns mean what they mean in .gitignore") {
  struct Row {
    std::string_view patterns;
    std::string_view path;
    PathKind kind;
    bool expected;
  };
  const auto file = PathKind::file;
  const auto folder = PathKind::folder;
  // Every row was compared with `git check-ignore`.
  for (const Row& row : std::initializer_list<Row>{
           {"*.md", "README.md", file, true},
           {"*.md", "a/b/README.md", file, true},
           {"*.md", "README.mdx", file, false},
           {"/*.md", "a/README.md", file, false},
           {"/*.md", "README.md", file, true},
           {"docs/", "docs", file, false},
           {"docs/", "docs", folder, true},
           {"docs/", "a/docs/x.yaml", file, true},
           {"a/docs", "b/a/docs", file, false},
           {"**/a/docs", "b/a/docs", file, true},
           {"a/**/z", "a/z", file, true},
           {"a/**/z", "a/b/c/z", file, true},
           {"a/**", "a", folder, false},
           {"a/**", "a/b", file, true},
           {"a/*", "a/b/c", file, true},
           {"a/*.yaml", "a/b/c.yaml", file, false},
           {"*\n!keep.yaml", "keep.yaml", file, false},
           {"*\n!keep.yaml", "other.yaml", file, true},
           {"a/\n!a/keep.yaml", "a/keep.yaml", file, true},
           {"# no\n\n  \n", "# no", file, false},
           {"\\#file", "#file", file, true},
           {"\\!file", "!file", file, true},
           {"x[0-9].yaml", "x7.yaml", file, true},
           {"x[!0-9].yaml", "x7.yaml", file, false},
           {"x[]a].yaml", "x].yaml", file, true},
           {"x?.yaml", "x.yaml", file, false},
           {"x?.yaml", "xy.yaml", file, true},
           {"trailing   ", "trailing", file, true},
           {"kept\\ ", "kept ", file, true},
           {"windows.yaml\r", "windows.yaml", file, true},
           {"a*b*c", "aXXbYYc", file, true},
           {"a*b*c", "aXXbYY", file, false},
           {"foo/**/**/bar", "foo/bar", file, true},
       }) {
    CAPTURE(row.patterns);
    CAPTURE(row.path);
    CHECK(named(row.patterns, row.path, row.kind) == row.expected);
  }
}

TEST_CASE("patterns of a folder are about what lies in it") {
  CHECK(named("*.yaml", "apps/shop/x.yaml", PathKind::file, "apps/shop"));
  CHECK_FALSE(named("*.yaml", "apps/pay/x.yaml", PathKind::file, "apps/shop"));
  CHECK_FALSE(named("/x.yaml", "apps/shop/deep/x.yaml", PathKind::file, "apps/shop"));
  CHECK_FALSE(named("*", "apps/shop", PathKind::folder, "apps/shop"));
}

TEST_CASE("a pattern that was made to be slow is quick") {
  PathPatterns list;
  std::string pattern;
  for (int i = 0; i < 300; ++i) pattern += "*a";
  REQUIRE(list.add_file("", pattern + "b", ".sourceignore"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "**/a/";
  REQUIRE(list.add_file("", deep + "b", ".sourceignore"));
  Budget budget;
  std::string path;
  for (int i = 0; i < 200; ++i) path += "a/";
  const auto before = monotonic_now();
  CHECK_FALSE(list.matches(path + std::string(255, 'a'), PathKind::file, budget).value());
  CHECK(monotonic_now() - before < std::chrono::seconds(2));
}

TEST_CASE("too long patterns, too many patterns and doubled slashes are named") {
  PathPatterns list;
  CHECK(list.add_file("", "ok\n" + std::string(1025, 'x'), ".sourceignore").error().where.line == 2);
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += "x\n";
  CHECK(PathPatterns().add_file("", many, ".sourceignore").error().kind == ErrorKind::limit);
  CHECK(format_error(PathPatterns().add_file("", "a//b", "x/.sourceignore").error()) ==
        "x/.sourceignore:1: the pattern has an empty name between two slashes");
  CHECK_FALSE(PathPatterns().add_pattern("", "", {}));
  CHECK_FALSE(PathPatterns().add_pattern("", "!x", {}));
}

TEST_CASE("a star in a simple pattern stands for any run of characters") {
  CHECK(matches_pattern("shop-*", "shop-dev"));
  CHECK(matches_pattern("*", ""));
  CHECK(matches_pattern("a*b*", "axxb"));
  CHECK_FALSE(matches_pattern("shop-*", "shop"));
  CHECK_FALSE(matches_pattern("", "x"));
  CHECK(matches_pattern("", ""));
  CHECK_FALSE(matches_pattern("a*b", "ab-c"));
}

}  // namespace
}  // namespace reconciled
