// The comparison that only reads tells the same as the API server's dry-run, for objects of many kinds.
#include "base/file.h"
#include "tests/cluster/acceptance/scene.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>

namespace reconciled {
namespace {

using nlohmann::json;

constexpr std::string_view k_parity = "/api/v1/namespaces/parity";
constexpr std::string_view k_apps = "/apis/apps/v1/namespaces/parity";

/// The objects of testdata/parity as one plain stack. They name their namespace, so one test uses them.
std::size_t write_objects(const Scene& scene) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(RECONCILED_TESTDATA) + "/parity/objects")) {
    scene.write("applications/parity/" + entry.path().filename().string(),
                take(read_file(entry.path().string(), 1 << 20)));
    ++count;
  }
  return count;
}

/// "update apps/Deployment/parity/full replace /spec/replicas": a line a change, values aside.
std::set<std::string> changes_of(const Outcome& run) {
  std::set<std::string> lines;
  const json stack = run.stack("applications/parity");
  for (const json& object : stack.at("objects")) {
    const std::string head = object.at("action").get<std::string>() + ' ' + object.at("id").get<std::string>();
    if (object.at("action") != "keep") lines.insert(head);
    for (const json& change : object.at("changes")) {
      if (change.at("ignoredBy").is_null())
        lines.insert(head + ' ' + change.at("op").get<std::string>() + ' ' + change.at("path").get<std::string>());
    }
  }
  return lines;
}

std::string difference(const std::set<std::string>& only_in, const std::set<std::string>& other) {
  std::string text;
  for (const auto& line : only_in) {
    if (!other.contains(line)) text += "\n  " + line;
  }
  return text;
}

struct Compared {
  Outcome reader;
  Outcome server;
};

/// What the read-only service account and the API server's dry-run report; both must be the same.
Compared check_same(const Scene& scene) {
  Compared compared{scene.plan({"--kubeconfig", scene.plane().kubeconfig(TestUser::reader)}),
                    scene.plan({"--diff-mode", "server"})};
  const auto& [reader, server] = compared;
  REQUIRE_MESSAGE(reader.report.is_object(), reader.text());
  REQUIRE_MESSAGE(server.report.is_object(), server.text());
  CHECK(reader.code == server.code);
  CHECK(server.report["mode"] == "server");
  const auto by_reader = changes_of(reader);
  const auto by_server = changes_of(server);
  CHECK_MESSAGE(by_reader == by_server,
                "only by reading:" << difference(by_reader, by_server)
                                   << "\nonly by the server:" << difference(by_server, by_reader));
  return compared;
}

struct Edit {
  std::string path;
  std::string patch;    ///< a JSON patch
  std::string changed;  ///< "Kind/parity/name /pointer", or empty for fields that are nobody's in the repository
};

std::vector<Edit> make_edits() {
  const std::string core(k_parity);
  const std::string apps(k_apps);
  const auto replace = [](const std::string& pointer, const std::string& value) {
    return R"([{"op":"replace","path":")" + pointer + R"(","value":)" + value + "}]";
  };
  const auto add = [](const std::string& pointer, const std::string& value) {
    return R"([{"op":"add","path":")" + pointer + R"(","value":)" + value + "}]";
  };
  const auto drop = [](const std::string& pointer) { return R"([{"op":"remove","path":")" + pointer + R"("}])"; };
  const std::string pod = "/spec/template/spec/containers/0";
  return {
      {core + "/configmaps/data", replace("/data/number", "\"9\""), "ConfigMap/parity/data /data/number"},
      {core + "/configmaps/data", drop("/metadata/labels"), "ConfigMap/parity/data /metadata/labels"},
      {core + "/secrets/stringdata", replace("/data/kept", "\"b3RoZXI=\""), "Secret/parity/stringdata /data/kept"},
      {core + "/secrets/basic", replace("/data/password", "\"b3RoZXI=\""), "Secret/parity/basic /data/password"},
      {core + "/services/clusterip", replace("/spec/ports/0/targetPort", "8080"), ""},
      {core + "/services/clusterip", add("/spec/selector/app", "\"other\""),
       "Service/parity/clusterip /spec/selector/app"},
      {core + "/services/dns", replace("/spec/ports/1/targetPort", "5354"),
       "Service/parity/dns /spec/ports/1/targetPort"},
      {core + "/serviceaccounts/app", replace("/automountServiceAccountToken", "true"),
       "ServiceAccount/parity/app /automountServiceAccountToken"},
      {core + "/podtemplates/plain", replace("/template/spec/containers/0/image", "\"busybox:2\""),
       "PodTemplate/parity/plain /template/spec/containers/0/image"},
      {apps + "/deployments/full", replace(pod + "/image", "\"example.com/other\""),
       "apps/Deployment/parity/full " + pod + "/image"},
      {apps + "/deployments/full", replace(pod + "/resources/limits/cpu", "\"3\""),
       "apps/Deployment/parity/full " + pod + "/resources/limits/cpu"},
      {apps + "/deployments/full", replace(pod + "/env/0/value", "\"2\""),
       "apps/Deployment/parity/full " + pod + "/env/0/value"},
      {apps + "/deployments/full", replace("/spec/strategy/rollingUpdate/maxSurge", "\"25%\""),
       "apps/Deployment/parity/full /spec/strategy/rollingUpdate/maxSurge"},
      {apps + "/deployments/minimal", replace("/spec/replicas", "3"), ""},
      {apps + "/deployments/recreate", replace("/spec/replicas", "2"),
       "apps/Deployment/parity/recreate /spec/replicas"},
      {apps + "/daemonsets/agent", replace("/spec/updateStrategy/rollingUpdate/maxUnavailable", "3"),
       "apps/DaemonSet/parity/agent /spec/updateStrategy/rollingUpdate/maxUnavailable"},
      {apps + "/statefulsets/db", replace(pod + "/ports/0/name", "\"other\""),
       "apps/StatefulSet/parity/db " + pod + "/ports/0/name"},
      {"/apis/batch/v1/namespaces/parity/cronjobs/nightly", replace("/spec/schedule", "\"0 4 * * *\""),
       "batch/CronJob/parity/nightly /spec/schedule"},
      {"/apis/networking.k8s.io/v1/namespaces/parity/ingresses/rules",
       replace("/spec/rules/0/http/paths/1/path", "\"/y\""), "networking.k8s.io/Ingress/parity/rules"},
      {"/apis/networking.k8s.io/v1/namespaces/parity/networkpolicies/allow",
       replace("/spec/ingress/0/from/1/ipBlock/cidr", "\"10.0.0.0/9\""),
       "networking.k8s.io/NetworkPolicy/parity/allow"},
      {"/apis/autoscaling/v2/namespaces/parity/horizontalpodautoscalers/metrics", replace("/spec/maxReplicas", "11"),
       "autoscaling/HorizontalPodAutoscaler/parity/metrics /spec/maxReplicas"},
      {"/apis/policy/v1/namespaces/parity/poddisruptionbudgets/percent", replace("/spec/minAvailable", "2"),
       "policy/PodDisruptionBudget/parity/percent /spec/minAvailable"},
      {"/apis/rbac.authorization.k8s.io/v1/namespaces/parity/roles/app", drop("/rules/1"),
       "rbac.authorization.k8s.io/Role/parity/app /rules"},
      {"/apis/rbac.authorization.k8s.io/v1/namespaces/parity/rolebindings/app",
       add("/subjects/-", R"({"kind":"User","name":"eve","apiGroup":"rbac.authorization.k8s.io"})"),
       "rbac.authorization.k8s.io/RoleBinding/parity/app /subjects"},
      {"/api/v1/namespaces/parity-quotas/resourcequotas/hard", replace("/spec/hard/pods", "\"11\""),
       "ResourceQuota/parity-quotas/hard /spec/hard/pods"},
      {"/api/v1/namespaces/parity-quotas/limitranges/defaults", replace("/spec/limits/0/default/cpu", "\"1\""),
       "LimitRange/parity-quotas/defaults"},
      {"/apis/scheduling.k8s.io/v1/priorityclasses/parity-high", add("/description", "\"urgent\""),
       "scheduling.k8s.io/PriorityClass//parity-high /description"},
      {"/apis/storage.k8s.io/v1/storageclasses/parity", replace("/allowVolumeExpansion", "true"),
       "storage.k8s.io/StorageClass//parity /allowVolumeExpansion"},
      {"/apis/parity.example.com/v1/namespaces/parity/widgets/full", replace("/spec/parts/1/weight", "10"),
       "parity.example.com/Widget/parity/full /spec/parts/1/weight"},
      {"/apis/parity.example.com/v1/namespaces/parity/widgets/full", replace("/spec/size", "4"),
       "parity.example.com/Widget/parity/full /spec/size"},
      {"/apis/parity.example.com/v1/namespaces/parity/widgets/full", add("/spec/tags/-", "\"c\""), ""},
      {"/apis/parity.example.com/v1alpha1/gadgets/free", replace("/spec/memory", "\"1Gi\""),
       "parity.example.com/Gadget//free /spec/memory"},
      {"/apis/parity.example.com/v1alpha1/gadgets/free", replace("/spec/big", "9007199254740992"),
       "parity.example.com/Gadget//free /spec/big"},
      {"/api/v1/namespaces/parity", replace("/metadata/labels/team", "\"other\""),
       "Namespace//parity /metadata/labels/team"},
      {"/apis/coordination.k8s.io/v1/namespaces/parity/leases/parity", replace("/spec/holderIdentity", "\"b\""),
       "coordination.k8s.io/Lease/parity/parity /spec/holderIdentity"},
  };
}

/// Whether a line of changes_of names the object and a field at or below the pointer of an Edit.
bool is_reported(const std::set<std::string>& lines, const std::string& changed) {
  const auto space = changed.find(' ');
  std::string id = changed.substr(0, space);
  if (std::ranges::count(id, '/') == 2) id = "/" + id;  // of the core group
  const std::string pointer = space == std::string::npos ? "/" : changed.substr(space + 1);
  return std::ranges::any_of(lines, [&](const std::string& line) {
    const auto at = line.find(' ' + id + ' ');
    return at != std::string::npos && line.substr(line.rfind(' ') + 1).starts_with(pointer);
  });
}

std::set<std::string> kinds_of(const Outcome& run) {
  std::set<std::string> kinds;
  const json stack = run.stack("applications/parity");
  for (const json& object : stack.at("objects")) {
    const std::string id = object.at("id");
    const auto slash = id.find('/');
    kinds.insert(id.substr(0, id.find('/', slash + 1)));
  }
  return kinds;
}

/// Everything was applied; some of the objects are degraded for good (no storage, no metrics), which is exit code 1.
void check_applied(const Outcome& run) {
  CHECK_MESSAGE(run.code <= 1, run.text());
  CHECK(run.out.find(R"("outcome": "failed")") == std::string::npos);
}

void replace_in_file(const Scene& scene, const std::string& file, const std::string& what, const std::string& by) {
  const std::string path = "applications/parity/" + file + ".yaml";
  std::string text = take(read_file(scene.folder() + "/repo/" + path, 1 << 20));
  const auto at = text.find(what);
  REQUIRE_MESSAGE(at != std::string::npos, file << " has no " << what);
  scene.write(path, text.replace(at, what.size(), by));
}

TEST_CASE("a read-only service account is told the same as the API server's dry-run tells") {
  Scene scene("parity");
  const std::size_t count = write_objects(scene);
  CHECK(count >= 60);
  const Compared before = check_same(scene);
  CHECK_MESSAGE(before.reader.code == 1, before.reader.text());
  const Outcome first = scene.sync({"--no-wait"});
  REQUIRE_MESSAGE(first.code == 0, first.text());
  CHECK(kinds_of(first).size() >= 25);
  CHECK(first.stack("applications/parity").at("objects").size() == count);

  const Compared in_sync = check_same(scene);
  CHECK_MESSAGE(in_sync.reader.code == 0, in_sync.reader.text());
  CHECK_MESSAGE(in_sync.server.code == 0, in_sync.server.text());

  const std::vector<Edit> edits = make_edits();
  CHECK(edits.size() >= 20);
  for (const Edit& edit : edits) {
    take(scene.plane().call_ok(
        {"PATCH", edit.path + "?fieldManager=kubectl-edit", edit.patch, "application/json-patch+json"}));
  }
  scene.erase("/api/v1/namespaces/parity/configmaps/empty");
  const Compared drifted = check_same(scene);
  CHECK_MESSAGE(drifted.reader.code == 1, drifted.reader.text());
  CHECK(drifted.reader.report["mode"] == "local");
  const auto found = changes_of(drifted.server);
  for (const Edit& edit : edits) {
    if (edit.changed.empty()) continue;
    const bool reported = is_reported(found, edit.changed);
    CHECK_MESSAGE(reported, edit.changed << " was edited and is not reported");
  }
  CHECK(drifted.reader.out.find("b3RoZXI=") == std::string::npos);
  check_applied(scene.sync({"--no-wait"}));
  const Compared again = check_same(scene);
  CHECK_MESSAGE(again.reader.code == 0, again.reader.text());

  // The repository changes: values, other ways to write the same, fields and list items that come and go.
  replace_in_file(scene, "deployment-full", "cpu: 1000m", "cpu: 1");
  replace_in_file(scene, "deployment-full", "memory: 1024Mi", "memory: 2Gi");
  replace_in_file(scene, "deployment-full", "            - {name: dns, containerPort: 53, protocol: UDP}\n", "");
  replace_in_file(scene, "deployment-full", "            - {name: A, value: \"1\"}\n",
                  "            - {name: B, value: \"1\"}\n");
  replace_in_file(scene, "deployment-minimal", "nginx:1.27", "nginx:1.28");
  replace_in_file(scene, "service-headless", "publishNotReadyAddresses: false", "publishNotReadyAddresses: true");
  replace_in_file(scene, "service-two-protocols", "  sessionAffinity: None\n", "");
  replace_in_file(scene, "configmap-data", "  number: \"8\"\n", "");
  replace_in_file(scene, "secret-stringdata", "both: new", "both: newer");
  replace_in_file(scene, "pdb-percent", "50%", "1");
  replace_in_file(scene, "widget-full", "{name: wheel}, ", "");
  replace_in_file(scene, "widget-full", "tags: [b, a]", "tags: [a, d]");
  replace_in_file(scene, "gadget-free", "memory: 1024Mi", "memory: 1Gi");
  replace_in_file(scene, "hpa-metrics", "averageUtilization: 70", "averageUtilization: 80");
  replace_in_file(scene, "networkpolicy-allow", "egress: [{}]", "egress: []");
  replace_in_file(scene, "resourcequota-hard", "requests.cpu: \"2000m\"", "requests.cpu: 2");
  replace_in_file(scene, "statefulset-db", "postgres:16", "postgres:17");
  const Compared ahead = check_same(scene);
  CHECK_MESSAGE(ahead.reader.code == 1, ahead.reader.text());
  check_applied(scene.sync({"--no-wait"}));
  const Compared last = check_same(scene);
  CHECK_MESSAGE(last.reader.code == 0, last.reader.text());
  std::cout << count << " objects of " << kinds_of(first).size() << " kinds, " << edits.size() << " edits\n";
  scene.erase("/apis/apiregistration.k8s.io/v1/apiservices/v1.metrics.parity.example.com");
}

}  // namespace
}  // namespace reconciled
