// What the repository wants: loads, what changed since the last, and which stacks that wakes.
#include "engine/reconciler_state.h"

#include <algorithm>

namespace reconciled {

void Reconciler::State::start_load() {
  if (loading) {
    load_again = true;
    return;
  }
  loading = true;
  load_again = false;
  loader.start_load(++load_id);
}

void Reconciler::State::take_load(LoadAnswer answer) {
  if (!loading || answer.id != load_id) return;
  loading = false;
  if (!load_again) overtaken = false;
  changed();
  if (!answer.environment) {
    Error error = std::move(answer.environment).error();
    if (!source_error || source_error->message != error.message) watcher.on_notice(error);
    source_error = std::move(error);
    load_due = clock.monotonic() + std::min(backoff(++load_failures), options.poll);
  } else {
    load_failures = 0;
    source_error.reset();
    source_success = clock.wall();
    load_due = clock.monotonic() + jittered(options.poll);
    if (loaded != *answer.environment) take_environment(std::move(*answer.environment));
    if (!load_again) source_woken.reset();
    if (!charts_current()) load_again = true;
  }
  if (load_again) start_load();
}

void Reconciler::State::take_environment(std::shared_ptr<const LoadedEnvironment> environment) {
  loaded = std::move(environment);
  std::set<std::string> known;
  for (const auto& desired : loaded->stacks) {
    const std::string key = desired.stack.id.key();
    known.insert(key);
    auto [at, fresh] = stacks.try_emplace(key);
    StackState& stack = at->second;
    const bool same = !fresh && stack.desired != nullptr && stack.desired->stack == desired.stack &&
                      stack.desired->inputs == desired.inputs &&
                      stack.desired->manifests.has_value() == desired.manifests.has_value();
    take_stack_settings(stack, desired);
    if (fresh) recall(stack);
    if (same) continue;
    stack.view.error.reset();
    stack.commit_seen = source_woken.value_or(clock.monotonic());
    stack.failures = 0;
    stack.fighting.reset();
    stack.flips.clear();
    if (stack.view.sync == SyncState::in_sync) stack.view.sync = SyncState::ahead;
    order_changed = true;
    wake(stack, fresh ? Trigger::start : Trigger::commit);
  }
  for (const auto& broken : loaded->graph.broken) {
    const std::string key = broken.id.key();
    known.insert(key);
    StackState& stack = stacks[key];
    stack.id = stack.view.id = broken.id;
    stack.desired = nullptr;
    stack.broken = broken.error;
    take_error(stack, broken.error);
    order_changed = true;
  }
  for (auto& [key, stack] : stacks) {
    if (known.contains(key)) continue;
    if (!stack.vanished()) {  // until now: what waited for it need not, and what it left is looked at once
      order_changed = true;
      wake(stack, Trigger::commit);
    }
    stack.desired = nullptr;
    stack.broken.reset();
    stack.loaded.reset();
    stack.view.revision = loaded->revision.commit;
    if (stack.view.sync == SyncState::in_sync) stack.view.sync = SyncState::ahead;  // its objects are orphans now
  }
  for (const auto& warning : loaded->graph.warnings) watcher.on_notice(Error(ErrorKind::render, warning));
  index_objects();
}

void Reconciler::State::take_stack_settings(StackState& stack, const LoadedStack& desired) {
  stack.id = stack.view.id = desired.stack.id;
  stack.loaded = loaded;
  stack.desired = &desired;
  stack.broken.reset();
  stack.view.namespace_ = desired.stack.namespace_;
  stack.view.repository = loaded->revision.url;
  stack.view.revision = loaded->revision.commit;
  stack.view.suspended = desired.stack.suspended;
  stack.view.automated = desired.stack.sync.automated == Enabled::yes;
}

/// Resolves what the stacks want against what the cluster serves; nothing to do before both are known.
void Reconciler::State::index_objects() {
  if (!loaded || session != Session::ready) return;
  const auto before = index.claims();
  const std::set<std::string> moved = index.update(loaded, discovery);
  const auto& unreadable = index.claims()->unreadable;
  // A prune may have been held because its object could have moved to a stack that can be read now.
  const bool mended = std::ranges::any_of(before->unreadable, [&](const StackId& stack) {
    return std::ranges::find(unreadable, stack) == unreadable.end();
  });
  for (auto& [key, stack] : stacks) {
    stack.view.objects = static_cast<std::uint32_t>(index.ids_of(key).size());
    if (const Error* error = index.error_of(key))
      take_error(stack, *error);
    else if (moved.contains(key) || (mended && (stack.running || stack.view.orphaned != 0)))
      wake(stack, Trigger::commit);
  }
  find_vanished();
  follow_objects();
  changed();
}

/// Stacks that only the inventory has are planned like any other; those that nobody has are forgotten.
void Reconciler::State::find_vanished() {
  if (!loaded || !inventory) return;
  for (const auto& [key, row] : inventory->stacks) {
    if (row->stack.environment != options.environment) continue;
    auto [at, fresh] = stacks.try_emplace(key);
    StackState& stack = at->second;
    if (fresh) {
      stack.id = stack.view.id = row->stack;
      stack.view.repository = loaded->revision.url;
      stack.view.revision = loaded->revision.commit;
    }
    if (stack.vanished() && (fresh || stack.view.sync != SyncState::held)) wake(stack, Trigger::commit);
  }
  std::erase_if(stacks, [&](const auto& entry) {
    const bool gone = entry.second.vanished() && !entry.second.running && !inventory->stacks.contains(entry.first);
    if (gone) {
      queue.erase(entry.first);
      blocked.erase(entry.first);
    }
    return gone;
  });
}

/// What the inventory remembers of a stack from before this process.
void Reconciler::State::recall(StackState& stack) {
  if (!inventory || stack.healthy != Digest{}) return;
  const auto row = inventory->stacks.find(stack.id.key());
  if (row == inventory->stacks.end()) return;
  stack.healthy = row->second->healthy;
  if (stack.healthy == stack.inputs() && row->second->intent.empty()) {
    stack.applied = stack.healthy;
    stack.view.applied_revision = row->second->revision;
  }
}

}  // namespace reconciled
