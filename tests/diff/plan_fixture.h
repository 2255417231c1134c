// A plan's input made of values, for tests.
#pragma once

#include "diff/body.h"
#include "diff/plan.h"
#include "tests/diff/files.h"

#include <algorithm>
#include <set>
#include <string>

namespace reconciled::test {

/// managedFields of one manager; the fields are JSON with single quotes.
inline Value managed(const std::string& manager, const std::string& operation, const std::string& fields) {
  return test::read_yaml_value(
      "[{manager: " + manager + ", operation: " + operation +
      ", apiVersion: v1, time: '2026-01-01T00:00:00Z', fieldsType: FieldsV1, fieldsV1: " + fields + "}]");
}

struct PlanFixture {
  Stack stack;
  ManifestSet desired;
  LiveState live;
  Inventory all;
  std::map<ObjectId, StackId> desired_by;
  PruneGuard guard;
  Adopt adopt = Adopt::no;
  PruneAnswer prune = PruneAnswer::guarded;
  std::string forbidden_reason;

  PlanFixture() {
    stack.id = {"prod", "applications", "shop"};
    desired.stack = stack.id;
  }
  static std::string text(const std::string& kind, const std::string& name,
                          const std::string& rest = "data: {a: '1'}") {
    const std::string version = kind == "Namespace" || kind == "ConfigMap" || kind == "PersistentVolumeClaim" ? "v1"
                                : kind == "CustomResourceDefinition" ? "apiextensions.k8s.io/v1"
                                                                     : "example.com/v1";
    const std::string space = kind == "Namespace" || kind == "CustomResourceDefinition" ? "" : ", namespace: shop";
    return "apiVersion: " + version + "\nkind: " + kind + "\nmetadata: {name: " + name + space + "}\n" + rest + "\n";
  }
  static ObjectId id(const std::string& kind, const std::string& name) {
    return manifest_of(read_yaml_value(text(kind, name))).id;
  }
  StackInventory& row() {
    StackInventory& out = all.stacks[stack.id.key()].edit();
    out.stack = stack.id;
    return out;
  }
  StackInventory& row_of(const std::string& name) {
    const StackId other{"prod", "applications", name};
    StackInventory& out = all.stacks[other.key()].edit();
    out.stack = other;
    return out;
  }
  const Manifest& want(const std::string& yaml) {
    desired.manifests.push_back(manifest_of(read_yaml_value(yaml)));
    desired_by.emplace(desired.manifests.back().id, stack.id);
    return desired.manifests.back();
  }
  Observed& see(const ObjectId& at, Observed::State state) {
    Observed& out = live.objects[at];
    out.state = state;
    return out;
  }
  /// The object is there as the YAML says, with a UID, applied by us.
  Observed& see(const std::string& yaml, const std::string& uid) {
    Value object = read_yaml_value(yaml);
    const ObjectId at = manifest_of(object).id;
    object.edit("metadata").set("uid", uid);
    object.edit("metadata").set("resourceVersion", "7");
    Observed& out = see(at, Observed::State::present);
    out.object = std::move(object);
    return out;
  }
  void own(StackInventory& in, const ObjectId& at, const std::string& uid, const Digest& digest = {}) {
    in.entries.push_back({at, uid, digest});
    std::sort(in.entries.begin(), in.entries.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  }
  StackPlan plan() const {
    const auto found = all.stacks.find(stack.id.key());
    const std::set<ObjectId> shared = find_shared(all);
    return make_plan({stack, desired, live, found == all.stacks.end() ? nullptr : found->second.get(), all, desired_by,
                      guard, adopt, prune, forbidden_reason, &shared});
  }
  /// The only action of the plan.
  Action only() const {
    const StackPlan made = plan();
    return made.actions.size() == 1 ? made.actions.front() : Action{};
  }
};

}  // namespace reconciled::test
