// What goes wrong has a name, a documented exit code, deletes nothing and stops nothing else.
#include "base/file.h"
#include "tests/cluster/acceptance/scene.h"
#include "tests/support/git_servers.h"

#include <filesystem>
#include <random>
#include <thread>

namespace reconciled {
namespace {

using nlohmann::json;
using Names = std::vector<std::string>;

constexpr std::string_view k_stack = "apiVersion: reconcile/v1\nkind: Stack\n";

/// A stack that worked, beside the one that a test breaks.
void write_good(const Scene& scene, std::string_view value = "1") {
  scene.write_config_map("applications/good/good.yaml", value);
}

TEST_CASE("exit code 2: a context that the kubeconfig does not have, a flag that does not exist, wrong settings") {
  Scene scene("code2");
  write_good(scene);
  const Outcome context = scene.sync({"--context", "nowhere"});
  CHECK_MESSAGE(context.code == 2, context.text());
  CHECK(context.says("nowhere"));
  const Outcome flag = scene.sync({"--no-such-flag"});
  CHECK_MESSAGE(flag.code == 2, flag.text());
  check_ok(write_file_atomically(scene.folder() + "/broken.kubeconfig", "apiVersion: v1\nkind: Config\nclusters: 7\n"));
  const Outcome kubeconfig = scene.sync({"--kubeconfig", scene.folder() + "/broken.kubeconfig"});
  CHECK_MESSAGE(kubeconfig.code == 2, kubeconfig.text());
  CHECK(kubeconfig.says("broken.kubeconfig"));
  scene.settings("clutsers: []\n");
  const Outcome settings = scene.sync();
  CHECK_MESSAGE(settings.code == 2, settings.text());
  CHECK(settings.says("settings.yaml:4:1"));
  CHECK(settings.says("clusters"));
  CHECK(scene.config_maps() == "");
}

TEST_CASE("exit code 3: a Git server that does not answer, a ref and a repository that are not there") {
  Scene scene("code3");
  write_good(scene);
  scene.commit("first");
  const std::string port = std::to_string(free_port());
  const Outcome unreachable =
      scene.run({"sync", "-C", "https://127.0.0.1:" + port + "/fleet.git", "--fetch-timeout", "3s"});
  CHECK_MESSAGE(unreachable.code == 3, unreachable.text());
  CHECK(unreachable.says("127.0.0.1:" + port));
  const Outcome ref = scene.run({"sync", "-C", scene.repository().file_url(), "--ref", "no-such-branch"});
  CHECK_MESSAGE(ref.code == 3, ref.text());
  CHECK(ref.says("no-such-branch"));
  const Outcome repository = scene.run({"sync", "-C", "file://" + scene.folder() + "/nothing"});
  CHECK_MESSAGE(repository.code == 3, repository.text());
  const Outcome works = scene.run({"sync", "-C", scene.repository().file_url(), "--ref", "main"});
  CHECK_MESSAGE(works.code == 0, works.text());
  CHECK(scene.config_maps() == "good");
}

TEST_CASE("exit code 4: broken content stops its stack, and nothing is deleted anywhere") {
  Scene scene("code4");
  write_good(scene);
  scene.write_config_map("applications/good/leaves.yaml", "1");
  scene.write_config_map("applications/bad/bad.yaml", "1");
  scene.commit("first");
  REQUIRE(scene.sync().code == 0);
  const auto bad = scene.identity(config_map_path("bad"));

  scene.write("applications/bad/bad.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [}\n");
  write_good(scene, "2");
  scene.remove("applications/good/leaves.yaml");
  const Outcome run = scene.sync();
  CHECK_MESSAGE(run.code == 4, run.text());
  CHECK_MESSAGE(run.says("applications/bad/bad.yaml:3:"), run.text());
  CHECK(scene.config_map("good")["data"]["v"] == "2");
  CHECK(scene.identity(config_map_path("bad")) == bad);
  // What left one stack may have moved into the one that cannot be read.
  CHECK(scene.config_maps() == "bad good leaves");
  const Outcome plan = scene.plan();
  CHECK_MESSAGE(plan.code == 4, plan.text());

  scene.write("reconcile.yaml",
              "apiVersion: reconcile/v1\nkind: Repository\nlayers: {applications: {after: [nothing]}}\n");
  const Outcome root = scene.sync();
  CHECK_MESSAGE(root.code == 4, root.text());
  CHECK_MESSAGE(root.says("reconcile.yaml:3:"), root.text());
  scene.remove("reconcile.yaml");
  scene.write_config_map("applications/bad/bad.yaml", "1");
  const Outcome mended = scene.sync();
  CHECK_MESSAGE(mended.code == 0, mended.text());
  CHECK(scene.config_maps() == "bad good");
}

TEST_CASE("exit code 5: an API server that does not answer, a token it does not know, rights that are missing") {
  Scene scene("code5");
  write_good(scene);
  scene.settings("timeouts: {request: 2s}\n");
  const std::string server = "https://127.0.0.1:" + std::to_string(free_port());
  const std::string kubeconfig =
      "apiVersion: v1\nkind: Config\ncurrent-context: a\nclusters: [{name: a, cluster: {server: \"" + server +
      "\"}}]\nusers: [{name: a, user: {token: t}}]\n" + "contexts: [{name: a, context: {cluster: a, user: a}}]\n";
  check_ok(write_file_atomically(scene.folder() + "/nobody-there", kubeconfig));
  const Outcome unreachable = scene.sync({"--kubeconfig", scene.folder() + "/nobody-there"});
  CHECK_MESSAGE(unreachable.code == 5, unreachable.text());
  CHECK_MESSAGE(unreachable.says("127.0.0.1"), unreachable.text());
  const std::string wrong = take(scene.plane().write_kubeconfig("wrong-token", "this-token-is-not-known"));
  const Outcome unauthorized = scene.sync({"--kubeconfig", wrong});
  CHECK_MESSAGE(unauthorized.code == 5, unauthorized.text());
  CHECK_FALSE(unauthorized.says("this-token-is-not-known"));
  const Outcome forbidden = scene.sync({"--kubeconfig", scene.plane().kubeconfig(TestUser::nobody)});
  CHECK_MESSAGE(forbidden.code == 5, forbidden.text());
  CHECK(scene.config_maps() == "");
}

TEST_CASE("exit code 5 or 6: a reader cannot sync, is told so, and changes nothing") {
  Scene scene("reader");
  write_good(scene);
  const Outcome run = scene.sync({"--kubeconfig", scene.plane().kubeconfig(TestUser::reader)});
  CHECK_MESSAGE((run.code == 5 || run.code == 6), run.text());
  CHECK_MESSAGE(run.says("forbidden"), run.text());
  CHECK(scene.config_maps() == "");
}

TEST_CASE("exit code 6: an object that the API server refuses is named; other stacks go on and nothing is pruned") {
  Scene scene("code6");
  write_good(scene);
  scene.write_config_map("applications/bad/leaves.yaml", "1");
  scene.write_config_map("applications/bad/stays.yaml", "1");
  REQUIRE(scene.sync().code == 0);
  scene.remove("applications/bad/leaves.yaml");
  scene.write("applications/bad/refused.yaml",
              "apiVersion: v1\nkind: Service\nmetadata: {name: refused, namespace: $NS}\n"
              "spec: {ports: [{port: 99999}]}\n");
  write_good(scene, "2");
  const Outcome run = scene.sync();
  CHECK_MESSAGE(run.code == 6, run.text());
  const json refused = run.object("Service/" + scene.space() + "/refused");
  REQUIRE_MESSAGE(refused.is_object(), run.text());
  CHECK(refused["outcome"] == "failed");
  CHECK(refused["error"].get<std::string>().find("spec.ports[0].port") != std::string::npos);
  CHECK(scene.config_map("good")["data"]["v"] == "2");
  CHECK(scene.config_maps() == "good leaves stays");
  scene.remove("applications/bad/refused.yaml");
  CHECK(scene.sync().code == 0);
  CHECK(scene.config_maps() == "good stays");
}

TEST_CASE("exit code 7: a Deployment that does not become ready in time is named, and stops only what waits for it") {
  Scene scene("code7");
  write_good(scene);
  scene.write("platform/slow/slow.yaml", R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: slow, namespace: $NS}
spec:
  selector: {matchLabels: {app: slow}}
  template:
    metadata: {labels: {app: slow}}
    spec: {containers: [{name: slow, image: "slow:1"}]}
)");
  scene.write_config_map("platform/beside/beside.yaml", "1");
  const Outcome run = scene.sync({"--timeout", "2s"});
  CHECK_MESSAGE(run.code == 7, run.text());
  CHECK_MESSAGE(run.says("slow"), run.text());
  CHECK_MESSAGE(scene.config_maps() == "beside", "applications come after platform");
  const json good = run.stack("applications/good");
  CHECK_MESSAGE(good["blockedBy"].dump().find("platform/slow") != std::string::npos, good.dump(1));
  const Outcome impatient = scene.sync({"--no-wait"});
  CHECK_MESSAGE(impatient.code == 0, impatient.text());
  CHECK(scene.config_maps() == "beside good");
}

TEST_CASE("exit code 8: an environment that the settings do not name is refused") {
  Scene scene("code8");
  write_good(scene);
  scene.settings("environments: [{name: prod}]\n");
  const Outcome run = scene.sync();
  CHECK_MESSAGE(run.code == 8, run.text());
  CHECK(run.says("default"));
  CHECK(scene.config_maps() == "");
}

TEST_CASE("exit code 8: another cluster than the settings name gets no prunes") {
  Scene scene("other-cluster");
  for (const auto* name : {"a", "b", "c"})
    scene.write_config_map("applications/shop/" + std::string(name) + ".yaml", "1");
  REQUIRE(scene.sync().code == 0);
  scene.remove("applications/shop/c.yaml");
  scene.settings("clusters: [{name: here, uid: 01234567-89ab-cdef-0123-456789abcdef}]\n");
  for (const auto& more : {Names{}, Names{"--prune", "applications/shop"}}) {
    const Outcome run = scene.sync(more);
    CHECK_MESSAGE(run.code == 8, run.text());
    CHECK_MESSAGE(run.says("another cluster"), run.text());
    CHECK(scene.config_maps() == "a b c");
  }
}

TEST_CASE("two stacks that claim one object: the first keeps it, the other is told") {
  Scene scene("claim");
  scene.write_config_map("applications/first/shared.yaml", "first");
  REQUIRE(scene.sync().code == 0);
  const auto shared = scene.identity(config_map_path("shared"));
  scene.write_config_map("applications/second/shared.yaml", "second");
  scene.write_config_map("applications/second/own.yaml", "1");
  write_good(scene);
  const Outcome run = scene.sync();
  CHECK_MESSAGE(run.code == 8, run.text());
  CHECK_MESSAGE(run.says("applications/first wants it, too"), run.text());
  CHECK(scene.identity(config_map_path("shared")) == shared);
  CHECK(scene.config_maps() == "good own shared");
  // With --adopt the other one is not taken from either.
  CHECK(scene.sync({"--adopt", "applications/second"}).code == 8);
  CHECK(scene.identity(config_map_path("shared")) == shared);
  scene.remove("applications/first/shared.yaml");
  scene.write("applications/first/stack.yaml", k_stack);
  const Outcome moved = scene.sync();
  CHECK_MESSAGE(moved.code == 0, moved.text());
  CHECK(scene.identity(config_map_path("shared")).uid == shared.uid);
  CHECK(scene.config_map("shared")["data"]["v"] == "second");
}

TEST_CASE("a team's stack that reaches beyond its bounds stops whole, and nothing else stops") {
  Scene scene("bounds");
  const std::string elsewhere = take(scene.plane().make_namespace("elsewhere"));
  scene.write("reconcile.yaml",
              "apiVersion: reconcile/v1\nkind: Repository\nlayers: {applications: {namespace: $NS}}\n"
              "teams: {shop: {stacks: [applications/shop], namespaces: [$NS]}}\n");
  scene.write_config_map("applications/shop/a.yaml", "1");
  scene.write_config_map("applications/shop/leaves.yaml", "1");
  write_good(scene);
  const Outcome first = scene.sync();
  REQUIRE_MESSAGE(first.code == 0, first.text());

  const auto check_stopped = [&](std::string_view named) {
    const Outcome run = scene.sync();
    CHECK_MESSAGE(run.code == 4, run.text());
    CHECK_MESSAGE(run.says(named), run.text());
    CHECK(scene.config_map("good")["data"]["v"] == "2");
    CHECK(scene.config_map("a")["data"]["v"] == "1");
    CHECK(scene.config_maps() == "a good leaves");
  };
  write_good(scene, "2");
  scene.write_config_map("applications/shop/a.yaml", "2");
  scene.remove("applications/shop/leaves.yaml");
  SUBCASE("another namespace") {
    scene.write("applications/shop/beyond.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: beyond, namespace: " + elsewhere + "}\n");
    check_stopped(elsewhere);
    CHECK(scene.live("/api/v1/namespaces/" + elsewhere + "/configmaps/beyond").is_null());
  }
  SUBCASE("a kind of the whole cluster") {
    scene.write(
        "applications/shop/beyond.yaml",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: $NS-beyond}\nrules: []\n");
    check_stopped("ClusterRole");
    CHECK(scene.live("/apis/rbac.authorization.k8s.io/v1/clusterroles/$NS-beyond").is_null());
  }
  SUBCASE("a stack.yaml that widens them") {
    scene.write("applications/shop/stack.yaml", std::string(k_stack) + "namespaces: [\"*\"]\n");
    check_stopped("stack.yaml:3:1");
  }
}

TEST_CASE("a team whose service account has no rights is told so; others go on, nothing is deleted") {
  Scene scene("team");
  scene.write("reconcile.yaml",
              "apiVersion: reconcile/v1\nkind: Repository\nlayers: {applications: {namespace: $NS}}\n"
              "teams: {shop: {stacks: [applications/shop], namespaces: [$NS], serviceAccount: shop}}\n");
  scene.write_config_map("applications/shop/a.yaml", "1");
  scene.write_config_map("applications/shop/leaves.yaml", "1");
  write_good(scene);
  scene.make("/api/v1/namespaces/$NS/serviceaccounts", R"({"metadata":{"name":"shop"}})");
  const std::string roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/$NS/";
  scene.make(roles + "roles",
             R"({"metadata":{"name":"shop"},"rules":[{"apiGroups":[""],"resources":["configmaps"],"verbs":["*"]}]})");
  const std::string binding = R"({"metadata":{"name":"shop"},
    "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"shop"},
    "subjects":[{"kind":"ServiceAccount","name":"shop","namespace":"$NS"}]})";
  scene.make(roles + "rolebindings", binding);
  const Outcome allowed = scene.sync();
  REQUIRE_MESSAGE(allowed.code == 0, allowed.text());
  CHECK(scene.config_maps() == "a good leaves");

  write_good(scene, "2");
  scene.remove("applications/shop/leaves.yaml");
  SUBCASE("for a kind of the stack") {
    scene.write("applications/shop/role.yaml",
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: more}\nrules: []\n");
    const Outcome run = scene.sync();
    CHECK_MESSAGE((run.code == 5 || run.code == 6 || run.code == 8), run.text());
    CHECK_MESSAGE(run.says("forbidden"), run.text());
    CHECK(scene.live(roles + "roles/more").is_null());
  }
  SUBCASE("for anything") {
    scene.erase(roles + "rolebindings/shop");
    const Outcome run = scene.sync();
    CHECK_MESSAGE((run.code == 5 || run.code == 6 || run.code == 8), run.text());
    CHECK_MESSAGE(run.says("forbidden"), run.text());
    CHECK(scene.config_maps() == "a good leaves");
    const Outcome plan = scene.plan();
    CHECK_MESSAGE(plan.code != 0, plan.text());
    scene.make(roles + "rolebindings", binding);
    const Outcome again = scene.sync();
    CHECK_MESSAGE(again.code == 0, again.text());
    CHECK(scene.config_maps() == "a good");
  }
  CHECK(scene.config_map("good")["data"]["v"] == "2");
}

TEST_CASE("a CRD that was removed leaves its custom resources held and everything else going") {
  Scene scene("crd");
  const std::string group = scene.space() + ".example.com";
  const std::string crd = R"({"metadata":{"name":"things.)" + group + R"("},"spec":{"group":")" + group +
                          R"(","scope":"Namespaced","names":{"kind":"Thing","plural":"things"},"versions":[{"name":"v1",
    "served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object",
    "x-kubernetes-preserve-unknown-fields":true}}}]}})";
  const std::string crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const auto write_thing = [&](std::string_view value) {
    scene.write("applications/things/thing.yaml",
                "apiVersion: " + group +
                    "/v1\nkind: Thing\nmetadata: {name: one, namespace: $NS}\nspec: {v: " + std::string(value) + "}\n");
  };
  scene.write("infrastructure/kinds/crd.json",
              R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",)" + crd.substr(1));
  write_thing("1");
  scene.write_config_map("applications/things/beside.yaml", "1");
  write_good(scene);
  const Outcome plan = scene.plan();
  CHECK_MESSAGE(plan.code == 1, plan.text());
  CHECK_MESSAGE(plan.says("after "), plan.text());
  const Outcome first = scene.sync();
  REQUIRE_MESSAGE(first.code == 0, first.text());
  const std::string thing = "/apis/" + group + "/v1/namespaces/$NS/things/one";
  CHECK(scene.live(thing).is_object());

  // Its removal from the repository is held: what it holds would go with it.
  const std::string text = take(read_file(scene.repository().folder() + "/infrastructure/kinds/crd.json"));
  scene.remove("infrastructure/kinds/crd.json");
  scene.write("infrastructure/kinds/stack.yaml", k_stack);
  const Outcome held = scene.sync();
  CHECK_MESSAGE(held.code == 8, held.text());
  CHECK(scene.live(thing).is_object());

  // Somebody deletes it in the cluster, and with it the custom resource.
  scene.erase(crds + "/things." + group);
  for (int i = 0; i < 100 && scene.live(crds + "/things." + group).is_object(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  write_good(scene, "2");
  write_thing("2");
  const Outcome gone = scene.sync();
  CHECK_MESSAGE(gone.code == 8, gone.text());
  CHECK_MESSAGE(gone.says("serves no kind Thing"), gone.text());
  CHECK(scene.config_map("good")["data"]["v"] == "2");
  CHECK(scene.config_maps() == "beside good");

  // It comes back in the repository, and the custom resource with it.
  scene.write("infrastructure/kinds/crd.json", text);
  const Outcome back = scene.sync();
  CHECK_MESSAGE(back.code == 0, back.text());
  CHECK(scene.live(thing)["spec"]["v"] == 2);
}

TEST_CASE("a disk that is full is named, as trouble of this machine") {
  Scene scene("disk");
  write_good(scene);
  std::string noise(3 << 20, '\0');
  std::minstd_rand random(7);
  for (char& c : noise) c = static_cast<char>('a' + random() % 26);
  check_ok(scene.repository().write("applications/good/noise.bin", noise));
  scene.commit("large");
  const auto server = take(HttpsGitServer::start());
  check_ok(scene.repository().push_to(server->root() + "/fleet.git"));
  scene.settings("credentials: [{urlPrefix: \"" + server->url("git", "") + "\", caFile: \"" + server->ca_file() +
                 "\"}]\n");
  std::filesystem::create_directory(scene.folder() + "/cache");
  // A file system of 1 MiB in a mount namespace of its own: nothing to clean up.
  const std::string script = "mount -t tmpfs -o size=1m none cache && exec \"$@\"";
  const Outcome run = scene.run({"-rm", "sh", "-c", script, "sh", RECONCILE_PROGRAM, "sync", "--cache",
                                 scene.folder() + "/cache", "-C", server->url("git", "fleet.git")},
                                "unshare");
  CHECK_MESSAGE(run.code == 1, run.text());
  CHECK_MESSAGE(run.says("the disk of the cache folder is full"), run.text());
  CHECK(scene.config_maps() == "");
}

}  // namespace
}  // namespace reconciled
