// From a commit to the cluster: over HTTPS and SSH, and through every kind of change.
#include "base/file.h"
#include "tests/cluster/acceptance/scene.h"
#include "tests/support/git_servers.h"

namespace reconciled {
namespace {

using nlohmann::json;

void write_shop(const Scene& scene, std::string_view value) {
  scene.write("applications/shop/shop.yaml", R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: $NS}
spec:
  replicas: 0
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: shop, image: "shop:1"}]}
)");
  scene.write_config_map("applications/shop/settings.yaml", value);
  scene.write_config_map("platform/base/base.yaml", value);
}

/// The commit that the program reports, and what it did to the settings.
void check_followed(const Scene& scene, const Outcome& run, const std::string& commit, const std::string& value) {
  REQUIRE_MESSAGE(run.code == 0, run.text());
  CHECK(run.report["source"]["revision"] == commit);
  CHECK(scene.config_map("settings")["data"]["v"] == value);
  CHECK(scene.config_map("base")["data"]["v"] == value);
  CHECK(scene.live("/apis/apps/v1/namespaces/$NS/deployments/shop").is_object());
}

TEST_CASE("sync follows a repository that nginx serves over HTTPS with an authority of its own and a token") {
  Scene scene("https");
  const auto server = take(HttpsGitServer::start());
  write_shop(scene, "1");
  std::string commit = scene.commit("first");
  const std::string bare = server->root() + "/fleet.git";
  check_ok(scene.repository().push_to(bare));
  check_ok(write_file_atomically(scene.folder() + "/token", server->password() + "\n"));
  const std::string url = server->url("basic", "fleet.git");
  scene.settings("sources:\n  - {name: fleet, url: \"" + url +
                 "\", ref: main, auth: {username: bob, tokenFile: token, caFile: \"" + server->ca_file() + "\"}}\n");
  check_followed(scene, scene.run({"sync", "-o", "json"}), commit, "1");

  write_shop(scene, "2");
  commit = scene.commit("second");
  check_ok(scene.repository().push_to(bare));
  const Outcome second = scene.run({"sync", "-o", "json", "-C", "fleet"});
  check_followed(scene, second, commit, "2");
  CHECK(second.object("Deployment/" + scene.space() + "/shop")["action"] == "keep");

  SUBCASE("a wrong token is exit code 3 and changes nothing") {
    check_ok(write_file_atomically(scene.folder() + "/token", "wrong-token-value\n"));
    const Outcome refused = scene.run({"sync"});
    CHECK_MESSAGE(refused.code == 3, refused.text());
    CHECK_FALSE(refused.says("wrong-token-value"));
  }
  SUBCASE("the password of basic authentication serves as well") {
    scene.settings("sources:\n  - {name: fleet, url: \"" + url +
                   "\", auth: {username: bob, password: \"${env:GIT_PASSWORD}\", caFile: \"" + server->ca_file() +
                   "\"}}\n");
    check_followed(scene, scene.run({"sync", "-o", "json"}, RECONCILE_PROGRAM, {{"GIT_PASSWORD", server->password()}}),
                   commit, "2");
  }
  SUBCASE("a server of another authority is not believed") {
    scene.settings("sources:\n  - {name: fleet, url: \"" + url +
                   "\", auth: {username: bob, tokenFile: token, caFile: \"" + server->other_ca_file() + "\"}}\n");
    const Outcome refused = scene.run({"sync"});
    CHECK_MESSAGE(refused.code == 3, refused.text());
    CHECK(refused.says("certificate"));
  }
}

TEST_CASE("sync follows a repository that sshd serves, with its host key known") {
  Scene scene("ssh");
  const auto server = take(SshGitServer::start());
  write_shop(scene, "1");
  std::string commit = scene.commit("first");
  const std::string bare = server->root() + "/fleet.git";
  check_ok(scene.repository().push_to(bare));
  const auto settings_with = [&](const std::string& known_hosts) {
    return "sources:\n  - {name: fleet, url: \"" + server->url("fleet.git") + "\", ref: main, auth: {sshKeyFile: \"" +
           server->key_file() + "\", knownHostsFile: \"" + known_hosts + "\"}}\n";
  };
  scene.settings(settings_with(server->known_hosts_file()));
  check_followed(scene, scene.run({"sync", "-o", "json"}), commit, "1");

  write_shop(scene, "2");
  commit = scene.commit("second");
  check_ok(scene.repository().push_to(bare));
  check_followed(scene, scene.run({"sync", "-o", "json"}), commit, "2");

  for (const auto& hosts : {server->wrong_known_hosts_file(), server->empty_known_hosts_file()}) {
    scene.settings(settings_with(hosts));
    const Outcome refused = scene.run({"sync"});
    CHECK_MESSAGE(refused.code == 3, refused.text());
    CHECK_MESSAGE(refused.says("host key"), refused.text());
  }
}

TEST_CASE("a commit that changes, adds, moves and removes files is followed exactly") {
  Scene scene("follow");
  scene.write("reconcile.yaml", "apiVersion: reconcile/v1\nkind: Repository\n");
  for (const auto* name : {"changed", "moved", "moved-inside", "removed", "same"})
    scene.write_config_map("applications/one/" + std::string(name) + ".yaml", "1");
  scene.write_config_map("applications/two/two.yaml", "1");
  scene.commit("first");
  const Outcome first = scene.sync();
  REQUIRE_MESSAGE(first.code == 0, first.text());
  CHECK(scene.config_maps() == "changed moved moved-inside removed same two");
  const auto moved = scene.identity(config_map_path("moved"));
  const auto moved_inside = scene.identity(config_map_path("moved-inside"));
  const auto changed = scene.identity(config_map_path("changed"));
  const auto same = scene.identity(config_map_path("same"));

  scene.write_config_map("applications/one/changed.yaml", "2");
  scene.write_config_map("applications/one/added.yaml", "1");
  take(scene.repository().git({"mv", "applications/one/moved.yaml", "applications/two/moved.yaml"}));
  scene.write_config_map("applications/one/deep/er/moved-inside.yaml", "1");
  scene.remove("applications/one/moved-inside.yaml");
  scene.remove("applications/one/removed.yaml");
  scene.commit("second");
  const Outcome plan = scene.plan();
  CHECK_MESSAGE(plan.code == 1, plan.text());
  const Outcome second = scene.sync();
  REQUIRE_MESSAGE(second.code == 0, second.text());
  CHECK(scene.config_maps() == "added changed moved moved-inside same two");
  CHECK(scene.config_map("changed")["data"]["v"] == "2");
  CHECK(scene.identity(config_map_path("changed")).uid == changed.uid);
  CHECK(scene.identity(config_map_path("moved")).uid == moved.uid);
  CHECK(scene.identity(config_map_path("moved-inside")) == moved_inside);
  CHECK(scene.identity(config_map_path("same")) == same);
  const Outcome again = scene.plan();
  CHECK_MESSAGE(again.code == 0, again.text());

  // What moved belongs to the other stack now: leaving that one removes it.
  scene.remove("applications/two/moved.yaml");
  scene.commit("third");
  const Outcome third = scene.sync();
  CHECK_MESSAGE(third.code == 0, third.text());
  CHECK(scene.config_maps() == "added changed moved-inside same two");
}

TEST_CASE("an object that moves to another stack and back is followed each time, with its changes") {
  Scene scene("move");
  scene.write_config_map("applications/one/one.yaml", "1");
  scene.write_config_map("applications/two/two.yaml", "1");
  std::string uid;
  for (int round = 0; round < 4; ++round) {
    const std::string value = std::to_string(round % 2);
    const std::string from = round % 2 == 0 ? "two" : "one";
    const std::string to = round % 2 == 0 ? "one" : "two";
    if (round != 0) scene.remove("applications/" + from + "/moved.yaml");
    scene.write_config_map("applications/" + to + "/moved.yaml", value);
    const Outcome run = scene.sync();
    REQUIRE_MESSAGE(run.code == 0, run.text());
    const json moved = scene.config_map("moved");
    REQUIRE(moved.is_object());
    CHECK_MESSAGE(moved["data"]["v"] == value, run.text());
    if (round == 0) uid = moved["metadata"]["uid"];
    CHECK(moved["metadata"]["uid"] == uid);
  }
}

TEST_CASE(
    "a new value of a Secret is followed, and a value that somebody changed is repaired, without showing either") {
  Scene scene("secret");
  const auto write_secret = [&](std::string_view value) {
    scene.write("applications/shop/secret.yaml",
                "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: $NS}\nstringData: {password: " +
                    std::string(value) + "}\n");
  };
  const auto password = [&] { return scene.live("/api/v1/namespaces/$NS/secrets/login")["data"]["password"]; };
  write_secret("first-value");
  REQUIRE(scene.sync().code == 0);
  write_secret("second-value");
  for (const auto& mode : {"server", "local"}) {
    const Outcome plan = scene.plan({"--diff-mode", mode});
    CHECK_MESSAGE(plan.code == 1, plan.text());
    CHECK(plan.object("Secret/" + scene.space() + "/login")["cause"] == "git-ahead");
    CHECK_FALSE(plan.says("-value"));
  }
  const Outcome second = scene.sync();
  CHECK_MESSAGE(second.code == 0, second.text());
  CHECK_FALSE(second.says("-value"));
  CHECK(password() == "c2Vjb25kLXZhbHVl");
  scene.patch("/api/v1/namespaces/$NS/secrets/login", R"({"stringData":{"password":"third-value"}})");
  const Outcome plan = scene.plan();
  CHECK_MESSAGE(plan.code == 1, plan.text());
  CHECK(plan.object("Secret/" + scene.space() + "/login")["cause"] == "manual");
  CHECK_FALSE(plan.says("dGhpcmQtdmFsdWU"));
  const Outcome third = scene.sync();
  CHECK_MESSAGE(third.code == 0, third.text());
  CHECK(password() == "c2Vjb25kLXZhbHVl");
  CHECK(scene.plan().code == 0);
}

TEST_CASE("an empty render is held until a person confirms it") {
  Scene scene("empty");
  scene.write_config_map("applications/shop/a.yaml", "1");
  scene.write_config_map("applications/shop/b.yaml", "1");
  scene.write_config_map("applications/other/other.yaml", "1");
  scene.write("applications/shop/stack.yaml", "apiVersion: reconcile/v1\nkind: Stack\n");
  scene.commit("first");
  REQUIRE(scene.sync().code == 0);
  scene.remove("applications/shop/a.yaml");
  scene.remove("applications/shop/b.yaml");
  scene.write_config_map("applications/other/other.yaml", "2");
  scene.commit("empty");
  const Outcome held = scene.sync();
  CHECK_MESSAGE(held.code == 8, held.text());
  CHECK(scene.config_maps() == "a b other");
  CHECK(scene.config_map("other")["data"]["v"] == "2");
  CHECK(held.object("ConfigMap/" + scene.space() + "/a")["action"] == "hold");

  SUBCASE("another stack's confirmation is none") {
    CHECK(scene.sync({"--prune", "applications/other"}).code == 8);
    CHECK(scene.config_maps() == "a b other");
  }
  SUBCASE("--prune of the stack releases it") {
    const Outcome released = scene.sync({"--prune", "applications/shop"});
    CHECK_MESSAGE(released.code == 0, released.text());
    CHECK(scene.config_maps() == "other");
    CHECK(scene.sync().code == 0);
  }
  SUBCASE("a stack that vanishes whole is held the same way") {
    scene.remove("applications/shop/stack.yaml");
    scene.commit("vanished");
    const Outcome vanished = scene.sync();
    CHECK_MESSAGE(vanished.code == 8, vanished.text());
    CHECK(scene.config_maps() == "a b other");
    const Outcome released = scene.sync({"--prune", "applications/shop"});
    CHECK_MESSAGE(released.code == 0, released.text());
    CHECK(scene.config_maps() == "other");
  }
  SUBCASE("files that come back end the hold") {
    scene.write_config_map("applications/shop/a.yaml", "1");
    scene.write_config_map("applications/shop/b.yaml", "1");
    scene.commit("back");
    CHECK(scene.sync().code == 0);
    CHECK(scene.config_maps() == "a b other");
  }
}

}  // namespace
}  // namespace reconciled
