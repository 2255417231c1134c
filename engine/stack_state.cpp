#include "engine/stack_state.h"

#include "base/json.h"
#include "engine/ownership_rows.h"

#include <algorithm>

namespace reconciled {
namespace {

using Outcome = ActionResult::Outcome;
constexpr std::size_t k_max_details = 50;
constexpr std::size_t k_max_value_bytes = 200;

std::string cut(const Value& value) {
  if (value.is_null()) return {};
  std::string text = format_json(value);
  if (text.size() > k_max_value_bytes) {
    std::size_t end = k_max_value_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    text += "…";
  }
  return text;
}

bool drifted(const Action& action) {
  return action.cause == ChangeCause::manual || action.cause == ChangeCause::missing;
}

void add_drift(std::vector<DriftView>& all, const Action& action) {
  if (action.kind == ActionKind::keep || action.evidence == Evidence::none) return;
  bool any = false;
  for (const auto& change : action.changes) {
    if (!change.ignored_by.empty() || all.size() >= k_max_details) continue;
    any = true;
    all.push_back(
        {action.id, action.cause, change.path, change.manager, change.time, cut(change.desired), cut(change.live)});
  }
  if (!any && all.size() < k_max_details) all.push_back({action.id, action.cause, "", "", "", "", ""});
}

/// Something went wrong, or the run ended before it came to everything that it should have written.
bool undone(const StackRun& run, RunMode mode) {
  if (run.error || run.plan.error) return true;
  for (std::size_t i = 0; i < run.results.size(); ++i) {
    const Outcome outcome = run.results[i].outcome;
    if (outcome == Outcome::failed || outcome == Outcome::skipped) return true;
    if (outcome == Outcome::planned && mode == RunMode::apply && writes(run.plan.actions[i])) return true;
  }
  return false;
}

RunResult result_of(const StackRun& run, RunMode mode) {
  if (!run.blocked_by.empty()) return RunResult::blocked;
  if (undone(run, mode)) return RunResult::failed;
  return run.plan.count(ActionKind::hold) != 0 ? RunResult::held : RunResult::succeeded;
}

void count(StackRecord& record, const Action& action, const ActionResult& result) {
  if (action.kind == ActionKind::hold) {
    ++record.held;
    record.holds.push_back(format_id(action.id) + ": " + action.reason);
  }
  if (result.outcome == Outcome::failed) {
    ++record.failed;
    for (const auto& conflict : action.conflicts) record.conflicts.push_back(conflict.substr(0, conflict.find(':')));
  }
  if (result.outcome == Outcome::pruned || result.outcome == Outcome::terminating) ++record.pruned;
  if (result.outcome != Outcome::applied) return;
  switch (action.kind) {
    case ActionKind::create: ++record.created; break;
    case ActionKind::update: ++record.updated; break;
    case ActionKind::recreate: ++record.recreated; break;
    case ActionKind::adopt: ++record.adopted; break;
    case ActionKind::prune:
    case ActionKind::keep:
    case ActionKind::hold: return;
  }
  if (drifted(action)) ++record.healed;
}

SyncState sync_after(const StackRun& run, const StackRecord& record, RunMode mode) {
  if (mode == RunMode::plan || record.result == RunResult::blocked) return assess_sync(run.plan);
  if (record.result == RunResult::failed) return SyncState::failed;
  SyncState state = SyncState::in_sync;
  for (const auto& action : run.plan.actions) {
    if (action.evidence == Evidence::none) state = std::max(state, SyncState::unknown);
    if (action.kind == ActionKind::hold) state = std::max(state, SyncState::held);
  }
  return run.suspended ? assess_sync(run.plan) : state;
}

}  // namespace

std::string blocking_reason(const StackState& stack) {
  if (stack.vanished()) return {};
  if (stack.broken || !stack.desired->manifests) return "could not be read";
  if (stack.healthy == stack.inputs()) return {};
  if (stack.view.suspended && is_good(stack.view.health.state)) return {};
  if (!stack.view.blocked_by.empty()) return "is blocked itself";
  if (stack.view.last_result == RunResult::failed) return "could not be applied";
  if (stack.applied != stack.inputs()) return "is not applied yet";
  return "is " + std::string(name_of(stack.view.health.state)) +
         (stack.view.health.reason.empty() ? "" : ": " + stack.view.health.reason);
}

StackRecord make_record(const StackState& stack, const StackRun& run, RunMode mode) {
  StackRecord record;
  record.stack = stack.id;
  record.revision = stack.view.revision;
  record.trigger = stack.trigger;
  record.result = result_of(run, mode);
  for (std::size_t i = 0; i < run.plan.actions.size(); ++i) {
    const Action& action = run.plan.actions[i];
    if (mode == RunMode::apply) {
      count(record, action, run.results[i]);
    } else if (action.kind == ActionKind::hold) {
      ++record.held;
      record.holds.push_back(format_id(action.id) + ": " + action.reason);
    }
    if (drifted(action)) add_drift(record.drift, action);
    if (!record.error && run.results[i].error) record.error = run.results[i].error;
  }
  if (run.plan.error) record.error = run.plan.error;
  if (run.error) record.error = run.error;
  if (record.result == RunResult::failed && !record.error)
    record.error = Error(ErrorKind::cancelled, "the run was stopped before it was done");
  return record;
}

void take_outcome(StackView& view, const StackRun& run, const StackRecord& record, RunMode mode) {
  view.last_result = record.result;
  view.last_run = record.finished;
  view.error = record.error;
  view.sync = sync_after(run, record, mode);
  view.warnings = run.plan.warnings;
  view.drifted = view.missing = view.orphaned = 0;
  view.failed = record.failed;
  view.held = record.held;
  view.drift.clear();
  for (std::size_t i = 0; i < run.plan.actions.size(); ++i) {
    const Action& action = run.plan.actions[i];
    const bool settled = run.results[i].outcome == Outcome::applied || run.results[i].outcome == Outcome::pruned;
    if (settled || action.kind == ActionKind::keep) continue;
    if (action.cause == ChangeCause::manual) ++view.drifted;
    if (action.cause == ChangeCause::missing) ++view.missing;
    if (action.cause == ChangeCause::orphan) ++view.orphaned;
    add_drift(view.drift, action);
  }
  if (view.sync != SyncState::drifted) view.drift_since.reset();
}

void take_health(StackState& stack, const LiveView& live) {
  std::vector<std::pair<ObjectId, Health>> healths;
  stack.view.unhealthy.clear();
  for (const auto& id : stack.counted) {
    const LiveEntry* entry = live.find(id);
    Health health{HealthState::unknown, "it was not seen"};
    if (entry != nullptr && entry->state != LiveEntry::State::unknown) health = entry->health;
    if (!is_good(health.state) && stack.view.unhealthy.size() < k_max_details)
      stack.view.unhealthy.push_back({id, health});
    healths.emplace_back(id, std::move(health));
  }
  stack.view.health = healths.empty() ? Health{HealthState::healthy, ""} : worst(healths);
}

std::string_view name_of(Trigger trigger) {
  switch (trigger) {
    case Trigger::start: return "start";
    case Trigger::commit: return "commit";
    case Trigger::drift: return "drift";
    case Trigger::health: return "health";
    case Trigger::timer: return "timer";
    case Trigger::retry: return "retry";
    case Trigger::dependency: return "dependency";
    case Trigger::command: return "command";
  }
  return "unknown";
}

std::string_view name_of(RunResult result) {
  switch (result) {
    case RunResult::none: return "none";
    case RunResult::succeeded: return "succeeded";
    case RunResult::failed: return "failed";
    case RunResult::held: return "held";
    case RunResult::blocked: return "blocked";
  }
  return "unknown";
}

}  // namespace reconciled
