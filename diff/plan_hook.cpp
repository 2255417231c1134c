#include "diff/body.h"
#include "diff/plan_steps.h"

#include <algorithm>

namespace reconciled {
namespace {

/// A stack is installed once something of it is owned that is no hook.
bool is_installed(const PlanInput& input) {
  if (input.inventory == nullptr) return false;
  const auto is_hook = [&](const InventoryEntry& entry) {
    return std::ranges::any_of(input.desired.manifests,
                               [&](const Manifest& manifest) { return manifest.hook && manifest.id == entry.id; });
  };
  return !std::ranges::all_of(input.inventory->entries, is_hook);
}

/// It finished as it is desired now: only then its entry is committed, and no intent speaks of it any more.
bool has_run(const PlanInput& input, const Action& action) {
  if (input.inventory == nullptr) return false;
  const InventoryEntry* committed = input.inventory->find_committed(action.id);
  return committed != nullptr && committed->desired == action.desired &&
         input.inventory->find_intended(action.id) == nullptr;
}

bool is_intended(const PlanInput& input, const Action& action) {
  const InventoryEntry* intended = input.inventory == nullptr ? nullptr : input.inventory->find_intended(action.id);
  return intended != nullptr && intended->desired == action.desired;
}

bool has_failed(const Value& live) {
  if (live.at({"status", "phase"}).as_string() == "Failed") return true;
  return std::ranges::any_of(live.at({"status", "conditions"}).items(), [](const Value& condition) {
    return condition["type"].as_string() == "Failed" && condition["status"].as_string() == "True";
  });
}

Action& keep(Action& action, std::string reason) {
  action.kind = ActionKind::keep;
  action.cause = ChangeCause::git_ahead;
  action.held.reset();
  action.reason = std::move(reason);
  action.body = Value();
  action.changes.clear();
  action.conflicts.clear();
  action.force = Force::no;
  return action;
}

/// Whether the object that is there is known to be ours: then it may be deleted to be run again.
bool is_ours(const Action& action) {
  switch (action.kind) {
    case ActionKind::keep:
    case ActionKind::update:
    case ActionKind::recreate: return true;
    case ActionKind::hold:
      return action.held == ActionKind::recreate || (action.held == ActionKind::update && !action.uid.empty());
    case ActionKind::create:
    case ActionKind::adopt:
    case ActionKind::prune: return false;
  }
  return false;
}

}  // namespace

Action plan_hook(const PlanInput& input, const Manifest& manifest, const Creations& creations, StackPlan& plan) {
  const std::uint32_t ignored = plan.ignored;
  Action action = plan_object(input, manifest, creations, plan);
  plan.ignored = ignored;
  const Hook& hook = *manifest.hook;
  const bool installed = is_installed(input);
  const auto& wanted = installed && hook.at_upgrade ? hook.at_upgrade : hook.at_install;
  action.hook = hook;
  const HookSide side = wanted ? *wanted : *hook.at_upgrade;
  action.phase = side == HookSide::before ? Phase::before : Phase::after;
  if (action.contested == Contested::yes || action.evidence == Evidence::none) return action;
  if (!wanted) return keep(action, "the hook runs at upgrades, not at the installation");
  if (has_run(input, action)) return keep(action, "the hook ran");
  const Observed& observed = input.live.at(manifest.id);
  if (observed.state != Observed::State::present) {
    if (action.kind == ActionKind::create) action.cause = ChangeCause::git_ahead;
    return action;
  }
  if (!is_ours(action)) return action;
  const bool failed = has_failed(observed.object);
  const bool started = is_intended(input, action) || action.kind == ActionKind::keep;
  action.cause = ChangeCause::git_ahead;
  action.held.reset();
  action.changes.clear();
  action.conflicts.clear();
  action.force = Force::no;
  action.body = make_body(manifest);
  if (started && !failed) {
    action.kind = ActionKind::update;
    action.reason = "the hook was started and is awaited";
    return action;
  }
  action.kind = ActionKind::recreate;
  action.reason =
      started ? "the hook failed: it is deleted and made again" : "the hook changed: it is deleted and made again";
  return action;
}

}  // namespace reconciled
