// Charts on the real API server: from the stack's folder, from a chart repository, from a registry, one for many
// stacks.
#include "base/digest.h"
#include "base/file.h"
#include "base/process.h"
#include "tests/cluster/acceptance/scene.h"
#include "tests/support/chart_servers.h"
#include "tests/support/git_servers.h"

#include <atomic>
#include <map>
#include <thread>

namespace reconciled {
namespace {

using nlohmann::json;

HttpsGitServer& authority() {
  static const std::unique_ptr<HttpsGitServer> server = take(HttpsGitServer::start());
  return *server;
}

using ChartFiles = std::map<std::string, std::string>;

/// A chart that makes one ConfigMap, named after its release, of its values.
ChartFiles config_chart(const std::string& version, const std::string& greeting = "hello") {
  return {{"Chart.yaml", "apiVersion: v2\nname: service\nversion: " + version + "\n"},
          {"values.yaml", "greeting: " + greeting + "\nname: nobody\n"},
          {"templates/settings.yaml",
           "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  labels: {release: {{ "
           ".Release.Name }}}\n"
           "data:\n  v: {{ printf \"%s %s\" .Values.greeting .Values.name | quote }}\n  chart: {{ .Chart.Version | "
           "quote }}\n"
           "  namespace: {{ .Release.Namespace }}\n"}};
}

/// The bytes of its .tgz.
std::string archive_of(const ChartFiles& files, const std::string& folder) {
  for (const auto& [path, text] : files) {
    const std::string file = folder + "/service/" + path;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    check_ok(write_file_atomically(file, text));
  }
  const ProcessSpec tar{.argv = {"tar", "-czf", folder + "/service.tgz", "-C", folder, "service"},
                        .environment = {{"PATH", "/usr/bin:/bin"}},
                        .working_directory = {}};
  const auto output = take(run_process(tar, {}, monotonic_now() + std::chrono::seconds(30)));
  REQUIRE_MESSAGE(output.exit_code == 0, output.stderr_text);
  return take(read_file(folder + "/service.tgz"));
}

std::string archive_of(const ChartFiles& files) {
  const TempFolder temp;
  return archive_of(files, temp.path());
}

/// Plays the kubelet for the Pods of Jobs, which end well, or badly.
class JobEnds {
 public:
  enum class End : bool { failed, succeeded };
  JobEnds(const Scene& scene, End end)
      : m_scene(scene), m_phase(end == End::succeeded ? "Succeeded" : "Failed"), m_thread([this] { run(); }) {}
  ~JobEnds() {
    m_stop = true;
    m_thread.join();
  }
  JobEnds(const JobEnds&) = delete;
  JobEnds& operator=(const JobEnds&) = delete;

 private:
  void run() {
    const std::string pods = "/api/v1/namespaces/" + m_scene.space() + "/pods";
    while (!m_stop) {
      const auto answer = m_scene.plane().call_ok({.path = pods + "?labelSelector=job-name"});
      const json list = answer ? json::parse(*answer) : json::object();
      for (const json& pod : list.value("items", json::array())) {
        if (pod["status"].value("phase", "") != "Pending") continue;
        static_cast<void>(
            m_scene.plane().call({.method = "PATCH",
                                  .path = pods + "/" + pod["metadata"]["name"].get<std::string>() + "/status",
                                  .body = R"({"status":{"phase":")" + m_phase + "\"}}",
                                  .content_type = "application/merge-patch+json"}));
      }
      std::this_thread::yield();
    }
  }

  const Scene& m_scene;
  std::string m_phase;
  std::atomic<bool> m_stop{false};
  std::thread m_thread;
};

std::string job(const std::string& name, const std::string& annotations, const std::string& command = "true") {
  return "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {{ .Release.Name }}-" + name + "\n  annotations: {" +
         annotations +
         "}\nspec:\n  backoffLimit: 0\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: "
         "a, image: a, "
         "command: [\"" +
         command + "\"]}]\n";
}

void write_layer(const Scene& scene, const std::string& helm, const std::string& environments = "") {
  scene.write("reconcile.yaml", "apiVersion: reconcile/v1\nkind: Repository\nlayers:\n  apps: {namespace: $NS" +
                                    (helm.empty() ? "" : ", helm: " + helm) + "}\nenvironments:\n" +
                                    (environments.empty() ? "  test: {}\n" : environments));
}

json data_of(const Scene& scene, const std::string& name) {
  const json live = scene.config_map(name);
  return live.is_object() ? live["data"] : json();
}

TEST_CASE("a chart with a subchart, CRDs and hooks is applied in order, comes out healthy and stays in sync") {
  Scene scene("helm");
  write_layer(scene, "");
  const std::string kind = scene.plane().fresh_name("gadgets");
  scene.write("apps/web/Chart.yaml",
              "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: part, version: 1.x.x}]\n");
  scene.write("apps/web/values.yaml", "part: {text: from-parent}\nreplicas: 0\n");
  scene.write("apps/web/charts/part/Chart.yaml", "apiVersion: v2\nname: part\nversion: 1.2.0\n");
  scene.write("apps/web/charts/part/values.yaml", "text: own\n");
  scene.write(
      "apps/web/charts/part/templates/part.yaml",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-part}\ndata: {v: {{ .Values.text }}}\n");
  scene.write(
      "apps/web/crds/crd.yaml",
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: " + kind +
          ".helm.example.com}\nspec:\n  group: helm.example.com\n  scope: Namespaced\n  names: {plural: " + kind +
          ", kind: Gadget" + kind.substr(kind.find('-') + 1) +
          "}\n  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]\n");
  scene.write("apps/web/templates/web.yaml",
              "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .Release.Name }}}\nspec:\n  replicas: {{ "
              ".Values.replicas "
              "}}\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: "
              "{containers: "
              "[{name: a, image: a}]}\n");
  scene.write("apps/web/templates/capabilities.yaml",
              "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-cluster}\ndata:\n  version: {{ "
              ".Capabilities.KubeVersion.Version }}\n  jobs: {{ .Capabilities.APIVersions.Has \"batch/v1/Job\" | quote "
              "}}\n  old: {{ "
              ".Capabilities.APIVersions.Has \"policy/v1beta1\" | quote }}\n");
  scene.write("apps/web/templates/migrate.yaml", job("migrate", "helm.sh/hook: 'pre-install,pre-upgrade'"));
  scene.write("apps/web/templates/report.yaml",
              job("report", "helm.sh/hook: 'post-install,post-upgrade', helm.sh/hook-delete-policy: hook-succeeded"));
  scene.write("apps/web/templates/never.yaml",
              "{{- range list \"test\" \"pre-delete\" \"post-rollback\" }}\n---\napiVersion: v1\nkind: "
              "ConfigMap\nmetadata:\n  name: "
              "never-{{ . }}\n  annotations: {helm.sh/hook: {{ . }}}\n{{- end }}\n");
  scene.commit("a chart");
  {
    const JobEnds kubelet(scene, JobEnds::End::succeeded);
    const Outcome run = scene.sync();
    REQUIRE_MESSAGE(run.code == 0, run.text());
  }
  CHECK(data_of(scene, "web-part")["v"] == "from-parent");
  CHECK(data_of(scene, "web-cluster")["version"] == "v1.35.4");
  CHECK(data_of(scene, "web-cluster")["jobs"] == "true");
  CHECK(data_of(scene, "web-cluster")["old"] == "false");
  CHECK(scene.config_maps() == "web-cluster web-part");
  const json migrate = scene.live("/apis/batch/v1/namespaces/$NS/jobs/web-migrate");
  const json web = scene.live("/apis/apps/v1/namespaces/$NS/deployments/web");
  REQUIRE(migrate.is_object());
  REQUIRE(web.is_object());
  CHECK(migrate["status"]["completionTime"].get<std::string>() <=
        web["metadata"]["creationTimestamp"].get<std::string>());
  CHECK(scene.live("/apis/batch/v1/namespaces/$NS/jobs/web-report").is_null());

  Outcome again = scene.plan();
  CHECK_MESSAGE(again.code == 0, again.text());
  scene.erase("/apis/batch/v1/namespaces/$NS/jobs/web-migrate");
  again = scene.plan();
  CHECK_MESSAGE(again.code == 0, again.text());

  // Another command: the hook is made again, and what it fails with is told.
  scene.write("apps/web/templates/migrate.yaml", job("migrate", "helm.sh/hook: 'pre-install,pre-upgrade'", "false"));
  scene.write("apps/web/values.yaml", "part: {text: newer}\nreplicas: 0\n");
  scene.commit("a migration that fails");
  {
    const JobEnds kubelet(scene, JobEnds::End::failed);
    const Outcome failed = scene.sync();
    CHECK_MESSAGE(failed.code != 0, failed.text());
    CHECK_MESSAGE(failed.says("the hook failed"), failed.text());
  }
  CHECK(data_of(scene, "web-part")["v"] == "from-parent");
  scene.write("apps/web/templates/migrate.yaml", job("migrate", "helm.sh/hook: 'pre-install,pre-upgrade'", "date"));
  scene.commit("a migration that works");
  {
    const JobEnds kubelet(scene, JobEnds::End::succeeded);
    const Outcome repaired = scene.sync();
    CHECK_MESSAGE(repaired.code == 0, repaired.text());
  }
  CHECK(data_of(scene, "web-part")["v"] == "newer");
}

TEST_CASE("charts of a repository and of a registry are pinned; an archive that changes under its version is refused") {
  Scene scene("charts");
  const auto server = take(HttpsChartServer::start(authority()));
  const auto registry = take(OciTestRegistry::start(authority()));
  // nginx tells indexes apart by second and size: each is longer than the one before.
  std::string padding = "#";
  const auto publish = [&](const std::string& version, const std::string& greeting) {
    padding += '#';
    const std::string archive = archive_of(config_chart(version, greeting));
    check_ok(server->write("service-" + version + ".tgz", archive));
    check_ok(server->write("index.yaml", "apiVersion: v1\nentries:\n  service:\n  - {version: " + version +
                                             ", digest: " + sha256(archive).hex() + ", urls: [service-" + version +
                                             ".tgz]}\n" + padding + "\n"));
    check_ok(registry->push("private/team", "service", version, archive));
  };
  publish("1.2.0", "hello");
  check_ok(write_file_atomically(scene.folder() + "/chart-password", HttpsChartServer::password() + "\n"));
  check_ok(write_file_atomically(scene.folder() + "/registry-password", OciTestRegistry::password() + "\n"));
  scene.settings("charts:\n  - {name: web, url: \"" + server->url("basic") +
                 "\", auth: {username: bob, passwordFile: chart-password, caFile: \"" + authority().ca_file() +
                 "\"}}\n  - {name: registry, url: \"" + registry->repository("private/team") +
                 "\", auth: {username: bob, passwordFile: registry-password, caFile: \"" + authority().ca_file() +
                 "\"}}\ncache: {folder: \"" + scene.folder() + "/cache\"}\n");
  write_layer(scene, "");
  scene.write("apps/http/stack.yaml",
              "apiVersion: reconcile/v1\nkind: Stack\nhelm: {chart: web/service, version: ~1.2}\n");
  scene.write("apps/http/values.yaml", "name: http\n");
  scene.write(
      "apps/oci/stack.yaml",
      "apiVersion: reconcile/v1\nkind: Stack\nhelm: {chart: registry/service, version: 1.2.0, values: {name: oci}}\n");
  scene.commit("charts");
  const Outcome first = scene.sync();
  REQUIRE_MESSAGE(first.code == 0, first.text());
  CHECK(data_of(scene, "http")["v"] == "hello http");
  CHECK(data_of(scene, "oci")["v"] == "hello oci");
  CHECK(data_of(scene, "oci")["namespace"] == scene.space());
  const Outcome plan = scene.plan();
  CHECK_MESSAGE(plan.code == 0, plan.text());
  const std::string digest = plan.stack("apps/oci")["charts"][0]["digest"];
  CHECK(digest.size() == 71);
  CHECK(plan.stack("apps/http")["charts"][0]["version"] == "1.2.0");

  publish("1.2.0", "goodbye");
  const Outcome refused = scene.sync();
  CHECK_MESSAGE(refused.code == 3, refused.text());
  CHECK_MESSAGE(refused.says("a version must not change"), refused.text());
  CHECK(data_of(scene, "oci")["v"] == "hello oci");

  publish("1.2.1", "goodbye");
  scene.write(
      "apps/oci/stack.yaml",
      "apiVersion: reconcile/v1\nkind: Stack\nhelm: {chart: registry/service, version: 1.2.1, values: {name: oci}}\n");
  scene.commit("a new version");
  const Outcome moved = scene.sync();
  CHECK_MESSAGE(moved.code == 0, moved.text());
  CHECK(data_of(scene, "http")["v"] == "goodbye http");  // the range moved on by itself
  CHECK(data_of(scene, "oci")["v"] == "goodbye oci");
}

TEST_CASE("one chart of the repository serves many stacks, and one environment is held back") {
  Scene scene("shared");
  for (const std::string version : {"1.0.0", "1.1.0"}) {
    for (const auto& [path, text] : config_chart(version)) scene.write("charts/service-" + version + "/" + path, text);
  }
  write_layer(scene, "{repository: ./charts, chart: service, version: 1.0.0}",
              "  next: {}\n  late: {helm: {version: 1.0.0}}\n");
  scene.write("apps/one/values.yaml", "name: one\n");
  scene.write("apps/two/values.yaml", "name: two\n");
  scene.write("environments/next/apps/two/values.yaml", "greeting: next\n");
  scene.commit("two stacks of one chart");
  Outcome run = scene.sync({"--environment", "next"});
  REQUIRE_MESSAGE(run.code == 0, run.text());
  CHECK(data_of(scene, "one")["v"] == "hello one");
  CHECK(data_of(scene, "two")["v"] == "next two");
  CHECK(data_of(scene, "two")["chart"] == "1.0.0");
  write_layer(scene, "{repository: ./charts, chart: service, version: 1.1.0}",
              "  next: {}\n  late: {helm: {version: 1.0.0}}\n");
  scene.commit("all of them move forward");
  run = scene.sync({"--environment", "next"});
  REQUIRE_MESSAGE(run.code == 0, run.text());
  CHECK(data_of(scene, "one")["chart"] == "1.1.0");
  CHECK(data_of(scene, "two")["chart"] == "1.1.0");
  const Outcome late = scene.run({"render", "--environment", "late", "--source", scene.repository().folder()});
  CHECK_MESSAGE(late.code == 0, late.text());
  CHECK_MESSAGE(late.out.find("1.0.0") != std::string::npos, late.text());
  CHECK(late.out.find("1.1.0") == std::string::npos);
}

}  // namespace
}  // namespace reconciled
