#include "diff/plan.h"

#include "diff/managed_fields.h"
#include "diff/plan_steps.h"
#include "ports/builtin_types.h"

#include <algorithm>
#include <tuple>

namespace reconciled {
namespace {

bool leaves(const Action& action) {
  return action.cause == ChangeCause::orphan;
}

Phase phase_of(const Action& action) {
  if (leaves(action)) return Phase::leaving;
  if (action.hook) return action.phase;
  const GroupKind kind = action.id.group_kind();
  return kind == GroupKind{"", "Namespace"} || kind == k_crd_kind ? Phase::foundation : Phase::main;
}

/// Hooks by weight, then name; Helm's order of kinds decides between equal ones.
bool hook_earlier(const Action& a, const Action& b) {
  const auto key = [](const Action& action) {
    return std::tuple(action.hook->weight, std::string_view(action.id.name), apply_order(action.id.group_kind()));
  };
  return key(a) != key(b) ? key(a) < key(b) : a.id < b.id;
}

bool earlier(const Action& a, const Action& b) {
  if (a.phase != b.phase) return a.phase < b.phase;
  if (a.hook && b.hook) return hook_earlier(a, b);
  const int first = apply_order(a.id.group_kind());
  const int second = apply_order(b.id.group_kind());
  if (leaves(a)) return std::tie(second, b.id) < std::tie(first, a.id);
  return std::tie(first, a.id) < std::tie(second, b.id);
}

}  // namespace

bool StackPlan::in_sync() const {
  return !error && std::all_of(actions.begin(), actions.end(),
                               [](const Action& action) { return action.kind == ActionKind::keep; });
}

std::size_t StackPlan::count(ActionKind kind) const {
  return static_cast<std::size_t>(
      std::count_if(actions.begin(), actions.end(), [kind](const Action& action) { return action.kind == kind; }));
}

std::string_view annotation(const Value& object, std::string_view name) {
  return object.at({"metadata", "annotations", name}).as_string();
}

bool applied_by_us(const Value& live) {
  for (const Value& entry : live.at({"metadata", "managedFields"}).items()) {
    const bool ours = entry["manager"].as_string() == k_field_manager && entry["operation"].as_string() == "Apply";
    if (ours && entry["fieldsV1"].is_map()) return true;
  }
  return false;
}

bool is_controller(std::string_view manager) {
  return manager.find("controller") != std::string_view::npos || manager.find("operator") != std::string_view::npos ||
         manager.find("autoscaler") != std::string_view::npos || manager.starts_with("kube-") || manager == "kubelet";
}

bool made_by_us(const Value& live) {
  if (!applied_by_us(live)) return false;
  std::string_view ours;
  std::string_view earliest = "9";
  for (const FieldOwner& owner : read_managed_fields(live)) {
    if (!owner.subresource.empty() || is_controller(owner.manager)) continue;
    if (owner.manager == k_field_manager && owner.operation == FieldOperation::apply)
      ours = owner.time;
    else
      earliest = std::min(earliest, owner.time);
  }
  return ours < earliest;
}

StackPlan make_plan(const PlanInput& input) {
  StackPlan plan;
  plan.stack = input.stack.id;
  plan.warnings = input.desired.warnings;
  plan.charts = input.desired.charts;
  plan.error = find_changed_chart(input);
  if (plan.error) return plan;
  plan.actions.reserve(input.desired.manifests.size());
  const Creations creations(input);
  for (const Manifest& manifest : input.desired.manifests) {
    plan.actions.push_back(manifest.hook ? plan_hook(input, manifest, creations, plan)
                                         : plan_object(input, manifest, creations, plan));
  }
  plan_prunes(input, plan);
  for (Action& action : plan.actions) action.phase = phase_of(action);
  std::sort(plan.actions.begin(), plan.actions.end(), earlier);
  std::sort(plan.released.begin(), plan.released.end());
  return plan;
}

Digest digest_plan(const std::vector<StackPlan>& plans) {
  Sha256 sum;
  for (const StackPlan& plan : plans) {
    sum.field(plan.stack.key());
    if (plan.error) sum.field("error");
    for (const Action& action : plan.actions) {
      if (action.kind == ActionKind::keep) continue;
      const char kinds[] = {static_cast<char>(action.kind), static_cast<char>(action.held.value_or(ActionKind::keep))};
      sum.field(std::string_view(kinds, sizeof kinds));
      sum.field(encode_id(action.id)).field(action.uid).field(action.desired.hex());
    }
  }
  return sum.finish();
}

}  // namespace reconciled
