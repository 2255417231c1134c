// Hooks of charts, from plan to end.
#include "tests/engine/fleet.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace reconciled;
using namespace reconciled::test;

namespace {

std::string job(const std::string& name, const std::string& hook, const std::string& image = "a",
                const std::string& more = "") {
  return "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: " + name + "\n  annotations: {helm.sh/hook: " + hook +
         more + "}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: " + image + "}]}}}\n";
}

/// What the renderer of charts does with the annotations.
void mark_hooks(Desired& desired) {
  for (auto& stack : desired.stacks) {
    if (!stack.manifests) continue;
    for (auto& manifest : stack.manifests->manifests) {
      const Value& annotations = manifest.object.at({"metadata", "annotations"});
      const std::string events(annotations["helm.sh/hook"].as_string());
      if (events.empty()) continue;
      const HookSide side = events.starts_with("post") ? HookSide::after : HookSide::before;
      manifest.hook = Hook{.at_install = side, .at_upgrade = side};
      if (annotations["helm.sh/hook-delete-policy"].as_string() == "hook-succeeded")
        manifest.hook->when_succeeded = Hook::Afterwards::remove;
    }
  }
}

const std::string k_stack = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n";

struct HookFleet : Fleet {
  explicit HookFleet(sandbox::SandboxControllers controllers = sandbox::SandboxControllers::instant)
      : Fleet(controllers) {
    alter = &mark_hooks;
  }
  /// Names of what was written, in order; deletions with a minus.
  std::vector<std::string> written() {
    std::vector<std::string> names;
    for (const auto& event : watcher.events) {
      if (event.kind == RunEvent::Kind::apply_started) names.push_back(event.detail);
    }
    watcher.events.clear();
    return names;
  }
};

Files files_with(const std::string& before, const std::string& after = job("report", "post-install")) {
  return {{"infrastructure/namespaces/shop.yaml", name_space("shop")},
          {"applications/shop/stack.yaml", k_stack},
          {"applications/shop/flags.yaml", config_map("flags", "one")},
          {"applications/shop/before.yaml", before},
          {"applications/shop/after.yaml", after}};
}

std::string fault_of(const RunRecord& record) {
  std::string text;
  for (const auto& run : record.stacks) {
    for (const auto& result : run.results) {
      if (result.error) text += format_error(*result.error) + "\n";
    }
  }
  return text;
}

}  // namespace

TEST_CASE("hooks run before and after the other objects, once, and are no drift afterwards") {
  HookFleet fleet;
  const Files files = files_with(job("migrate", "pre-install"));
  const auto first = fleet.sync(files);
  CHECK_MESSAGE(fault_of(first).empty(), fault_of(first));
  CHECK(fleet.written() ==
        std::vector<std::string>{"Namespace shop", "Job shop/migrate", "ConfigMap shop/flags", "Job shop/report"});
  CHECK(stack_run(first, "applications/shop").health.state == HealthState::healthy);
  CHECK(in_sync(fleet.plan(files)));
  // A hook may clean itself up.
  fleet.call(Verb::remove, "batch/v1", "Job", "shop", "migrate");
  const auto again = fleet.sync(files);
  CHECK(in_sync(again));
  CHECK(fleet.written().empty());
  CHECK(fleet.get("batch/v1", "Job", "shop", "migrate").is_null());

  const auto changed = fleet.sync(files_with(job("migrate", "pre-install", "b")));
  CHECK_MESSAGE(fault_of(changed).empty(), fault_of(changed));
  CHECK(fleet.written() == std::vector<std::string>{"Job shop/migrate"});
  const std::string uid(fleet.get("batch/v1", "Job", "shop", "migrate").at({"metadata", "uid"}).as_string());
  const auto third = fleet.sync(files_with(job("migrate", "pre-install", "c")));
  CHECK_MESSAGE(fault_of(third).empty(), fault_of(third));
  CHECK(fleet.get("batch/v1", "Job", "shop", "migrate").at({"metadata", "uid"}).as_string() != uid);
}

TEST_CASE("a hook that asks for it is deleted when it succeeded") {
  HookFleet fleet;
  const Files files = files_with(job("migrate", "pre-install", "a", ", helm.sh/hook-delete-policy: hook-succeeded"));
  const auto record = fleet.sync(files);
  CHECK_MESSAGE(fault_of(record).empty(), fault_of(record));
  CHECK(fleet.get("batch/v1", "Job", "shop", "migrate").is_null());
  CHECK(in_sync(fleet.plan(files)));
}

TEST_CASE("a hook that fails stops what comes after it, and is run again by the next sync") {
  HookFleet fleet(sandbox::SandboxControllers::none);
  const Files files = files_with(job("migrate", "pre-install"));
  fleet.watcher.hook = [&](const RunEvent& event) {
    if (event.kind != RunEvent::Kind::apply_answered || event.detail != "Job shop/migrate") return;
    fleet.call_status(
        "batch/v1", "Job", "shop", "migrate",
        Value::map({{"status", Value::map({{"startTime", "2026-01-01T00:00:00Z"},
                                           {"conditions",
                                            Value::list({Value::map({{"type", "FailureTarget"}, {"status", "True"}}),
                                                         Value::map({{"type", "Failed"},
                                                                     {"status", "True"},
                                                                     {"message", "no more tries"}})})}})}}));
  };
  const auto record = fleet.sync(files);
  CHECK(fault_of(record).find("the hook failed: no more tries") != std::string::npos);
  CHECK(fleet.get("v1", "ConfigMap", "shop", "flags").is_null());
  const auto plan = fleet.plan(files);
  REQUIRE(find_action(plan, "Job shop/migrate") != nullptr);
  CHECK(find_action(plan, "Job shop/migrate")->kind == ActionKind::recreate);
}

TEST_CASE("hooks after the others wait for their health, and say so when it does not come") {
  HookFleet fleet(sandbox::SandboxControllers::none);
  Files files = files_with(config_map("settings", "x"));
  files["applications/shop/web.yaml"] =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, selector: {matchLabels: {a: "
      "b}}, "
      "template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}}\n";
  const auto record = fleet.sync(files);
  CHECK(fault_of(record).find("the hook waits for Deployment shop/web to be healthy") != std::string::npos);
  CHECK(fleet.get("batch/v1", "Job", "shop", "report").is_null());
  CHECK_FALSE(fleet.get("apps/v1", "Deployment", "shop", "web").is_null());
}
