#include "config/credentials.h"

#include "tests/config/input.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::test;

namespace {

constexpr std::string_view k_settings = R"(
sources:
  - {name: own, url: "https://git.example/team/own.git", auth: {username: source, token: abc}}
  - {name: bare, url: "https://git.example/team/bare.git"}
credentials:
  - {urlPrefix: "https://git.example", username: host, token: abc}
  - {urlPrefix: "https://git.example/team/", username: team, token: abc}
  - {urlPrefix: "https://git.example:8443", username: port, token: abc}
  - {urlPrefix: "ssh://git@ssh.example/team", username: ssh, sshKeyFile: /k}
)";

std::string user_for(std::string_view url) {
  const auto settings = settings_of(k_settings);
  const AuthSettings* auth = find_auth(settings, url);
  return auth == nullptr ? "" : auth->username;
}

}  // namespace

TEST_CASE("a source's own credentials come first, then the longest prefix") {
  CHECK(user_for("https://git.example/team/own.git") == "source");
  CHECK(user_for("https://git.example/team/bare.git") == "team");
  CHECK(user_for("https://git.example/team") == "team");
  CHECK(user_for("https://git.example/other/x") == "host");
  CHECK(user_for("https://GIT.example:443/other/x") == "host");
  CHECK(user_for("https://git.example:8443/team/x") == "port");
}

TEST_CASE("a prefix ends at a segment, a host and a port") {
  CHECK(user_for("https://git.example/team2/x") == "host");
  CHECK(user_for("https://git.example.evil.test/team/x") == "");
  CHECK(user_for("https://git.example@evil.test/team/x") == "");
  CHECK(user_for("https://git.example:444/team/x") == "");
  CHECK(user_for("http://git.example/team/x") == "");
  CHECK(user_for("https://evil.test/https://git.example/team") == "");
  CHECK(user_for("https://git.example/team/../admin/x") == "host");
  CHECK(user_for("https://git.example/team/%2e%2e/admin") == "host");
  CHECK(user_for("file:///git.example/team") == "");
  CHECK(user_for("nonsense") == "");
}

TEST_CASE("the short form of ssh is a URL like any other") {
  CHECK(user_for("git@ssh.example:team/x.git") == "ssh");
  CHECK(user_for("ssh://other@ssh.example:22/team/x.git") == "ssh");
  CHECK(user_for("git@ssh.example:other/x.git") == "");
}
