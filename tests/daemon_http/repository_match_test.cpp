#include "daemon/http/repository_match.h"

#include <doctest/doctest.h>

using namespace reconciled;

TEST_CASE("all ways to write one repository are one") {
  const std::vector<std::string> same{
      "https://git.example.com/Team/fleet.git",   "https://git.example.com/team/fleet",
      "https://git.example.com/team/fleet/",      "https://git.example.com:443/team/fleet.git",
      "http://git.example.com:80/team/fleet",     "https://user:pass@GIT.example.com/team/fleet.git",
      "ssh://git@git.example.com/team/fleet.git", "ssh://git@git.example.com:2222/team/fleet.git",
      "git@git.example.com:team/fleet.git",       "git@git.example.com:/team/fleet.git",
      "git://git.example.com/team/fleet.git",     "git+ssh://git@git.example.com/team/fleet"};
  for (const auto& a : same) {
    for (const auto& b : same) {
      CAPTURE(a);
      CAPTURE(b);
      CHECK(same_repository(a, b));
    }
  }
}

TEST_CASE("another host, path or web port is another repository") {
  const std::string ours = "https://git.example.com/team/fleet.git";
  for (const char* other : {"https://git.example.org/team/fleet.git", "https://git.example.com/team/fleet2.git",
                            "https://git.example.com/team2/fleet.git", "https://git.example.com/fleet.git",
                            "https://git.example.com/", "https://git.example.com:8443/team/fleet.git",
                            "https://git.example.com.evil/team/fleet", "https://git.example.com@evil.org/team/fleet",
                            "https://git.example.com/team/fleet.git.git", "https://git.example.com/.*/fleet",
                            "https://git.exampleXcom/team/fleet", "/team/fleet", "file:///team/fleet"}) {
    CAPTURE(other);
    CHECK_FALSE(same_repository(ours, other));
  }
  CHECK(same_repository("https://git.example.com:8443/a/b", "ssh://git@git.example.com:2222/a/b"));
  CHECK(same_repository("https://[::1]:8443/a/b", "https://[::1]:8443/a/b.git"));
  CHECK_FALSE(same_repository("https://[::1]:8443/a/b", "https://[::1]/a/b.git"));
}

TEST_CASE("folders of this machine are compared as they are written") {
  CHECK(same_repository("/srv/git/Fleet", "file:///srv/git/Fleet/"));
  CHECK_FALSE(same_repository("/srv/git/Fleet", "/srv/git/fleet"));
  CHECK_FALSE(same_repository("/srv/git/fleet.git", "/srv/git/fleet"));
}

TEST_CASE("what is no URL of a repository is nobody's") {
  for (const std::string& odd :
       {std::string(), std::string("fleet"), std::string("https://"), std::string("https:///x"), std::string("://a/b"),
        std::string("https://host"), std::string("https://host/"), std::string("a b:c"), std::string("http://h/a\nb"),
        std::string("file://host/x"), std::string("/"), std::string(":x"), "https://h/" + std::string(3000, 'a'),
        std::string(1 << 20, '/')}) {
    CAPTURE(odd.substr(0, 40));
    CHECK_FALSE(repository_key(odd).has_value());
    CHECK_FALSE(same_repository(odd, odd));
  }
  CHECK(repository_key("https://u@git.example.com:8443/A/b.git") == "git.example.com:8443/a/b");
}

TEST_CASE("a push concerns the ref it names") {
  const auto push = [](std::string ref, std::string default_branch = "main") {
    return PushNotice{{}, std::move(ref), "", std::move(default_branch)};
  };
  CHECK(ref_concerns("main", push("refs/heads/main")));
  CHECK(ref_concerns("v1", push("refs/tags/v1")));
  CHECK(ref_concerns("refs/heads/main", push("refs/heads/main")));
  CHECK(ref_concerns("refs/heads/main", push("main")));
  CHECK(ref_concerns("feature/a", push("refs/heads/feature/a")));
  CHECK_FALSE(ref_concerns("main", push("refs/heads/other")));
  CHECK_FALSE(ref_concerns("refs/heads/v1", push("refs/tags/v1")));
  CHECK_FALSE(ref_concerns("a", push("refs/heads/feature/a")));
  CHECK_FALSE(ref_concerns("ma.n", push("refs/heads/main")));
}

TEST_CASE("without a ref it is the default branch, and one that is not known may be any") {
  CHECK(ref_concerns("", {{}, "refs/heads/main", "", "main"}));
  CHECK_FALSE(ref_concerns("", {{}, "refs/heads/other", "", "main"}));
  CHECK(ref_concerns("", {{}, "refs/heads/other", "", ""}));
  CHECK(ref_concerns("main", {{}, "", "", "main"}));
}

TEST_CASE("a commit never moves") {
  CHECK_FALSE(ref_concerns(std::string(40, 'a'), {{}, "refs/heads/main", std::string(40, 'a'), ""}));
}

TEST_CASE("a push concerns a source when one of its URLs and the ref do") {
  const PushNotice push{
      {"https://github.com/acme/fleet.git", "git@github.com:acme/fleet.git"}, "refs/heads/main", "", "main"};
  CHECK(concerns(push, {"ssh://git@github.com/acme/fleet", "main"}));
  CHECK(concerns(push, {"https://github.com/acme/fleet.git", ""}));
  CHECK_FALSE(concerns(push, {"https://github.com/acme/fleet.git", "prod"}));
  CHECK_FALSE(concerns(push, {"https://github.com/acme/other.git", "main"}));
}
