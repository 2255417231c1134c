#include "config/change.h"

#include "tests/config/input.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace reconciled;
using namespace reconciled::test;

namespace {

std::vector<SettingChange> changes(std::string_view before, std::string_view after) {
  return diff_settings(settings_of(before), settings_of(after));
}

using Kind = SettingChange::Kind;
using Effect = SettingChange::Effect;

}  // namespace

TEST_CASE("equal settings have no changes, in whatever order lists are") {
  CHECK(changes("log: {level: warn}\n", "log: {level: warn}\n").empty());
  CHECK(changes("clusters: [{name: a}, {name: b}]\n", "clusters: [{name: b}, {name: a}]\n").empty());
  CHECK(changes("", "prune: {maxCount: 5}\n").empty());
}

TEST_CASE("each change says whether it needs a restart") {
  CHECK(changes("", "log: {level: warn, format: json}\n") ==
        std::vector<SettingChange>{{"log.level", Kind::changed, Effect::live},
                                   {"log.format", Kind::changed, Effect::restart}});
  CHECK(changes("", "installation: other\n") ==
        std::vector<SettingChange>{{"installation", Kind::changed, Effect::restart}});
}

TEST_CASE("items of lists are followed by their names") {
  CHECK(changes("sources: [{name: a, url: /a}, {name: b, url: /b}]\n",
                "sources: [{name: b, url: /b, ref: x}, {name: c, url: /c}]\n") ==
        std::vector<SettingChange>{{"sources[a]", Kind::removed, Effect::live},
                                   {"sources[b].ref", Kind::changed, Effect::live},
                                   {"sources[c]", Kind::added, Effect::live}});
  CHECK(changes("clusters: [{name: a}]\n", "clusters: [{name: a, requests: {window: 9}}]\n") ==
        std::vector<SettingChange>{{"clusters[a].requests.window", Kind::changed, Effect::restart}});
}

TEST_CASE("a changed secret is a change without its value") {
  CHECK(changes("credentials: [{urlPrefix: https://h, token: abc}]\n",
                "credentials: [{urlPrefix: https://h, token: abd}]\n") ==
        std::vector<SettingChange>{{"credentials[https://h].token", Kind::changed, Effect::live}});
}

TEST_CASE("every secret is told to the log") {
  const auto settings = settings_of(
      "sources: [{name: a, url: https://h/a, auth: {token: one-secret}}]\n"
      "credentials: [{urlPrefix: https://h, username: u, password: two-secret}, {urlPrefix: https://i, tokenFile: "
      "/t}]\n");
  CHECK(secrets_of(settings) == std::vector<std::string_view>{"one-secret", "two-secret"});
}
