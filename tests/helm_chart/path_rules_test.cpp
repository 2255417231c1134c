#include "base/go_pattern.h"
#include "renderers/helm/chart/glob.h"
#include "renderers/helm/chart/ignore.h"
#include "renderers/helm/chart/manifest_split.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace reconciled;
using namespace reconciled::helm;

TEST_CASE("patterns of paths are Go's") {
  struct Row {
    const char* pattern;
    const char* path;
    bool matches;
  };
  constexpr Row k_rows[] = {
      {"abc", "abc", true},
      {"*", "abc", true},
      {"*c", "abc", true},
      {"a*", "ab/c", false},
      {"a*/b", "abc/b", true},
      {"a*/b", "a/c/b", false},
      {"a?c", "a/c", false},
      {"a[b-d]e", "ace", true},
      {"a[^b-d]e", "aze", true},
      {"[]a]", "a", false},
      {"a\\*b", "a*b", true},
      {"*x*", "axb", true},
      {"a*b*c", "aXbYc", true},
      {"ab[c]", "abc", true},
      {"a[", "a", false},
      {"*.yaml", "b.yaml", true},
      {"templates/*.yaml", "templates/a.yaml", true},
      {"", "", true},
      {"*", "", true},
  };
  for (const auto& row : k_rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.path);
    CHECK(match_path(row.pattern, row.path) == row.matches);
  }
  CHECK_FALSE(is_path_pattern("a[b"));
  CHECK_FALSE(is_path_pattern("[-]"));
  CHECK_FALSE(is_path_pattern("x\\"));
  CHECK(is_path_pattern("a[b-c]*"));
}

TEST_CASE(".helmignore names what is not part of a chart") {
  const auto ignores = [](const char* text, const char* path, PathKind kind = PathKind::file) {
    const auto rules = IgnoreRules::parse(text);
    REQUIRE(rules);
    return rules->ignores(path, kind);
  };
  CHECK(ignores("*.bak\n", "a/b.bak"));
  CHECK(ignores("\xEF\xBB\xBF*.bak\r\n", "b.bak"));
  CHECK_FALSE(ignores("# *.bak\n", "b.bak"));
  CHECK(ignores("/top.txt", "top.txt"));
  CHECK_FALSE(ignores("/top.txt", "sub/top.txt"));
  CHECK(ignores("docs/", "docs", PathKind::folder));
  CHECK_FALSE(ignores("docs/", "docs"));
  CHECK(ignores("a/*.txt", "a/b.txt"));
  CHECK_FALSE(ignores("a/*.txt", "x/a/b.txt"));
  CHECK(ignores("", "templates/.hidden"));
  CHECK_FALSE(ignores("", "templates/."));
  CHECK(ignores("!keep.txt", "other.txt"));
  CHECK_FALSE(ignores("!keep.txt", "keep.txt"));
  CHECK(ignores("!keep/", "keep"));
  CHECK(IgnoreRules::parse("a\n**/b").error().message == "double-star (**) syntax is not supported");
  CHECK(IgnoreRules::parse("a\n[").error().where.line == 2);
}

TEST_CASE("globs of files are those of gobwas") {
  const auto matches = [](const char* pattern, const char* path) {
    const auto glob = Glob::parse(pattern);
    REQUIRE(glob);
    return glob->matches(path);
  };
  CHECK(matches("files/**", "files/a/b.txt"));
  CHECK_FALSE(matches("files/*", "files/a/b.txt"));
  CHECK(matches("**.{yaml,yml}", "a/b.yml"));
  CHECK(matches("{a*,b{c,d}}", "bd"));
  CHECK(matches("[!a-c]x", "dx"));
  CHECK_FALSE(matches("[!a-c]x", "bx"));
  CHECK(matches("[abc]", "b"));
  CHECK_FALSE(matches("a?c", "a/c"));
  CHECK(matches("a\\*", "a*"));
  CHECK(matches("é?", "éü"));
  CHECK_FALSE(matches("", "a"));
  CHECK_FALSE(Glob::parse("[a"));
  CHECK_FALSE(Glob::parse("[]"));
  CHECK_FALSE(Glob::parse("[z-a]"));
  std::string bomb;
  for (int i = 0; i < 60; ++i) bomb += "**{a,b}";
  CHECK_FALSE(matches(bomb.c_str(), std::string(500, 'c').c_str()));
  CHECK_FALSE(Glob::parse(std::string(100, '{')));
}

TEST_CASE("files are cut into documents by Helm's pattern") {
  const auto split = [](const char* text) {
    std::vector<std::string> parts;
    for (const auto part : split_manifests(text)) parts.emplace_back(part);
    return parts;
  };
  using Parts = std::vector<std::string>;
  CHECK(split("a: 1\n---\nb: 2\n") == Parts{"a: 1", "b: 2"});
  CHECK(split("---\na: 1") == Parts{"a: 1"});
  CHECK(split("a\n---\n---\nb") == Parts{"a", "---\nb"});
  CHECK(split("a\n  \n---   \n\n  b") == Parts{"a", "b"});
  CHECK(split("a: |\n---x") == Parts{"a: |", "x"});
  CHECK(split("a\n --- b") == Parts{"a\n --- b"});
  CHECK(split(" \n").empty());
  CHECK(split("---").empty());
}
