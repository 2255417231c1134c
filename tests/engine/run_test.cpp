#include "tests/engine/fleet.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace reconciled;
using namespace reconciled::test;

namespace {

const std::string k_deployment = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "example.com/web:1"}]}
)";

const Files k_shop{
    {"infrastructure/namespaces/shop.yaml", name_space("shop")},
    {"applications/shop/stack.yaml", "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n"},
    {"applications/shop/web.yaml", k_deployment},
    {"applications/shop/flags.yaml", config_map("flags", "one")},
};

std::string errors_of(const RunRecord& record) {
  std::string text = record.error ? format_error(*record.error) : "";
  for (const auto& run : record.stacks) {
    if (run.error) text += "\n" + format_error(*run.error);
    if (run.plan.error) text += "\n" + format_error(*run.plan.error);
    for (const auto& reason : run.blocked_by) text += "\n" + run.plan.stack.path() + ": " + reason;
    for (const auto& result : run.results) {
      if (result.error) text += "\n" + format_error(*result.error);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("a dry run plans creations after their namespace and writes nothing") {
  Fleet fleet;
  const auto record = fleet.plan(k_shop);
  CHECK_MESSAGE(errors_of(record).empty(), errors_of(record));
  CHECK(count_actions(record, ActionKind::create) == 3);
  REQUIRE(find_action(record, "ConfigMap shop/flags") != nullptr);
  CHECK(find_action(record, "ConfigMap shop/flags")->after == "Namespace shop");
  for (const auto& entry : fleet.model.log()) CHECK_MESSAGE((entry.verb == "get" || entry.verb == "list"), entry.verb);
}

TEST_CASE("a sync creates everything in order, and the next run has nothing to do") {
  Fleet fleet;
  const auto record = fleet.sync(k_shop);
  CHECK_MESSAGE(errors_of(record).empty(), errors_of(record));
  CHECK(fleet.get("v1", "ConfigMap", "shop", "flags").at({"data", "key"}).as_string() == "one");
  CHECK(stack_run(record, "applications/shop").health.state == HealthState::healthy);
  const auto again = fleet.plan(k_shop);
  CHECK(in_sync(again));
  fleet.model.clear_log();
  fleet.sync(k_shop);
  for (const auto& entry : fleet.model.log()) CHECK_MESSAGE((entry.verb == "get" || entry.verb == "list"), entry.verb);
}

TEST_CASE("a hand edit is attributed and repaired") {
  Fleet fleet;
  fleet.sync(k_shop);
  fleet.call(Verb::merge_patch, "apps/v1", "Deployment", "shop", "web",
             Value::map({{"spec", Value::map({{"replicas", 5}})}}), "kubectl-edit");
  const auto drift = fleet.plan(k_shop);
  const Action* action = find_action(drift, "Deployment shop/web");
  REQUIRE(action != nullptr);
  CHECK(action->kind == ActionKind::update);
  CHECK(action->cause == ChangeCause::manual);
  REQUIRE(action->changes.size() == 1);
  CHECK(action->changes.front().manager == "kubectl-edit");
  const auto repaired = fleet.sync(k_shop);
  CHECK_MESSAGE(errors_of(repaired).empty(), errors_of(repaired));
  CHECK(fleet.get("apps/v1", "Deployment", "shop", "web").at({"spec", "replicas"}).as_integer() == 2);
  CHECK(in_sync(fleet.plan(k_shop)));
}

TEST_CASE("what leaves the repository is pruned with both preconditions") {
  Fleet fleet;
  fleet.sync(k_shop);
  Files less = k_shop;
  less.erase("applications/shop/flags.yaml");
  fleet.model.clear_log();
  const auto record = fleet.sync(less);
  CHECK_MESSAGE(errors_of(record).empty(), errors_of(record));
  CHECK(fleet.get("v1", "ConfigMap", "shop", "flags").is_null());
  std::size_t deletes = 0;
  for (const auto& entry : fleet.model.log()) {
    if (entry.verb != "delete") continue;
    ++deletes;
    CHECK_FALSE(entry.uid.empty());
    CHECK_FALSE(entry.resource_version.empty());
  }
  CHECK(deletes == 1);
  CHECK(in_sync(fleet.plan(less)));
}

TEST_CASE("a file that moves to another stack is handed over, not deleted") {
  Fleet fleet;
  fleet.sync(k_shop);
  const std::string uid(fleet.get("v1", "ConfigMap", "shop", "flags").at({"metadata", "uid"}).as_string());
  Files moved = k_shop;
  moved["applications/flags/stack.yaml"] = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n";
  moved["applications/flags/flags.yaml"] = moved["applications/shop/flags.yaml"];
  moved.erase("applications/shop/flags.yaml");
  for (int run = 0; run < 3; ++run) {
    const auto record = fleet.sync(moved);
    CHECK_MESSAGE(errors_of(record).empty(), errors_of(record));
  }
  CHECK(fleet.get("v1", "ConfigMap", "shop", "flags").at({"metadata", "uid"}).as_string() == uid);
  CHECK(in_sync(fleet.plan(moved)));
}

TEST_CASE("an empty render and a vanished stack are held, and a person's word releases them") {
  Fleet fleet;
  fleet.sync(k_shop);
  Files empty = k_shop;
  empty.erase("applications/shop/web.yaml");
  empty.erase("applications/shop/flags.yaml");
  SUBCASE("the stack's folder stays without manifests") {}
  SUBCASE("the stack's folder is gone") {
    empty.erase("applications/shop/stack.yaml");
  }
  auto record = fleet.sync(empty);
  CHECK(count_actions(record, ActionKind::prune) == 0);
  CHECK(count_actions(record, ActionKind::hold) == 2);
  CHECK_FALSE(fleet.get("v1", "ConfigMap", "shop", "flags").is_null());
  record = fleet.sync(empty, [](RunRequest& request) { request.confirm_prune = {"applications/shop"}; });
  CHECK_MESSAGE(errors_of(record).empty(), errors_of(record));
  CHECK(fleet.get("v1", "ConfigMap", "shop", "flags").is_null());
  CHECK(in_sync(fleet.plan(empty)));
}

TEST_CASE("an object that belongs to nobody is held until it is adopted") {
  Fleet fleet;
  fleet.call(Verb::create, "v1", "Namespace", "", "shop",
             Value::map({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Value::map({{"name", "shop"}})}}));
  auto record = fleet.sync(k_shop);
  const Action* action = find_action(record, "Namespace shop");
  REQUIRE(action != nullptr);
  CHECK(action->kind == ActionKind::hold);
  CHECK(action->held == ActionKind::adopt);
  record = fleet.sync(k_shop, [](RunRequest& request) { request.adopt = {"infrastructure/namespaces"}; });
  CHECK_MESSAGE(errors_of(record).empty(), errors_of(record));
  CHECK(in_sync(fleet.plan(k_shop)));
}

TEST_CASE("custom resources are applied once their definition is established") {
  Fleet fleet;
  Files files = k_shop;
  files["applications/shop/widget.yaml"] =
      "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: one}\nspec: {size: 3}\n";
  files["bootstrap/crds/widgets.yaml"] = R"(apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
)";
  const auto planned = fleet.plan(files);
  REQUIRE(find_action(planned, "Widget shop/one") != nullptr);
  CHECK(find_action(planned, "Widget shop/one")->after == "CustomResourceDefinition widgets.example.com");
  const auto record = fleet.sync(files);
  CHECK_MESSAGE(errors_of(record).empty(), errors_of(record));
  CHECK(fleet.get("example.com/v1", "Widget", "shop", "one").at({"spec", "size"}).as_integer() == 3);
  CHECK(in_sync(fleet.plan(files)));
}

TEST_CASE("a stack that does not become healthy times out and blocks what depends on it") {
  Fleet fleet(sandbox::SandboxControllers::none);
  Files files = k_shop;
  files["platform/web/stack.yaml"] = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n";
  files["platform/web/web.yaml"] = k_deployment;
  files.erase("applications/shop/web.yaml");
  const auto record = fleet.sync(files);
  REQUIRE(stack_run(record, "platform/web").error.has_value());
  CHECK(stack_run(record, "platform/web").error->kind == ErrorKind::timeout);
  REQUIRE(stack_run(record, "applications/shop").blocked_by.size() == 1);
  CHECK(stack_run(record, "applications/shop").blocked_by.front().find("platform/web") != std::string::npos);
  CHECK(fleet.get("v1", "ConfigMap", "shop", "flags").is_null());
}

TEST_CASE("a run that ends at any point is taken up by the next without orphans or wrong deletes") {
  struct Killed {};
  Files after = k_shop;
  after.erase("applications/shop/flags.yaml");
  after["applications/shop/more.yaml"] = config_map("more", "x");
  std::size_t events = 0;
  {
    Fleet fleet;
    fleet.sync(k_shop);
    fleet.watcher.events.clear();
    fleet.sync(after);
    events = fleet.watcher.events.size();
  }
  REQUIRE(events > 10);
  for (std::size_t kill = 0; kill < events; ++kill) {
    CAPTURE(kill);
    Fleet fleet;
    fleet.sync(k_shop);
    std::size_t seen = 0;
    fleet.watcher.hook = [&](const RunEvent&) {
      if (seen++ == kill) throw Killed();
    };
    CHECK_THROWS_AS(fleet.sync(after), Killed);
    fleet.watcher.hook = nullptr;
    const auto record = fleet.sync(after);
    CHECK_MESSAGE(errors_of(record).empty(), errors_of(record));
    CHECK(fleet.get("v1", "ConfigMap", "shop", "flags").is_null());
    CHECK_FALSE(fleet.get("v1", "ConfigMap", "shop", "more").is_null());
    CHECK_FALSE(fleet.get("apps/v1", "Deployment", "shop", "web").is_null());
    CHECK(in_sync(fleet.plan(after)));
  }
}

TEST_CASE("another cluster's inventory holds every prune") {
  Fleet fleet;
  fleet.sync(k_shop);
  Files less = k_shop;
  less.erase("applications/shop/flags.yaml");
  const auto record = fleet.sync(
      less, [](RunRequest& request) { request.expected_cluster_uid = "11111111-2222-3333-4444-555555555555"; });
  CHECK(count_actions(record, ActionKind::prune) == 0);
  CHECK(count_actions(record, ActionKind::hold) == 1);
  CHECK_FALSE(fleet.get("v1", "ConfigMap", "shop", "flags").is_null());
}

TEST_CASE("a stack that cannot be read stops neither the others nor deletes anything") {
  Fleet fleet;
  fleet.sync(k_shop);
  Files broken = k_shop;
  broken["applications/shop/flags.yaml"] = "a: [";
  broken["platform/extra/stack.yaml"] = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n";
  broken["platform/extra/extra.yaml"] = config_map("extra", "1");
  const auto record = fleet.sync(broken);
  REQUIRE(stack_run(record, "applications/shop").plan.error.has_value());
  CHECK(stack_run(record, "applications/shop").plan.error->kind == ErrorKind::render);
  CHECK_FALSE(fleet.get("v1", "ConfigMap", "shop", "extra").is_null());
  CHECK_FALSE(fleet.get("v1", "ConfigMap", "shop", "flags").is_null());
}

TEST_CASE("a kind whose list fails is unknown: nothing of it is created, changed or pruned") {
  Fleet fleet;
  fleet.sync(k_shop);
  Files less = k_shop;
  less.erase("applications/shop/flags.yaml");
  sandbox::Fault fault;
  fault.resource = "configmaps";
  fault.namespace_ = "shop";
  fault.count = 1'000'000;
  fault.status = 500;
  fleet.model.add_fault(fault);
  fleet.model.clear_log();
  const auto record = fleet.sync(less);
  CHECK(fleet.count_requests("delete") == 0);
  CHECK(count_actions(record, ActionKind::hold) >= 1);
}

TEST_CASE("a thousand objects cost hardly more requests than there are objects") {
  Fleet fleet;
  Files files;
  files["infrastructure/namespaces/all.yaml"] = name_space("many");
  for (int stack = 0; stack < 100; ++stack) {
    const std::string folder = "applications/s" + std::to_string(stack) + "/";
    files[folder + "stack.yaml"] = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: many\n";
    for (int object = 0; object < 10; ++object)
      files[folder + std::to_string(object) + ".yaml"] = config_map("c" + std::to_string(stack * 10 + object), "v");
  }
  const auto record = fleet.sync(files);
  CHECK_MESSAGE(errors_of(record).empty(), errors_of(record));
  CHECK(record.requests <= 1100);
  const auto again = fleet.sync(files);
  CHECK(in_sync(again));
  CHECK(again.requests <= 12);
}
