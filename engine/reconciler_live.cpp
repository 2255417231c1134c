// What the watches tell while nothing runs: hands at our objects, and health.
#include "engine/reconciler_state.h"

#include <algorithm>

namespace reconciled {

/// Tells the live view what the run saw, and learns what happened since.
void Reconciler::State::settle(StackState& stack, const StackRun& run) {
  using Outcome = ActionResult::Outcome;
  stack.counted.clear();
  stack.hooks.clear();
  for (std::size_t i = 0; i < run.plan.actions.size(); ++i) {
    const Action& action = run.plan.actions[i];
    const ActionResult& result = run.results[i];
    const bool absent_hold = action.kind == ActionKind::hold && action.uid.empty();
    if (action.hook) stack.hooks.insert(action.id);
    if (action.cause != ChangeCause::orphan && action.kind != ActionKind::prune && !action.hook && !absent_hold)
      stack.counted.push_back(action.id);
    LiveEntry::State state = LiveEntry::State::unknown;
    if (result.seen) state = LiveEntry::State::present;
    if (result.outcome == Outcome::pruned || (!result.seen && result.health.state == HealthState::missing))
      state = LiveEntry::State::absent;
    if (state == LiveEntry::State::unknown) continue;
    const ActionResult::Seen seen = result.seen.value_or(ActionResult::Seen{result.uid, "", {}});
    if (live.settle(action.id, state, seen, result.health, stack.started))
      take_change(action.id, LiveView::Change::touched);
  }
  std::ranges::sort(stack.counted);
  stack.counted.shrink_to_fit();
}

/// Counts repairs that somebody keeps undoing, and stops before it becomes a fight.
void Reconciler::State::count_flips(StackState& stack, const StackRun& run) {
  const MonotonicTime now = clock.monotonic();
  bool healed = false;
  for (std::size_t i = 0; i < run.plan.actions.size(); ++i) {
    const Action& action = run.plan.actions[i];
    const bool undid = action.cause == ChangeCause::manual || action.cause == ChangeCause::missing;
    if (!undid || run.results[i].outcome != ActionResult::Outcome::applied) continue;
    healed = true;
    Flips& flips = stack.flips[action.id];
    flips.times.push_back(now);
    std::erase_if(flips.times, [&](MonotonicTime time) { return now - time > options.flip_window; });
    for (const auto& change : action.changes) {
      if (!change.manager.empty()) flips.manager = change.manager;
    }
    if (flips.times.size() <= options.flips || stack.fighting) continue;
    stack.fighting = format_id(action.id) + " was repaired " + std::to_string(flips.times.size()) + " times within " +
                     format_duration(options.flip_window) + ", and " +
                     (flips.manager.empty() ? "somebody" : flips.manager) +
                     " changes it again each time: reconciled stops repairing this stack";
    watcher.on_notice(Error(ErrorKind::refused, *stack.fighting, {},
                            "decide who owns the field: ignore it in the stack's settings, or stop the other writer")
                          .in(stack.id.path()));
    timers.after(options.flip_window, [this, key = stack.id.key()] {
      const auto at = stacks.find(key);
      if (at == stacks.end() || !at->second.fighting) return;
      at->second.fighting.reset();
      at->second.flips.clear();
      at->second.heals = 0;
      wake(at->second, Trigger::drift);
    });
  }
  if (!healed) return;
  stack.heals = stack.last_heal && now - *stack.last_heal < options.flip_window ? stack.heals + 1 : 1;
  stack.last_heal = now;
}

void Reconciler::State::take_change(const ObjectId& id, LiveView::Change change) {
  const auto& desired_by = index.claims()->desired_by;
  std::string key;
  if (const auto at = desired_by.find(id); at != desired_by.end()) {
    key = at->second.key();
  } else if (const StackInventory* owner = inventory ? inventory->owner_of(id) : nullptr) {
    key = owner->stack.key();
  }
  const auto at = stacks.find(key);
  if (at == stacks.end()) return;
  StackState& stack = at->second;
  changed();
  const bool touched = change == LiveView::Change::touched && !stack.hooks.contains(id);
  if (touched && stack.view.sync == SyncState::in_sync) {
    stack.view.sync = SyncState::drifted;
    stack.view.drift_since = clock.wall();
  }
  if (touched && !stack.running) {  // a run looks itself, and learns of it when it ends
    const bool peaceful = !stack.last_heal || clock.monotonic() - *stack.last_heal >= options.flip_window;
    wake(stack, Trigger::drift, peaceful || stack.heals < 2 ? Duration{} : backoff(stack.heals - 1));
  }
  assess(stack);
}

/// Health as the watches show it, and what follows from it.
void Reconciler::State::assess(StackState& stack) {
  take_health(stack, live);
  if (!may_become_healthy(stack)) return;
  if (is_good(stack.view.health.state)) {
    stack.healthy_by.reset();
    if (stack.healthy != stack.inputs()) set_healthy(stack);
    return;
  }
  order_changed = order_changed || stack.healthy != stack.inputs();
  if (stack.healthy_by && clock.monotonic() >= *stack.healthy_by) {
    stack.healthy_by.reset();
    stack.view.error =
        Error(ErrorKind::timeout, stack.id.path() + " did not become healthy within " +
                                      format_duration(options.run.health_timeout) + ": " + stack.view.health.reason);
    watcher.on_notice(*stack.view.error);
  }
}

/// Says so of stacks that took too long; one that runs just then is asked again a second later.
void Reconciler::State::check_health() {
  const MonotonicTime now = clock.monotonic();
  health_due.reset();
  for (auto& [key, stack] : stacks) {
    if (!stack.healthy_by) continue;
    if (*stack.healthy_by <= now && may_become_healthy(stack)) assess(stack);
    if (!stack.healthy_by) continue;
    const MonotonicTime due = std::max(*stack.healthy_by, now + std::chrono::seconds(1));
    health_due = std::min(health_due.value_or(due), due);
  }
}

bool Reconciler::State::may_become_healthy(const StackState& stack) const {
  return !stack.running && stack.desired != nullptr && stack.applied == stack.inputs();
}

void Reconciler::State::set_healthy(StackState& stack) {
  stack.healthy = stack.inputs();
  if (stack.view.error && stack.view.error->kind == ErrorKind::timeout) stack.view.error.reset();
  order_changed = true;
  const auto row = inventory->stacks.find(stack.id.key());
  if (!leading || row == inventory->stacks.end() || !row->second->intent.empty()) return;
  StackInventory marked = *row->second;
  marked.healthy = stack.healthy;
  take_row(marked);
  store->write(marked, InventoryStore::Urgency::batched, [this](const Status& status) {
    if (!status) inventory_stale = true;
  });
}

}  // namespace reconciled
