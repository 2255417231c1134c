// What URLs of remote bases mean.
#include "renderers/kustomize/remote.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::kustomize;

TEST_CASE("URLs of repositories are taken apart") {
  struct Row {
    std::string_view url, clone, path, ref;
  };
  constexpr Row k_rows[] = {
      {"https://github.com/org/repo/a/b?ref=v1", "https://github.com/org/repo", "a/b", "v1"},
      {"github.com/org/repo", "https://github.com/org/repo", "", ""},
      {"GitHub.com/org/repo//a", "https://github.com/org/repo", "a", ""},
      {"git@github.com:org/repo.git/a?version=x", "git@github.com:org/repo.git", "/a", "x"},
      {"git::https://host/org/repo.git//a?ref=main&submodules=false", "https://host/org/repo.git", "a", "main"},
      {"ssh://git@host:22/org/repo/a", "ssh://git@host:22/org/repo", "a", ""},
      {"https://dev.azure.com/org/project/_git/repo/a?ref=r", "https://dev.azure.com/org/project/_git/repo", "a", "r"},
      {"file:///srv/repo//a", "file:///srv/repo", "a", ""},
      {"git@host:path/to/repo", "git@host:path/to", "repo", ""},
  };
  for (const auto& row : k_rows) {
    CAPTURE(row.url);
    const auto url = parse_repository_url(row.url);
    REQUIRE(url);
    CHECK(url->clone_url() == row.clone);
    CHECK(url->path == (row.path.starts_with('/') ? row.path.substr(1) : row.path));
    CHECK(url->ref == row.ref);
  }
  CHECK_FALSE(parse_repository_url("git::https://host/org/repo?submodules=0")->submodules);
}

TEST_CASE("paths are no URLs, and a base must stay in its repository") {
  for (const std::string_view text : {"/srv/repo", "../base", "base", "a/b/c", "https://host", "ftp://host/org/repo",
                                      "https://github.com/org/repo/../../x", ""}) {
    CAPTURE(text);
    CHECK_FALSE(parse_repository_url(text));
  }
}
