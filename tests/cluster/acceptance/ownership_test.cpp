// What belongs to others: objects of kubectl's, replicas under an autoscaler, edits by hand, and everything foreign.
#include "tests/cluster/acceptance/scene.h"

namespace reconciled {
namespace {

using nlohmann::json;

constexpr std::string_view k_deployment_path = "/apis/apps/v1/namespaces/$NS/deployments/web";

std::string deployment(int replicas) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: $NS}\nspec:\n  replicas: " +
         std::to_string(replicas) + R"(
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"}]}
)";
}

constexpr std::string_view k_autoscaler = R"({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
  "metadata": {"name": "web", "namespace": "$NS"},
  "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
           "minReplicas": 1, "maxReplicas": 9}})";

void scale(const Scene& scene, int replicas, std::string_view manager) {
  scene.patch(std::string(k_deployment_path) + "/scale", R"({"spec":{"replicas":)" + std::to_string(replicas) + "}}",
              manager);
}

int replicas(const Scene& scene) {
  return scene.live(k_deployment_path)["spec"]["replicas"];
}

/// The change of one field in a report's entry; null when there is none.
json change_of(const json& object, std::string_view pointer) {
  if (!object.is_object()) return {};
  for (const json& change : object.at("changes")) {
    if (change.at("path") == pointer) return change;
  }
  return {};
}

TEST_CASE("an object of kubectl's is adopted only when asked, and the report names managers and fields") {
  Scene scene("adopt");
  scene.make("/api/v1/namespaces/$NS/configmaps", R"({"metadata":{"name":"shared"},"data":{"v":"theirs","other":"1"}})",
             "kubectl-create");
  const auto before = scene.identity(config_map_path("shared"));
  scene.write_config_map("applications/shop/shared.yaml", "ours");
  scene.write_config_map("applications/shop/own.yaml", "1");
  scene.commit("first");

  const Outcome plan = scene.plan();
  CHECK_MESSAGE(plan.code == 1, plan.text());
  const json entry = plan.object("ConfigMap/" + scene.space() + "/shared");
  REQUIRE_MESSAGE(entry.is_object(), plan.text());
  CHECK(entry["action"] == "hold");
  CHECK(entry["held"] == "adopt");
  CHECK(entry["reason"].get<std::string>().find("kubectl-create") != std::string::npos);
  const json change = change_of(entry, "/data/v");
  REQUIRE_MESSAGE(change.is_object(), entry.dump(1));
  CHECK(change["manager"] == "kubectl-create");
  CHECK(change["live"] == "theirs");
  CHECK(change["desired"] == "ours");

  const Outcome held = scene.sync();
  CHECK_MESSAGE(held.code == 8, held.text());
  CHECK(scene.identity(config_map_path("shared")) == before);
  CHECK(scene.config_maps() == "own shared");
  CHECK_MESSAGE(scene.sync({"--adopt", "applications/other"}).code == 8, "another stack's name adopts nothing");
  CHECK(scene.identity(config_map_path("shared")) == before);

  const Outcome adopted = scene.sync({"--adopt", "applications/shop"});
  REQUIRE_MESSAGE(adopted.code == 0, adopted.text());
  const json live = scene.config_map("shared");
  CHECK(live["data"]["v"] == "ours");
  CHECK_MESSAGE(live["data"]["other"] == "1", "what the repository does not name stays theirs");
  CHECK(live["metadata"]["uid"] == before.uid);
  const Outcome again = scene.plan();
  CHECK_MESSAGE(again.code == 0, again.text());

  // From now on it is ours: it goes when its file goes.
  scene.remove("applications/shop/shared.yaml");
  scene.commit("second");
  CHECK(scene.sync().code == 0);
  CHECK(scene.config_maps() == "own");
}

TEST_CASE("an object that is held leaves the repository without being deleted") {
  Scene scene("held");
  scene.make("/api/v1/namespaces/$NS/configmaps", R"({"metadata":{"name":"theirs"},"data":{"v":"1"}})");
  const auto before = scene.identity(config_map_path("theirs"));
  scene.write_config_map("applications/shop/theirs.yaml", "1");  // equal, and not ours even so
  scene.write_config_map("applications/shop/own.yaml", "1");
  CHECK(scene.sync().code == 8);
  scene.remove("applications/shop/theirs.yaml");
  const Outcome run = scene.sync();
  CHECK_MESSAGE(run.code == 0, run.text());
  CHECK(scene.identity(config_map_path("theirs")) == before);
}

TEST_CASE("a Deployment that an autoscaler of the repository scaled is not reset") {
  Scene scene("hpa-git");
  scene.write("applications/web/deployment.yaml", deployment(2));
  scene.write("applications/web/autoscaler.json", k_autoscaler);
  const Outcome first = scene.sync({"--no-wait"});
  REQUIRE_MESSAGE(first.code == 0, first.text());
  CHECK(replicas(scene) == 2);
  scale(scene, 5, "kube-controller-manager");
  const Outcome plan = scene.plan();
  CHECK_MESSAGE(plan.code == 0, plan.text());
  const Outcome second = scene.sync({"--no-wait"});
  CHECK_MESSAGE(second.code == 0, second.text());
  CHECK(replicas(scene) == 5);

  // A commit that changes something else still leaves the replicas alone.
  std::string changed = deployment(2);
  changed.replace(changed.find("web:1"), 5, "web:2");
  scene.write("applications/web/deployment.yaml", changed);
  const Outcome third = scene.sync({"--no-wait"});
  CHECK_MESSAGE(third.code == 0, third.text());
  CHECK(replicas(scene) == 5);
  CHECK(scene.live(k_deployment_path)["spec"]["template"]["spec"]["containers"][0]["image"] == "web:2");
  const Outcome again = scene.plan();
  CHECK_MESSAGE(again.code == 0, again.text());
}

TEST_CASE("a Deployment under an autoscaler that only the cluster has is not reset") {
  Scene scene("hpa-live");
  scene.write("applications/web/deployment.yaml", deployment(2));
  REQUIRE(scene.sync({"--no-wait"}).code == 0);
  scene.make("/apis/autoscaling/v2/namespaces/$NS/horizontalpodautoscalers", k_autoscaler);
  for (const auto& mode : {"server", "local"}) {
    const Outcome quiet = scene.plan({"--diff-mode", mode});
    CHECK_MESSAGE(quiet.code == 0, quiet.text());
  }
  scale(scene, 5, "kube-controller-manager");
  for (const auto& mode : {"server", "local"}) {
    const Outcome plan = scene.plan({"--diff-mode", mode});
    CHECK_MESSAGE(plan.code == 0, plan.text());
  }
  const Outcome second = scene.sync({"--no-wait"});
  CHECK_MESSAGE(second.code == 0, second.text());
  CHECK(replicas(scene) == 5);
  std::string changed = deployment(2);
  changed.replace(changed.find("web:1"), 5, "web:2");
  scene.write("applications/web/deployment.yaml", changed);
  const Outcome third = scene.sync({"--no-wait"});
  CHECK_MESSAGE(third.code == 0, third.text());
  CHECK(replicas(scene) == 5);
  CHECK(scene.live(k_deployment_path)["spec"]["template"]["spec"]["containers"][0]["image"] == "web:2");
}

TEST_CASE("edits by hand are reported with manager and time, and repaired") {
  Scene scene("drift");
  scene.write("applications/web/deployment.yaml", deployment(1));
  scene.write_config_map("applications/web/edited.yaml", "1");
  scene.write_config_map("applications/web/deleted.yaml", "1");
  scene.write("applications/web/role.yaml",
              "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader, namespace: $NS}\n"
              "rules: [{apiGroups: [\"\"], resources: [configmaps], verbs: [get]}]\n");
  scene.commit("first");
  REQUIRE(scene.sync({"--no-wait"}).code == 0);
  scene.patch(config_map_path("edited"), R"({"data":{"v":"by hand"}})", "kubectl-edit");
  scale(scene, 4, "kubectl");
  scene.patch("/apis/rbac.authorization.k8s.io/v1/namespaces/$NS/roles/reader",
              R"({"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]})", "kubectl-patch");
  scene.erase(config_map_path("deleted"));

  for (const auto& mode : {"server", "local"}) {
    const Outcome plan = scene.plan({"--diff-mode", mode});
    CHECK_MESSAGE(plan.code == 1, plan.text());
    const json edited = change_of(plan.object("ConfigMap/" + scene.space() + "/edited"), "/data/v");
    REQUIRE_MESSAGE(edited.is_object(), plan.text());
    CHECK(edited["manager"] == "kubectl-edit");
    CHECK(edited["time"].get<std::string>().starts_with("20"));
    CHECK(edited["live"] == "by hand");
    const json scaled = change_of(plan.object("Deployment/" + scene.space() + "/web"), "/spec/replicas");
    REQUIRE_MESSAGE(scaled.is_object(), plan.text());
    CHECK(scaled["manager"] == "kubectl");
    CHECK_MESSAGE(scaled["time"].is_null(), "Kubernetes records no time for writes through the subresource scale");
    const json role = plan.object("Role/" + scene.space() + "/reader");
    CHECK_MESSAGE(role["cause"] == "manual", role.dump(1));
    CHECK(role.dump().find("kubectl-patch") != std::string::npos);
    CHECK(plan.object("ConfigMap/" + scene.space() + "/deleted")["cause"] == "missing");
  }
  const Outcome repaired = scene.sync({"--no-wait"});
  REQUIRE_MESSAGE(repaired.code == 0, repaired.text());
  CHECK(scene.config_map("edited")["data"]["v"] == "1");
  CHECK(replicas(scene) == 1);
  CHECK(scene.live("/apis/rbac.authorization.k8s.io/v1/namespaces/$NS/roles/reader")["rules"][0]["verbs"] ==
        json{"get"});
  CHECK(scene.config_maps() == "deleted edited");
  const Outcome again = scene.plan();
  CHECK_MESSAGE(again.code == 0, again.text());
}

TEST_CASE("fields that others add to our objects, and objects of others, are never touched") {
  Scene scene("foreign");
  scene.make(
      "/api/v1/namespaces/$NS/configmaps",
      R"({"metadata":{"name":"foreign","labels":{"app.kubernetes.io/managed-by":"reconciled"}},"data":{"v":"1"}})");
  scene.make("/api/v1/namespaces/$NS/secrets", R"({"metadata":{"name":"foreign"},"stringData":{"v":"1"}})");
  scene.make("/apis/rbac.authorization.k8s.io/v1/namespaces/$NS/roles",
             R"({"metadata":{"name":"foreign"},"rules":[]})");
  const std::vector<std::string> paths{config_map_path("foreign"), "/api/v1/namespaces/$NS/secrets/foreign",
                                       "/apis/rbac.authorization.k8s.io/v1/namespaces/$NS/roles/foreign",
                                       "/api/v1/namespaces/$NS"};
  std::vector<LiveIdentity> before;
  for (const auto& path : paths) before.push_back(scene.identity(path));
  for (const auto* name : {"a", "b", "c", "d", "e"})
    scene.write_config_map("applications/shop/" + std::string(name) + ".yaml", "1");
  REQUIRE(scene.sync().code == 0);
  scene.patch(config_map_path("a"), R"({"data":{"extra":"theirs"},"metadata":{"labels":{"theirs":"1"}}})", "someone");
  const auto extended = scene.identity(config_map_path("a"));
  for (const auto* name : {"b", "c", "d"}) scene.remove("applications/shop/" + std::string(name) + ".yaml");
  const Outcome pruned = scene.sync();
  REQUIRE_MESSAGE(pruned.code == 0, pruned.text());
  CHECK(scene.identity(config_map_path("a")) == extended);
  scene.write_config_map("applications/shop/a.yaml", "2");
  REQUIRE(scene.sync().code == 0);
  const json changed = scene.config_map("a");
  CHECK(changed["data"] == json{{"v", "2"}, {"extra", "theirs"}});
  CHECK(changed["metadata"]["labels"]["theirs"] == "1");
  scene.remove("applications/shop/a.yaml");
  scene.remove("applications/shop/e.yaml");
  REQUIRE(scene.sync({"--prune", "applications/shop"}).code == 0);
  CHECK(scene.config_maps() == "foreign");
  for (std::size_t i = 0; i < paths.size(); ++i) CHECK_MESSAGE(scene.identity(paths[i]) == before[i], paths[i]);
}

TEST_CASE("an object that somebody made anew under the name of ours is not deleted") {
  Scene scene("remade");
  scene.write_config_map("applications/shop/kept.yaml", "1");
  scene.write_config_map("applications/shop/remade.yaml", "1");
  REQUIRE(scene.sync().code == 0);
  scene.erase(config_map_path("remade"));
  scene.make("/api/v1/namespaces/$NS/configmaps", R"({"metadata":{"name":"remade"},"data":{"v":"theirs"}})");
  const auto theirs = scene.identity(config_map_path("remade"));
  CHECK(scene.sync().code == 8);
  CHECK(scene.identity(config_map_path("remade")) == theirs);
  scene.remove("applications/shop/remade.yaml");
  const Outcome run = scene.sync();
  CHECK_MESSAGE(run.code == 0, run.text());
  CHECK(scene.identity(config_map_path("remade")) == theirs);
}

}  // namespace
}  // namespace reconciled
