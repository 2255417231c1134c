// What is remembered of rows beyond the inventory, and what two rows have.
#include "engine/reconciler_state.h"

#include <algorithm>

namespace reconciled {

/// What a run applied before it could not write its row.
void Reconciler::State::remember_made(const StackRun& run) {
  const std::string key = run.plan.stack.key();
  const auto row = inventory->stacks.find(key);
  if (row == inventory->stacks.end()) return;
  Made remembered{row->second->epoch, {}};
  for (std::size_t i = 0; i < run.results.size(); ++i) {
    if (run.results[i].outcome == ActionResult::Outcome::applied)
      remembered.uids.emplace(run.plan.actions[i].id, run.results[i].uid);
  }
  if (!remembered.uids.empty()) made[key] = std::move(remembered);
  note_made();
}

/// The intents that the next runs begin with have the UIDs of what was made by them.
void Reconciler::State::note_made() {
  for (const auto& [key, remembered] : made) {
    const auto at = inventory->stacks.find(key);
    if (at == inventory->stacks.end() || at->second->epoch != remembered.epoch) continue;
    StackInventory row = *at->second;
    for (auto* entries : {&row.entries, &row.intent}) {
      for (InventoryEntry& entry : *entries) {
        const auto uid = remembered.uids.find(entry.id);
        if (uid != remembered.uids.end() && entry.uid.empty()) entry.uid = uid->second;
      }
    }
    if (row != *at->second) take_row(row);
  }
}

/// What two rows have goes over in turns: the stack that keeps it commits no digest, the other lets go, and the first
/// one trusts its digest again. What nobody wants is then that stack's to prune.
void Reconciler::State::hand_over(const StackRun& run) {
  const auto& desired_by = index.claims()->desired_by;
  const std::string own = run.plan.stack.key();
  using Test = bool (*)(const InventoryEntry&);
  // Wakes who wants an object, or everybody who has it where nobody does.
  const auto wake_others = [&](const ObjectId& id, Test test) {
    const auto taker = desired_by.find(id);
    for (const auto& [key, row] : inventory->stacks) {
      if (key == own || (taker != desired_by.end() && taker->second != run.plan.stack && taker->second.key() != key))
        continue;
      const InventoryEntry* entry = row->find_committed(id);
      const auto stack = entry != nullptr && test(*entry) ? stacks.find(key) : stacks.end();
      if (stack != stacks.end()) wake(stack->second, Trigger::retry);
    }
  };
  const Test any = [](const InventoryEntry&) { return true; };
  const Test trusted = [](const InventoryEntry& entry) { return entry.desired != Digest{}; };
  const Test untrusted = [](const InventoryEntry& entry) { return entry.desired == Digest{}; };
  for (const auto& id : run.plan.released) wake_others(id, desired_by.contains(id) ? untrusted : any);
  for (const auto& action : run.plan.actions) {
    const bool leaves = action.kind == ActionKind::keep && action.contested == Contested::yes;
    if (leaves) wake_others(action.id, trusted);
    const auto taker = desired_by.find(action.id);
    const bool takes = action.last_sent == LastSent::doubtful && !action.hook && taker != desired_by.end() &&
                       taker->second == run.plan.stack;
    if (takes) wake_others(action.id, any);
  }
}

}  // namespace reconciled
