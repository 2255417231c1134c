#include "tests/engine/agent.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace reconciled;
using namespace reconciled::test;
using namespace std::chrono_literals;

namespace {

Files shop(const std::string& value = "1") {
  return {{"bootstrap/spaces/space.yaml", name_space("shop")},
          {"applications/shop/stack.yaml", "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n"},
          {"applications/shop/settings.yaml", config_map("settings", value)}};
}

Value edited(const std::string& name, const std::string& value) {
  return Value::map({{"apiVersion", "v1"},
                     {"kind", "ConfigMap"},
                     {"metadata", Value::map({{"name", name}, {"namespace", "shop"}})},
                     {"data", Value::map({{"key", value}})}});
}

std::string data_of(Fleet& fleet, const std::string& name) {
  const Value object = fleet.get("v1", "ConfigMap", "shop", name);
  return object["data"].entries().empty() ? "" : std::string(object["data"].entries()[0].value.as_string());
}

}  // namespace

TEST_CASE("a fleet is applied, layer after layer, and then nothing is written any more") {
  Fleet fleet;
  Agent agent(fleet, shop());
  CHECK(agent.reconciler->view().ready);
  CHECK(agent.stack("applications/shop").sync == SyncState::in_sync);
  CHECK(agent.stack("applications/shop").health.state == HealthState::healthy);
  CHECK(data_of(fleet, "settings") == "1");
  agent.pass(30s);
  agent.writes();
  agent.pass(10min);
  CHECK(agent.writes() == 0);
}

TEST_CASE("a commit wakes the stack that it changes alone") {
  Fleet fleet;
  Agent agent(fleet, shop());
  agent.pass(5s);
  agent.records.clear();
  agent.push(shop("2"));
  CHECK(data_of(fleet, "settings") == "2");
  REQUIRE(agent.records.size() == 1);
  CHECK(agent.records[0].stack.path() == "applications/shop");
  CHECK(agent.records[0].trigger == Trigger::commit);
  CHECK(agent.records[0].updated == 1);
  CHECK(agent.stack("bootstrap/spaces").revision == agent.stack("applications/shop").revision);
}

TEST_CASE("what a command line brought to a newer commit is not put back: the repository is asked again first") {
  Fleet fleet;
  Agent agent(fleet, shop());
  agent.pass(5s);
  agent.source.push(shop("2"));  // nobody tells the daemon
  const RunRecord synced = fleet.run(shop("2"), RunMode::apply);
  REQUIRE(!synced.error);
  agent.records.clear();
  agent.pass(5s);
  CHECK(data_of(fleet, "settings") == "2");
  CHECK(agent.stack("applications/shop").sync == SyncState::in_sync);
  CHECK(
      std::ranges::none_of(agent.records, [](const StackRecord& record) { return record.trigger == Trigger::drift; }));
}

TEST_CASE("a hand edit is seen from the watch, named and repaired") {
  Fleet fleet;
  Agent agent(fleet, shop());
  agent.pass(5s);
  agent.records.clear();
  fleet.call(Verb::merge_patch, "v1", "ConfigMap", "shop", "settings", edited("settings", "by hand"), "kubectl-edit");
  CHECK(data_of(fleet, "settings") == "by hand");
  agent.writes();
  agent.settle();
  CHECK(data_of(fleet, "settings") == "1");
  CHECK(agent.writes() == 3);  // intent, apply, commit: what a hand did to our field need not be asked about
  REQUIRE(agent.records.size() == 1);
  CHECK(agent.records[0].trigger == Trigger::drift);
  CHECK(agent.records[0].healed == 1);
  REQUIRE(agent.records[0].drift.size() == 1);
  CHECK(agent.records[0].drift[0].manager == "kubectl-edit");
  CHECK(agent.stack("applications/shop").sync == SyncState::in_sync);
}

TEST_CASE("a repair that the API server refuses is looked at again soon, and then held with what the server says") {
  Fleet fleet;
  Agent agent(fleet, shop());
  agent.pass(5s);
  agent.records.clear();
  Value frozen = edited("settings", "by hand");
  frozen.set("immutable", true);
  fleet.call(Verb::merge_patch, "v1", "ConfigMap", "shop", "settings", frozen, "kubectl-edit");
  agent.settle();
  REQUIRE(agent.records.size() == 1);
  CHECK(agent.records[0].result == RunResult::failed);
  agent.pass(5s);
  REQUIRE(agent.records.size() == 2);
  CHECK(agent.records[1].result == RunResult::held);
  REQUIRE(agent.records[1].holds.size() == 1);
  CHECK(agent.records[1].holds[0].find("immutable") != std::string::npos);
  agent.records.clear();
  agent.pass(5min);
  CHECK(agent.records.empty());
}

TEST_CASE("without self-heal a hand edit is reported and left") {
  Fleet fleet;
  Files files = shop();
  files["applications/shop/stack.yaml"] += "sync: {selfHeal: false}\n";
  Agent agent(fleet, files);
  agent.pass(5s);
  fleet.call(Verb::merge_patch, "v1", "ConfigMap", "shop", "settings", edited("settings", "by hand"), "kubectl-edit");
  agent.settle();
  CHECK(data_of(fleet, "settings") == "by hand");
  const StackView view = agent.stack("applications/shop");
  CHECK(view.sync == SyncState::drifted);
  CHECK(view.drift_since.has_value());
  REQUIRE(view.drift.size() == 1);
  CHECK(view.drift[0].manager == "kubectl-edit");
}

TEST_CASE("what two stacks want is with one of them until that one lets go, and then with the other") {
  Fleet fleet;
  Files both = shop();
  both["applications/zoo/stack.yaml"] = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n";
  both["applications/zoo/settings.yaml"] = config_map("settings", "zoo");
  both["applications/zoo/own.yaml"] = config_map("own", "zoo");
  Agent agent(fleet, both);
  CHECK(data_of(fleet, "settings") == "1");
  CHECK(data_of(fleet, "own") == "zoo");
  CHECK(agent.stack("applications/zoo").sync == SyncState::held);
  both.erase("applications/shop/settings.yaml");
  both["applications/shop/other.yaml"] = config_map("other", "1");
  agent.push(both);
  agent.pass(5s);
  CHECK(data_of(fleet, "settings") == "zoo");
  CHECK(agent.stack("applications/zoo").sync == SyncState::in_sync);
  CHECK(agent.stack("applications/shop").sync == SyncState::in_sync);
}

TEST_CASE("an object that somebody deletes comes back, one that nobody wants any more goes") {
  Fleet fleet;
  Files files = shop();
  files["applications/shop/more.yaml"] = config_map("more", "1");
  Agent agent(fleet, files);
  agent.pass(5s);
  fleet.call(Verb::remove, "v1", "ConfigMap", "shop", "settings");
  agent.settle();
  CHECK(data_of(fleet, "settings") == "1");
  agent.pass(5s);
  agent.push(shop());
  CHECK(fleet.get("v1", "ConfigMap", "shop", "more").is_null());
  CHECK(data_of(fleet, "settings") == "1");
}

TEST_CASE("a stack that vanishes is held, not pruned") {
  Fleet fleet;
  Agent agent(fleet, shop());
  agent.pass(5s);
  agent.push({{"bootstrap/spaces/space.yaml", name_space("shop")}});
  CHECK(data_of(fleet, "settings") == "1");
  CHECK(agent.stack("applications/shop").sync == SyncState::held);
  REQUIRE(agent.last_record("applications/shop") != nullptr);
  CHECK(agent.last_record("applications/shop")->held == 1);
}

TEST_CASE("what depends on a stack that is not healthy waits and says for what") {
  Fleet fleet(sandbox::SandboxControllers::none);
  Files files = shop();
  files["platform/db/stack.yaml"] = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n";
  files["platform/db/db.yaml"] =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: db}\nspec:\n  replicas: 1\n  selector: {matchLabels: "
      "{a: b}}\n"
      "  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: db, image: db}]}\n";
  Agent agent(fleet, files);
  agent.pass(2s);
  CHECK(fleet.get("v1", "ConfigMap", "shop", "settings").is_null());
  const StackView waiting = agent.stack("applications/shop");
  REQUIRE(waiting.blocked_by.size() == 1);
  CHECK(waiting.blocked_by[0].starts_with("it waits for platform/db, which is progressing"));
  CHECK(agent.stack("bootstrap/spaces").sync == SyncState::in_sync);

  Value status = Value::map({{"status", Value::map({{"observedGeneration", 1},
                                                    {"replicas", 1},
                                                    {"updatedReplicas", 1},
                                                    {"readyReplicas", 1},
                                                    {"availableReplicas", 1}})}});
  fleet.call_status("apps/v1", "Deployment", "shop", "db", status);
  agent.settle();
  CHECK(data_of(fleet, "settings") == "1");
}

TEST_CASE("a stack that leaves the repository while others wait for it holds nobody up any more") {
  Fleet fleet;
  fleet.call(Verb::create, "v1", "Namespace", "", "shop",
             Value::map({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Value::map({{"name", "shop"}})}}));
  fleet.call(Verb::create, "v1", "ConfigMap", "shop", "db", edited("db", "somebody's"));
  Files files = shop();
  files.erase("bootstrap/spaces/space.yaml");
  const Files without = files;
  files["platform/db/stack.yaml"] = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n";
  files["platform/db/db.yaml"] = config_map("db", "1");
  Agent agent(fleet, files);
  agent.pass(5s);
  CHECK(agent.stack("platform/db").sync == SyncState::held);
  CHECK(!agent.stack("applications/shop").blocked_by.empty());
  agent.push(without);
  CHECK(agent.stack("applications/shop").sync == SyncState::in_sync);
  CHECK(data_of(fleet, "settings") == "1");
  CHECK(data_of(fleet, "db") == "somebody's");
}

TEST_CASE("a repository that does not answer changes nothing and is reported") {
  Fleet fleet;
  Agent agent(fleet, shop());
  agent.pass(5s);
  agent.writes();
  agent.source.broken = Error(ErrorKind::source_transient, "git.example does not answer");
  agent.reconciler->wake_source();
  agent.pass(1min);
  CHECK(agent.writes() == 0);
  CHECK(agent.reconciler->view().source_error.has_value());
  CHECK(agent.stack("applications/shop").sync == SyncState::in_sync);
  agent.source.broken.reset();
  agent.push(shop("3"));
  CHECK(data_of(fleet, "settings") == "3");
}

TEST_CASE("another agent that fights back is left after a few repairs, and named") {
  Fleet fleet;
  Agent agent(fleet, shop(), [](ReconcilerOptions& options) { options.flips = 3; });
  agent.pass(5s);
  for (int i = 0; i < 8; ++i) {
    fleet.call(Verb::merge_patch, "v1", "ConfigMap", "shop", "settings", edited("settings", "fight"), "other-agent");
    agent.pass(70s);
  }
  CHECK(data_of(fleet, "settings") == "fight");
  REQUIRE(!agent.notices.empty());
  CHECK(format_error(agent.notices.back()).find("other-agent") != std::string::npos);
  agent.pass(11min);
  CHECK(data_of(fleet, "settings") == "1");
}

TEST_CASE("a follower writes nothing, and a new leader takes over what is there") {
  Fleet fleet;
  Agent agent(fleet, shop());
  agent.pass(5s);
  agent.reconciler->follow();
  agent.writes();
  agent.push(shop("2"));
  agent.pass(1min);
  CHECK(agent.writes() == 0);
  CHECK(data_of(fleet, "settings") == "1");
  agent.reconciler->lead(MonotonicTime::max());
  agent.settle();
  CHECK(data_of(fleet, "settings") == "2");
}

TEST_CASE("a daemon that starts again finds its work done") {
  Fleet fleet;
  {
    Agent agent(fleet, shop());
    agent.pass(5s);
  }
  Agent again(fleet, shop());
  again.writes();
  again.pass(5s);
  CHECK(again.writes() == 0);
  CHECK(again.stack("applications/shop").sync == SyncState::in_sync);
  CHECK(again.stack("applications/shop").blocked_by.empty());
}

TEST_CASE("a kind that one layer brings is there for the next") {
  Fleet fleet;
  Files files = shop();
  files["bootstrap/spaces/crd.yaml"] =
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
      "widgets.example.com}\nspec:\n"
      "  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets, singular: widget}\n"
      "  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object,\n"
      "    x-kubernetes-preserve-unknown-fields: true}}}]\n";
  files["applications/shop/widget.yaml"] = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: one}\n";
  Agent agent(fleet, files);
  agent.pass(2s);
  CHECK(agent.stack("applications/shop").sync == SyncState::in_sync);
  CHECK(!fleet.get("example.com/v1", "Widget", "shop", "one").is_null());
}

TEST_CASE("what was made before its row could not be written is known as ours, though the inventory was read again") {
  Fleet fleet;
  Agent agent(fleet, shop());
  agent.pass(5s);
  // The intent is written, and then nothing for a while.
  sandbox::Fault fault;
  fault.verb = "patch";
  fault.namespace_ = "reconciled-system";
  fault.nth = 2;
  fault.count = 2;
  fleet.model.add_fault(fault);
  Files more = shop();
  more["applications/shop/more.yaml"] = config_map("more", "1");
  agent.push(more);
  REQUIRE(data_of(fleet, "more") == "1");
  // Within the same second somebody else writes it, so that it does not tell who made it.
  fleet.call(Verb::merge_patch, "v1", "ConfigMap", "shop", "more", edited("more", "by hand"), "kubectl-edit");
  agent.pass(1s);
  // A page that somebody touched is read again.
  fleet.call(Verb::merge_patch, "v1", "ConfigMap", "reconciled-system", "reconciled-inventory-default-0",
             Value::map({{"metadata", Value::map({{"annotations", Value::map({{"note", "seen"}})}})}}));
  agent.pass(1min);
  // The hand keeps the field, but the object is ours to remove.
  agent.push(shop());
  agent.pass(5s);
  CHECK(agent.stack("applications/shop").sync == SyncState::in_sync);
  CHECK(fleet.get("v1", "ConfigMap", "shop", "more").is_null());
}

TEST_CASE("a prune that waits for a stack that cannot be read is decided anew when it was mended during the run") {
  Fleet fleet;
  Files files = shop();
  files["applications/shop/more.yaml"] = config_map("more", "1");
  files["applications/zoo/stack.yaml"] = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n";
  files["applications/zoo/bear.yaml"] = config_map("bear", "1");
  Agent agent(fleet, files);
  agent.pass(5s);
  Files broken = files;
  broken.erase("applications/shop/more.yaml");
  broken["applications/zoo/bear.yaml"] = "kind: [ConfigMap\n";
  agent.source.push(broken);
  agent.reconciler->wake_source();
  while (agent.reconciler->view().running == 0) REQUIRE(agent.step());
  Files mended = broken;
  mended["applications/zoo/bear.yaml"] = config_map("bear", "1");
  agent.source.push(mended);
  agent.reconciler->wake_source();
  agent.pass(5s);
  CHECK(fleet.get("v1", "ConfigMap", "shop", "more").is_null());
  CHECK(agent.stack("applications/shop").sync == SyncState::in_sync);
}

TEST_CASE("somebody's object that goes while a run looks at it makes room for ours") {
  Fleet fleet;
  Agent agent(fleet, shop());
  agent.pass(5s);
  fleet.call(Verb::create, "v1", "ConfigMap", "shop", "", edited("more", "theirs"), "kubectl-create");
  agent.settle();
  Files more = shop();
  more["applications/shop/more.yaml"] = config_map("more", "1");
  agent.source.push(more);
  agent.reconciler->wake_source();
  const auto looked = [&] {
    return std::ranges::any_of(fleet.model.log(), [](const sandbox::LoggedRequest& entry) {
      return entry.verb == "get" && entry.name == "more" && entry.status == 200;
    });
  };
  fleet.model.clear_log();
  while (!looked()) REQUIRE(agent.step());
  fleet.call(Verb::remove, "v1", "ConfigMap", "shop", "more");
  agent.pass(5s);
  CHECK(data_of(fleet, "more") == "1");
}

TEST_CASE("what a stack leaves to the one it came from, and nobody wants any more, is pruned by that one") {
  Fleet fleet;
  Files files = shop();
  files["applications/shop/more.yaml"] = config_map("more", "1");
  Agent agent(fleet, files);
  agent.pass(5s);
  Files moved = shop();
  moved["applications/zoo/stack.yaml"] = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n";
  moved["applications/zoo/more.yaml"] = config_map("more", "1");
  agent.push(moved);
  agent.pass(5s);
  agent.push(shop());
  agent.pass(5s);
  CHECK(fleet.get("v1", "ConfigMap", "shop", "more").is_null());
}
