// What a commit, a hand and a broken platform set off in a daemon that runs on a real API server and a real Git server.
#include "tests/cluster/daemon/fleet.h"

#include <iostream>

namespace reconciled {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto k_soon = 20s;

std::string deployment(const std::string& name, int replicas) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name +
         "}\nspec:\n  replicas: " + std::to_string(replicas) + "\n  selector: {matchLabels: {app: " + name +
         "}}\n  template:\n    metadata: {labels: {app: " + name +
         "}}\n    spec: {containers: [{name: main, image: registry.invalid/none:1}]}\n";
}

#define CHECK_SOON(daemon, what) \
  CHECK_MESSAGE(comes_true(k_soon, [&] { return what; }), #what "\n" << (daemon).log_end())
#define REQUIRE_SOON(daemon, what) \
  REQUIRE_MESSAGE(comes_true(k_soon, [&] { return what; }), #what "\n" << (daemon).log_end())

/// The notes of our Events of one reason in a namespace, a line each.
std::string events(const Fleet& fleet, const std::string& reason, const std::string& in = "$NS") {
  std::string notes;
  const json list = fleet.live("/apis/events.k8s.io/v1/namespaces/" + in + "/events");
  for (const json& event : list.at("items")) {
    if (event.value("reason", "") == reason && event.value("reportingController", "") == "reconciled")
      notes += event.value("note", "") + "\n";
  }
  return notes;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string stack_series(const std::string& metric, const std::string& stack, const std::string& status) {
  const auto slash = stack.find('/');
  return metric + "{stack=\"" + stack.substr(slash + 1) + "\",layer=\"" + stack.substr(0, slash) +
         "\",environment=\"prod\",target_cluster=\"test\",status=\"" + status + "\"}";
}

}  // namespace

TEST_CASE("a push wakes the daemon by a signed webhook: applied, healthy, and seen in status and metrics") {
  Fleet fleet("push");
  fleet.write_config_map("applications/shop/a.yaml", "1");
  fleet.push();
  RunningDaemon daemon = fleet.start();
  REQUIRE_SOON(daemon, daemon.state_of("applications/shop") == "in-sync healthy");
  CHECK(fleet.value_of("a") == "1");

  fleet.write_config_map("applications/shop/a.yaml", "2");
  fleet.write("applications/shop/web.yaml", deployment("web", 0));
  const std::string commit = fleet.push();
  const std::string body = fleet.push_body(commit);
  CHECK(daemon.deliver(body, "not-the-secret") == 401);
  CHECK(fleet.value_of("a") == "1");
  const auto pushed = steady_clock::now();
  CHECK(daemon.deliver(body, Fleet::k_secret) == 202);
  REQUIRE_SOON(daemon, fleet.value_of("a") == "2");
  const std::chrono::duration<double, std::milli> took = steady_clock::now() - pushed;
  std::cout << "from the webhook to the new value in the cluster: " << static_cast<int>(took.count()) << " ms\n";
  CHECK(daemon.deliver(body, Fleet::k_secret) == 200);  // the same delivery again

  CHECK_SOON(daemon, daemon.stack("applications/shop").value("appliedRevision", "") == commit);
  CHECK_SOON(daemon, daemon.state_of("applications/shop") == "in-sync healthy");
  const json web = fleet.live("/apis/apps/v1/namespaces/$NS/deployments/web");
  REQUIRE(!web.is_null());
  CHECK(web.at("status").at("observedGeneration") == web.at("metadata").at("generation"));
  const json stack = daemon.stack("applications/shop");
  CHECK(stack.at("why") == "");
  CHECK(stack.at("revision") == commit);
  CHECK(stack.at("objects").at("desired") == 2);
  CHECK(daemon.environment().at("leader") == true);
  CHECK(daemon.environment().at("ready") == true);

  CHECK_SOON(daemon, daemon.metric(stack_series("reconciled_stack_sync_status", "applications/shop", "in-sync")) == 1);
  CHECK_SOON(daemon,
             daemon.metric(stack_series("reconciled_stack_health_status", "applications/shop", "healthy")) == 1);
  CHECK_SOON(daemon, daemon.metric(R"(reconciled_webhooks_total{provider="github",result="accepted"})") == 1);
  CHECK_SOON(daemon, daemon.metric(R"(reconciled_webhooks_total{provider="github",result="bad_signature"})") == 1);
  CHECK_SOON(daemon, daemon.metric(R"(reconciled_webhooks_total{provider="github",result="replayed"})") == 1);
  CHECK_SOON(daemon, daemon.metric("reconciled_push_to_applied_seconds_count") >= 1);
  CHECK_SOON(daemon, daemon.metric(R"(reconciled_git_fetches_total{environment="prod",result="success"})") == 2);
  CHECK_SOON(daemon, daemon.metric(R"(reconciled_leader{environment="prod",target_cluster="test"})") == 1);

  const Outcome shown = fleet.run({"status", "--server", daemon.status_address()});
  CHECK_MESSAGE(shown.code == 0, shown.text());
  CHECK_MESSAGE(shown.says(commit.substr(0, 12)), shown.text());
  CHECK_MESSAGE(shown.says("in sync   healthy"), shown.text());
}

TEST_CASE("a hand edit is healed; an Event, the log and a metric say whose it was") {
  Fleet fleet("hand");
  fleet.write_config_map("applications/shop/a.yaml", "1");
  fleet.write_config_map("applications/shop/b.yaml", "1");
  fleet.push();
  RunningDaemon daemon = fleet.start();
  REQUIRE_SOON(daemon, daemon.state_of("applications/shop") == "in-sync healthy");
  const LiveIdentity before = fleet.identity(config_map_path("a"));

  const auto edited = steady_clock::now();
  fleet.patch(config_map_path("a"), R"({"data":{"v":"by hand"}})", "kubectl-edit");
  REQUIRE_SOON(daemon, fleet.value_of("a") == "1");
  const std::chrono::duration<double, std::milli> took = steady_clock::now() - edited;
  std::cout << "from a hand edit to its repair: " << static_cast<int>(took.count()) << " ms\n";
  CHECK(fleet.identity(config_map_path("a")).uid == before.uid);
  CHECK_SOON(daemon, contains(events(fleet, "SelfHealed"), "/a data.v by kubectl-edit"));
  CHECK_SOON(daemon, contains(daemon.log(), "data.v by kubectl-edit"));
  CHECK_SOON(daemon, daemon.metric(R"(reconciled_self_heals_total{environment="prod",layer="applications"})") == 1);
  CHECK_SOON(daemon, daemon.state_of("applications/shop") == "in-sync healthy");

  fleet.erase(config_map_path("b"));
  REQUIRE_SOON(daemon, fleet.value_of("b") == "1");
  CHECK_SOON(daemon, daemon.state_of("applications/shop") == "in-sync healthy");
  // What is not ours stays: a field of another manager on an object of ours.
  fleet.patch(config_map_path("a"), R"({"metadata":{"annotations":{"note":"kept"}}})", "kubectl-annotate");
  fleet.patch(config_map_path("a"), R"({"data":{"v":"again"}})", "kubectl-edit");
  REQUIRE_SOON(daemon, fleet.value_of("a") == "1");
  CHECK(fleet.config_map("a").at("metadata").at("annotations").at("note") == "kept");
}

TEST_CASE("a removed file is pruned; a stack that renders to nothing is held and loses nothing") {
  Fleet fleet("shrink");
  fleet.write("applications/shop/stack.yaml", "apiVersion: reconcile/v1\nkind: Stack\n");
  for (const auto* name : {"a", "b", "c"})
    fleet.write_config_map("applications/shop/" + std::string(name) + ".yaml", "1");
  fleet.push();
  fleet.make("/api/v1/namespaces/$NS/configmaps", R"({"metadata":{"name":"foreign"},"data":{"v":"x"}})");
  RunningDaemon daemon = fleet.start();
  REQUIRE_SOON(daemon, daemon.state_of("applications/shop") == "in-sync healthy");
  const LiveIdentity kept = fleet.identity(config_map_path("a"));

  fleet.remove("applications/shop/c.yaml");
  fleet.tell(daemon, fleet.push());
  CHECK_SOON(daemon, fleet.config_maps() == "a b foreign");
  CHECK_SOON(daemon, daemon.state_of("applications/shop") == "in-sync healthy");
  CHECK_SOON(daemon, daemon.metric(R"(reconciled_object_operations_total{operation="prune",result="success"})") == 1);

  for (const auto* name : {"a", "b"}) fleet.remove("applications/shop/" + std::string(name) + ".yaml");
  const std::string commit = fleet.push();
  fleet.tell(daemon, commit);
  CHECK_SOON(daemon, daemon.stack("applications/shop").value("sync", "") == "held");
  CHECK_SOON(daemon, contains(events(fleet, "Held", "$NS-state"), "applications/shop"));
  CHECK(fleet.config_maps() == "a b foreign");
  CHECK(fleet.identity(config_map_path("a")) == kept);
  const json stack = daemon.stack("applications/shop");
  CHECK(stack.at("objects").at("held") == 2);
  CHECK(contains(stack.at("why"), "2 held"));

  // The whole stack gone is held like that, too.
  fleet.remove("applications/shop");
  fleet.write_config_map("observability/probe/probe.yaml", "1");
  fleet.tell(daemon, fleet.push());
  REQUIRE_SOON(daemon, daemon.state_of("observability/probe") == "in-sync healthy");
  CHECK_SOON(daemon, daemon.stack("applications/shop").value("sync", "") == "held");
  CHECK(fleet.config_maps() == "a b foreign probe");
  // And what comes back is kept without a change.
  for (const auto* name : {"a", "b"}) fleet.write_config_map("applications/shop/" + std::string(name) + ".yaml", "1");
  fleet.tell(daemon, fleet.push());
  CHECK_SOON(daemon, daemon.state_of("applications/shop") == "in-sync healthy");
  CHECK(fleet.identity(config_map_path("a")).uid == kept.uid);
}

TEST_CASE("a platform that never gets healthy holds its applications and nothing else, and says so") {
  Fleet fleet("platform");
  fleet.write("platform/vault/vault.yaml", deployment("vault", 1));
  fleet.write_config_map("applications/shop/shop.yaml", "1");
  fleet.write_config_map("observability/probe/probe.yaml", "1");
  fleet.push();
  RunningDaemon daemon = fleet.start();
  REQUIRE_SOON(daemon, daemon.state_of("observability/probe") == "in-sync healthy");
  REQUIRE_SOON(daemon, daemon.state_of("platform/vault") == "in-sync progressing");
  CHECK_SOON(daemon, !daemon.stack("applications/shop").at("blockedBy").empty());
  const std::string why = daemon.stack("applications/shop").at("why");
  CHECK_MESSAGE(contains(why, "it waits for platform/vault, which"), why);
  CHECK(fleet.config_maps() == "probe");

  // Another commit does not slip past, and what is not held goes on.
  fleet.write_config_map("applications/shop/shop.yaml", "2");
  fleet.write_config_map("observability/probe/probe.yaml", "2");
  fleet.tell(daemon, fleet.push());
  CHECK_SOON(daemon, fleet.value_of("probe") == "2");
  CHECK(fleet.config_maps() == "probe");
  const Outcome shown = fleet.run({"status", "--server", daemon.status_address()});
  CHECK_MESSAGE(shown.says("it waits for platform/vault"), shown.text());

  // Once it is healthy, the application follows without being woken by anybody.
  fleet.write("platform/vault/vault.yaml", deployment("vault", 0));
  fleet.tell(daemon, fleet.push());
  CHECK_SOON(daemon, fleet.value_of("shop") == "2");
  CHECK_SOON(daemon, daemon.state_of("applications/shop") == "in-sync healthy");

  // One that was healthy and got sick lets its applications be fixed.
  fleet.patch("/apis/apps/v1/namespaces/$NS/deployments/vault", R"({"metadata":{"finalizers":["test.example/stay"]}})");
  fleet.erase("/apis/apps/v1/namespaces/$NS/deployments/vault");
  CHECK_SOON(daemon, !contains(daemon.state_of("platform/vault"), "healthy"));
  fleet.write_config_map("applications/shop/shop.yaml", "3");
  fleet.tell(daemon, fleet.push());
  CHECK_SOON(daemon, fleet.value_of("shop") == "3");
  fleet.patch("/apis/apps/v1/namespaces/$NS/deployments/vault", R"({"metadata":{"finalizers":null}})");
  CHECK_SOON(daemon, daemon.state_of("platform/vault") == "in-sync healthy");
}

}  // namespace reconciled
