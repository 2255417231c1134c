// What the daemon's account may do under each preset of deploy/kubernetes/rbac, asked of the real authorizer and tried
// with the real program.
#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "tests/deploy/manifests.h"
#include "tests/support/git_repository.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <optional>
#include <span>
#include <thread>

namespace reconciled {
namespace {

constexpr std::string_view k_everywhere = "";
constexpr Duration k_propagation = std::chrono::seconds(10);

/// May the account use these verbs on the resource? `namespace_` empty: cluster-wide.
struct RightsRow {
  std::string_view verbs;     ///< separated by spaces
  std::string_view resource;  ///< "group/resource" or "resource"
  std::string_view namespace_;
  std::string_view name = "";
};

// What every preset gives, as base/ alone does.
constexpr std::array k_own{
    RightsRow{"get list watch create update patch", "configmaps", "reconciled-system"},
    RightsRow{"create", "coordination.k8s.io/leases", "reconciled-system"},
    RightsRow{"get update patch", "coordination.k8s.io/leases", "reconciled-system", "reconciled"},
    RightsRow{"get", "namespaces", k_everywhere, "kube-system"},
    RightsRow{"create", "events.k8s.io/events", "shop"},
};
// What only the preset "cluster" gives.
constexpr std::array k_never{
    RightsRow{"delete deletecollection", "configmaps", "reconciled-system"},
    RightsRow{"update delete", "coordination.k8s.io/leases", "kube-system", "kube-scheduler"},
    RightsRow{"get list watch create update patch delete", "secrets", k_everywhere},
    RightsRow{"get list", "secrets", "kube-system"},
    RightsRow{"patch delete", "events.k8s.io/events", "shop"},
    RightsRow{"create patch delete", "namespaces", k_everywhere},
    RightsRow{"create patch delete", "apps/deployments", "kube-system"},
    RightsRow{"create update patch delete", "rbac.authorization.k8s.io/clusterroles", k_everywhere},
    RightsRow{"bind escalate", "rbac.authorization.k8s.io/clusterroles", k_everywhere, "cluster-admin"},
    RightsRow{"impersonate", "users", k_everywhere, "somebody"},
    RightsRow{"impersonate", "groups", k_everywhere, "system:masters"},
    RightsRow{"impersonate", "serviceaccounts", "kube-system", "default"},
    RightsRow{"impersonate", "serviceaccounts", "shop", "default"},
    RightsRow{"create", "serviceaccounts/token", "reconciled-system", "reconciled"},
    RightsRow{"create", "pods/exec", "shop"},
};

struct Preset {
  std::string name;  ///< file in rbac/; empty: none
  std::vector<RightsRow> allowed;
  std::vector<RightsRow> forbidden;
};

const std::vector<Preset>& presets() {
  static const std::vector<Preset> rows{
      {"",
       {},
       {{"get list watch", "apps/deployments", "shop"},
        {"get list", "configmaps", "shop"},
        {"get", "namespaces", k_everywhere, "shop"}}},
      {"read-only",
       {{"get list watch", "apps/deployments", k_everywhere},
        {"get list watch", "configmaps", k_everywhere},
        {"get list watch", "namespaces", k_everywhere},
        {"get list watch", "rbac.authorization.k8s.io/clusterroles", k_everywhere},
        {"get list watch", "apiextensions.k8s.io/customresourcedefinitions", k_everywhere}},
       {{"create update patch delete", "apps/deployments", "shop"},
        {"create update patch delete", "configmaps", "shop"},
        {"get list watch", "secrets", "shop"}}},
      {"namespaced",
       {{"get list watch create update patch delete", "apps/deployments", "shop"},
        {"get list watch create update patch delete", "configmaps", "shop"},
        {"get list watch create update patch delete", "secrets", "shop"},
        {"get", "namespaces", "shop", "shop"},
        {"get list watch", "pods", "shop"}},
       {{"get list watch", "apps/deployments", k_everywhere},
        {"get list watch", "configmaps", "kube-system"},
        {"create delete", "pods", "shop"},
        {"delete patch", "namespaces", "shop", "shop"}}},
      {"team",
       {{"impersonate", "serviceaccounts", "shop", "shop"},
        {"get list watch", "apps/deployments", "shop"},
        {"get list watch", "secrets", "shop"},
        {"impersonate", "groups", k_everywhere, "system:serviceaccounts:shop"}},
       {{"create update patch delete", "apps/deployments", "shop"},
        {"create update patch delete", "secrets", "shop"},
        {"get list watch", "apps/deployments", "kube-system"},
        {"impersonate", "groups", k_everywhere, "system:serviceaccounts:kube-system"},
        {"impersonate", "serviceaccounts", "kube-system", "shop"}}},
  };
  return rows;
}

ControlPlane& plane_with_base() {
  ControlPlane& plane = shared_control_plane();
  const auto made = plane.call({"POST", "/api/v1/namespaces", R"({"metadata":{"name":"shop"}})"});
  REQUIRE((made && (made->status == 201 || made->status == 409)));
  apply_manifests(plane, "base");
  return plane;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    all.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

/// "apps/deployments" has a group; in "pods/exec" the second part is a subresource, as it is in those of the core
/// group.
Value attributes_of(const RightsRow& row, const std::string& verb) {
  const auto slash = row.resource.find('/');
  const std::string_view first = row.resource.substr(0, slash);
  const std::string_view second = slash == std::string_view::npos ? "" : row.resource.substr(slash + 1);
  const bool subresource = first == "pods" || first == "serviceaccounts";
  Value attributes = Value::map({{"verb", verb}, {"namespace", row.namespace_}, {"name", row.name}});
  attributes.set("group", subresource || second.empty() ? "" : first);
  attributes.set("resource", subresource || second.empty() ? first : second);
  attributes.set("subresource", subresource ? second : "");
  return attributes;
}

bool is_allowed(const ControlPlane& plane, const RightsRow& row, const std::string& verb) {
  const Value review = Value::map(
      {{"spec",
        Value::map({{"user", "system:serviceaccount:reconciled-system:reconciled"},
                    {"groups", Value::list({"system:serviceaccounts", "system:serviceaccounts:reconciled-system",
                                            "system:authenticated"})},
                    {"resourceAttributes", attributes_of(row, verb)}})}});
  const auto answer =
      plane.call_ok({"POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", format_json(review)});
  REQUIRE_MESSAGE(answer, format_error(answer.error()));
  Budget budget;
  const auto read = parse_json(*answer, budget);
  REQUIRE(read);
  return read->at({"status", "allowed"}).as_bool();
}

/// The authorizer follows changes of roles within moments; it answers `expected` by then or the check fails.
void check_rights(const ControlPlane& plane, std::span<const RightsRow> rows, const bool expected) {
  for (const RightsRow& row : rows) {
    for (const std::string& verb : words(row.verbs)) {
      const auto deadline = monotonic_now() + k_propagation;
      bool allowed = is_allowed(plane, row, verb);
      while (allowed != expected && monotonic_now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        allowed = is_allowed(plane, row, verb);
      }
      CAPTURE(verb);
      CAPTURE(row.resource);
      CAPTURE(row.namespace_);
      CAPTURE(row.name);
      CHECK(allowed == expected);
    }
  }
}

/// A folder with stacks and the program, run as the daemon's account in an installation of its own.
class Fleet {
 public:
  explicit Fleet(ControlPlane& plane)
      : m_repository(GitRepository::make(m_temp.path() + "/fleet").value()), m_installation(plane.fresh_name("fleet")) {
    auto token = plane.call_ok({"POST", "/api/v1/namespaces/reconciled-system/serviceaccounts/reconciled/token",
                                R"({"spec":{"expirationSeconds":3600}})"});
    REQUIRE_MESSAGE(token, format_error(token.error()));
    Budget budget;
    const auto answer = parse_json(*token, budget);
    REQUIRE(answer);
    m_kubeconfig = plane.write_kubeconfig("daemon", std::string(answer->at({"status", "token"}).as_string())).value();
    write("reconcile.yaml",
          "apiVersion: reconcile/v1\nkind: Repository\nlayers: {applications: {namespace: shop}}\n"
          "environments: {prod: {}}\n");
  }

  void write(const std::string& path, std::string_view text) { REQUIRE(m_repository.write(path, text)); }
  void write_config_map(const std::string& name, std::string_view value) {
    write("applications/" + name + "/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name +
                                                  "}\ndata: {v: \"" + std::string(value) + "\"}\n");
  }

  ProcessOutput run(std::vector<std::string> arguments) {
    REQUIRE(m_repository.commit("Fleet"));
    arguments.insert(arguments.begin(), RECONCILE_PROGRAM);
    arguments.insert(arguments.end(), {"--source", m_repository.folder(), "--environment", "prod", "--kubeconfig",
                                       m_kubeconfig, "--cache", m_temp.path() + "/cache"});
    auto output =
        run_process({std::move(arguments),
                     {{"HOME", m_temp.path()}, {"PATH", "/usr/bin:/bin"}, {"RECONCILE_INSTALLATION", m_installation}},
                     {}},
                    {}, monotonic_now() + std::chrono::seconds(60));
    REQUIRE_MESSAGE(output, format_error(output.error()));
    return *output;
  }

  /// The daemon on this fleet, listening nowhere; it ends with what is returned.
  DaemonProcess start_daemon() {
    REQUIRE(m_repository.commit("Fleet"));
    const std::string settings = m_temp.path() + "/config.yaml";
    REQUIRE(
        write_file_atomically(settings, "apiVersion: reconcile/v1\nkind: Config\ninstallation: " + m_installation +
                                            "\nsources:\n  - {name: fleet, url: " + m_repository.folder() +
                                            ", ref: main}\nclusters:\n  - {name: here, kubeconfig: " + m_kubeconfig +
                                            "}\nenvironments:\n  - {name: prod, source: fleet, cluster: here}\n"
                                            "listen: {webhooks: \"\", status: \"\", metrics: \"\"}\n"));
    auto daemon = DaemonProcess::start({{RECONCILED_PROGRAM, "--config", settings},
                                        {{"PATH", "/usr/bin:/bin"}, {"CACHE_DIRECTORY", m_temp.path() + "/daemon"}},
                                        {},
                                        m_temp.path() + "/daemon.log"});
    REQUIRE_MESSAGE(daemon, format_error(daemon.error()));
    return std::move(*daemon);
  }

 private:
  TempFolder m_temp;
  GitRepository m_repository;
  std::string m_installation;
  std::string m_kubeconfig;
};

ApiAnswer take(Result<ApiAnswer> answer) {
  REQUIRE_MESSAGE(answer, format_error(answer.error()));
  return std::move(*answer);
}

long status_of(const ControlPlane& plane, const std::string& path) {
  return take(plane.call({.path = path})).status;
}

/// Whether the object is there before long.
bool appears(const ControlPlane& plane, const std::string& path) {
  const auto deadline = monotonic_now() + std::chrono::seconds(20);
  while (status_of(plane, path) != 200) {
    if (monotonic_now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

/// Whether somebody's change of the ConfigMap in "shop" is undone before long.
bool is_healed(const ControlPlane& plane, const std::string& name) {
  const std::string path = "/api/v1/namespaces/shop/configmaps/" + name;
  const ApiCall edit{"PATCH", path + "?fieldManager=hand", R"({"data":{"v":"foreign"}})",
                     "application/merge-patch+json"};
  REQUIRE(plane.call_ok(edit));
  const auto deadline = monotonic_now() + std::chrono::seconds(20);
  while (take(plane.call({.path = path})).body.find("foreign") != std::string::npos) {
    if (monotonic_now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

}  // namespace

TEST_CASE("each preset gives what it says and nothing beyond") {
  const ControlPlane& plane = plane_with_base();
  for (const Preset& preset : presets()) {
    CAPTURE(preset.name);
    std::optional<AppliedManifests> applied;
    if (!preset.name.empty()) applied.emplace(plane, "rbac/" + preset.name + ".yaml");
    check_rights(plane, k_own, true);
    check_rights(plane, preset.allowed, true);
    check_rights(plane, preset.forbidden, false);
    check_rights(plane, k_never, false);
    applied.reset();
    check_rights(plane, preset.allowed, false);
  }
}

TEST_CASE("the preset for the whole cluster gives everything") {
  const ControlPlane& plane = plane_with_base();
  const AppliedManifests applied(plane, "rbac/cluster.yaml");
  check_rights(plane, k_own, true);
  check_rights(plane, k_never, true);
}

TEST_CASE("roles name their verbs, kinds and groups, and whom the daemon may act as") {
  for (const char* place :
       {"base/20-own-rights.yaml", "rbac/read-only.yaml", "rbac/namespaced.yaml", "rbac/team.yaml"}) {
    for (const auto& manifest : read_manifests(place)) {
      CAPTURE(manifest.file);
      CAPTURE(manifest.name());
      CHECK(manifest.object.at({"roleRef", "name"}).as_string() != "cluster-admin");
      for (const Value& rule : manifest.object["rules"].items()) {
        CHECK(format_json(rule).find('*') == std::string::npos);
        const auto verbs = rule["verbs"].items();
        const bool impersonates = std::ranges::find(verbs, Value("impersonate")) != verbs.end();
        CHECK((!impersonates || rule["resourceNames"].size() > 0));
        for (const char* verb : {"bind", "escalate", "deletecollection"})
          CHECK(std::ranges::find(verbs, Value(verb)) == verbs.end());
      }
    }
  }
}

TEST_CASE("read-only: the program reports drift and cannot change anything") {
  ControlPlane& plane = plane_with_base();
  const AppliedManifests applied(plane, "rbac/read-only.yaml");
  check_rights(plane, presets()[1].allowed, true);
  Fleet fleet(plane);
  fleet.write_config_map("looked-at", "1");
  const auto report = fleet.run({"--dry-run"});
  CHECK(report.exit_code == 1);
  CHECK_MESSAGE(report.stdout_text.find("looked-at") != std::string::npos, report.stderr_text);
  const auto sync = fleet.run({"sync"});
  CHECK((sync.exit_code == 5 || sync.exit_code == 6));
  CHECK_MESSAGE((sync.stdout_text + sync.stderr_text).find("forbidden") != std::string::npos, sync.stderr_text);
  CHECK(status_of(plane, "/api/v1/namespaces/shop/configmaps/looked-at") == 404);
}

TEST_CASE("namespaced: the program keeps the stacks of its namespace and reaches no other") {
  ControlPlane& plane = plane_with_base();
  const AppliedManifests applied(plane, "rbac/namespaced.yaml");
  check_rights(plane, presets()[2].allowed, true);
  Fleet fleet(plane);
  fleet.write_config_map("kept", "1");
  auto sync = fleet.run({"sync"});
  CHECK_MESSAGE(sync.exit_code == 0, sync.stdout_text << sync.stderr_text);
  CHECK(status_of(plane, "/api/v1/namespaces/shop/configmaps/kept") == 200);

  DaemonProcess daemon = fleet.start_daemon();
  CHECK_MESSAGE(appears(plane, "/apis/coordination.k8s.io/v1/namespaces/reconciled-system/leases/reconciled"),
                daemon.log_tail());
  CHECK_MESSAGE(is_healed(plane, "kept"), daemon.log_tail());
  daemon.signal(SIGTERM);
  CHECK(daemon.wait(std::chrono::seconds(20)) == 0);

  fleet.write("applications/far/stack.yaml", "apiVersion: reconcile/v1\nkind: Stack\nnamespace: default\n");
  fleet.write_config_map("far", "1");
  sync = fleet.run({"sync"});
  CHECK(sync.exit_code != 0);
  CHECK(status_of(plane, "/api/v1/namespaces/default/configmaps/far") == 404);
}

TEST_CASE("a team's stacks act as the team's account, while the daemon itself may only look") {
  ControlPlane& plane = plane_with_base();
  const AppliedManifests applied(plane, "rbac/team.yaml");
  check_rights(plane, presets()[3].allowed, true);
  Fleet fleet(plane);
  fleet.write("reconcile.yaml",
              "apiVersion: reconcile/v1\nkind: Repository\nlayers: {applications: {namespace: shop}}\n"
              "environments: {prod: {}}\n"
              "teams: {shop: {stacks: [applications/*], namespaces: [shop], serviceAccount: shop}}\n");
  fleet.write_config_map("by-team", "1");
  const auto sync = fleet.run({"sync"});
  CHECK_MESSAGE(sync.exit_code == 0, sync.stdout_text << sync.stderr_text);
  CHECK(status_of(plane, "/api/v1/namespaces/shop/configmaps/by-team") == 200);

  DaemonProcess daemon = fleet.start_daemon();
  CHECK_MESSAGE(is_healed(plane, "by-team"), daemon.log_tail());
  daemon.signal(SIGTERM);
  CHECK(daemon.wait(std::chrono::seconds(20)) == 0);
}

}  // namespace reconciled
