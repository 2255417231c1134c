// What runs, what waits, and what becomes of it.
#include "engine/intent_life.h"
#include "engine/reconciler_state.h"
#include "ports/builtin_types.h"
#include "stacks/conventions/layers.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::size_t k_max_sentences = 5;

/// Kinds of error that only a commit, a person or another state of the cluster can mend.
bool needs_change(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::render:
    case ErrorKind::policy:
    case ErrorKind::limit:
    case ErrorKind::api_rejected: return true;
    default: return false;
  }
}

/// Everything that is wanted was applied. A prune that waits for a person takes nothing from what is there.
bool carried_out(const StackRun& run, const StackRecord& record) {
  if (record.result == RunResult::succeeded) return true;
  return record.result == RunResult::held && std::ranges::all_of(run.plan.actions, [](const Action& action) {
           return action.kind != ActionKind::hold || action.cause == ChangeCause::orphan;
         });
}

bool applied_types(const StackRun& run) {
  for (std::size_t i = 0; i < run.plan.actions.size(); ++i) {
    if (run.plan.actions[i].id.group_kind() == k_crd_kind && run.results[i].outcome == ActionResult::Outcome::applied)
      return true;
  }
  return false;
}

/// Whether the API server refused an update that it was not asked about before.
bool failed_unasked(Ask ask, const StackRun& run) {
  for (std::size_t i = 0; i < run.results.size(); ++i) {
    const bool failed = run.results[i].outcome == ActionResult::Outcome::failed;
    if (failed && ask == Ask::doubtful && run.plan.actions[i].doubt == Doubt::no) return true;
  }
  return false;
}

std::string sentence(const StackState& dependency, const std::string& reason) {
  return "it waits for " + dependency.id.path() + ", which " + reason;
}

}  // namespace

Duration Reconciler::State::jittered(Duration around) {
  const auto tenth = static_cast<std::uint64_t>(std::max<std::int64_t>(around.count() / 10, 1));
  return around - Duration(static_cast<std::int64_t>(tenth / 2)) +
         Duration(static_cast<std::int64_t>(random.next() % tenth));
}

/// Doubles to max_retry, with full jitter above a floor.
Duration Reconciler::State::backoff(std::uint32_t failures) {
  const auto doubled = options.first_retry * (std::int64_t{1} << std::min<std::uint32_t>(failures - 1, 20));
  const Duration most = std::min<Duration>(doubled, options.max_retry);
  const auto range = static_cast<std::uint64_t>(std::max<std::int64_t>(most.count(), 1));
  return options.first_retry / 4 + Duration(static_cast<std::int64_t>(random.next() % range));
}

void Reconciler::State::wake(StackState& stack, Trigger trigger, Duration delay) {
  const std::string key = stack.id.key();
  if (const auto waiting = blocked.find(key); waiting != blocked.end()) {
    trigger = std::min(trigger, waiting->second);
    blocked.erase(waiting);
  }
  if (stack.running) {
    stack.again_for = stack.again ? std::min(stack.again_for, trigger) : trigger;
    stack.again = true;
    return;
  }
  queue.add(key, trigger, clock.monotonic() + delay, clock.monotonic());
}

void Reconciler::State::advance() {
  for (auto& active : runs) {
    if (active.finished) finish_run(active);
  }
  std::erase_if(runs, [](const ActiveRun& active) { return active.finished; });
  if (may_reload() && inventory_again <= clock.monotonic()) reload_inventory();
  if (order_changed) {
    order_changed = false;
    layer_blockers.clear();
    for (const auto& [key, trigger] : std::exchange(blocked, {})) {
      if (const auto at = stacks.find(key); at != stacks.end()) wake(at->second, trigger);
    }
  }
  dispatch();
}

/// Whether the inventory should be read again and nothing stands against it.
bool Reconciler::State::may_reload() const {
  return inventory_stale && !inventory_loading && runs.empty() && session == Session::ready && store->idle();
}

bool Reconciler::State::able() const {
  return session == Session::ready && loaded && leading && !stopping && !inventory_stale && !inventory_loading &&
         !overtaken && !types_stale && charts_current() && runs.size() < options.parallel_runs;
}

void Reconciler::State::dispatch() {
  if (!able()) return;
  std::map<RunMode, std::vector<StackState*>> chosen;
  for (const auto& item : queue.take_due(clock.monotonic())) {
    const auto at = stacks.find(item.key);
    if (at != stacks.end() && admit(at->second, item.trigger)) chosen[mode_for(at->second)].push_back(&at->second);
  }
  for (auto& [mode, all] : chosen) {
    // In the order of the graph, vanished stacks last: a namespace is planned before what lies in it.
    std::ranges::sort(all, [](const StackState* one, const StackState* other) {
      return std::pair(one->desired == nullptr, one->desired) < std::pair(other->desired == nullptr, other->desired);
    });
    for (std::size_t from = 0; from < all.size(); from += options.batch) {
      const std::size_t until = std::min(all.size(), from + options.batch);
      start_run({all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(until)},
                mode);
    }
  }
}

/// Whether a stack that is due may run now; otherwise it waits where what it waits for will wake it.
bool Reconciler::State::admit(StackState& stack, Trigger trigger) {
  if (stack.running) {
    wake(stack, trigger);
    return false;
  }
  if (stack.broken || index.error_of(stack.id.key()) != nullptr) return false;  // a commit will wake it
  if (const auto writer = foreign_writer(stack)) {
    stack.view.blocked_by = {*writer};
    wake(stack, trigger, std::chrono::seconds(2));
    return false;
  }
  auto sentences = blockers_of(stack);
  const bool was_blocked = !stack.view.blocked_by.empty();
  if (stack.view.blocked_by != sentences) changed();
  stack.view.blocked_by = std::move(sentences);
  stack.trigger = trigger;
  if (stack.view.blocked_by.empty()) return true;
  blocked.emplace(stack.id.key(), trigger);
  if (was_blocked) return false;
  stack.view.last_result = RunResult::blocked;
  StackRecord record = record_without_run(stack);
  record.holds = stack.view.blocked_by;
  watcher.on_record(record);
  return false;
}

std::vector<std::string> Reconciler::State::blockers_of(const StackState& stack) {
  std::vector<std::string> sentences;
  if (stack.desired == nullptr) return sentences;
  if (layer_blockers.empty()) {
    for (const auto& layer : loaded->repository.layers) layer_blockers[layer.name];
    for (const auto& [key, other] : stacks) {
      auto& texts = layer_blockers[other.id.layer];
      if (texts.size() >= k_max_sentences) continue;
      if (const std::string reason = blocking_reason(other); !reason.empty()) texts.push_back(sentence(other, reason));
    }
  }
  for (const auto& layer : layers_before(loaded->repository.layers, stack.id.layer)) {
    const auto& texts = layer_blockers[layer];
    sentences.insert(sentences.end(), texts.begin(), texts.end());
  }
  for (const auto& path : stack.desired->stack.depends_on) {
    const auto at = stacks.find(stack.id.environment + "/" + path);
    if (at == stacks.end()) continue;
    const std::string reason = blocking_reason(at->second);
    if (!reason.empty()) sentences.push_back(sentence(at->second, reason));
  }
  std::ranges::sort(sentences);
  sentences.erase(std::unique(sentences.begin(), sentences.end()), sentences.end());
  if (sentences.size() > k_max_sentences) sentences.resize(k_max_sentences);
  return sentences;
}

/// The command line that is in the middle of the same stack; without a sign of life it is taken for gone.
std::optional<std::string> Reconciler::State::foreign_writer(const StackState& stack) {
  const std::string key = stack.id.key();
  const auto row = inventory->stacks.find(key);
  if (row == inventory->stacks.end() || row->second->intent.empty() || !row->second->writer.starts_with("cli/")) {
    foreign.forget(key);
    return std::nullopt;
  }
  return foreign.find_writer(key, *row->second, clock.monotonic());
}

RunMode Reconciler::State::mode_for(const StackState& stack) const {
  if (stack.vanished()) return RunMode::apply;
  const SyncPolicy& policy = stack.desired->stack.sync;
  if (stack.view.suspended || policy.automated == Enabled::no) return RunMode::plan;
  if (stack.applied != stack.inputs()) return RunMode::apply;
  return policy.self_heal == Enabled::yes && !stack.fighting ? RunMode::apply : RunMode::plan;
}

void Reconciler::State::start_run(const std::vector<StackState*>& chosen, RunMode mode) {
  runs.emplace_back(*this, mode);
  ActiveRun& active = runs.back();
  // What did not go well is looked at more closely before it is tried again.
  const bool first_try = std::ranges::all_of(chosen, [](const StackState* stack) { return stack->failures == 0; });
  if (mode == RunMode::apply && first_try) active.ask = Ask::doubtful;
  Desired desired;
  desired.repository = loaded->repository;
  desired.revision = loaded->revision;
  desired.graph.environment = options.environment;
  desired.whole = false;
  Known known{discovery, cluster_uid, inventory, shared_objects(), index.claims(), {}, [this](const ObjectId& id) {
                return live.seen_lately(id);
              }};
  for (StackState* stack : chosen) {
    stack->running = true;
    stack->started = clock.monotonic();
    stack->planned = stack->inputs();
    active.open.insert(stack->id.key());
    if (stack->desired == nullptr)
      known.vanished.push_back(stack->id);
    else
      desired.stacks.push_back({stack->desired->stack, index.manifests_of(*stack->desired), Selected::yes});
  }
  RunRequest request = options.run;
  request.mode = mode;
  request.wait = Wait::no;
  request.ask = active.ask;
  active.chain =
      std::make_unique<Chain>(std::move(request), std::move(desired), std::move(known), calls, timers, *store, active);
  active.chain->start([&active] { active.finished = true; });
  changed();
}

void Reconciler::State::finish_run(ActiveRun& active) {
  const RunRecord record = active.chain->take_record();
  for (const auto& key : active.open) {
    const auto at = stacks.find(key);
    if (at == stacks.end()) continue;
    at->second.running = false;
    const Error error = record.error.value_or(Error(ErrorKind::cancelled, "the run was stopped"));
    take_error(at->second, error);
    retry(at->second, error, Ask::all);
  }
  active.open.clear();
}

/// Of a stack that ended as its view says before anything ran.
StackRecord Reconciler::State::record_without_run(const StackState& stack) const {
  StackRecord record;
  record.stack = stack.id;
  record.cluster = options.run.scope.cluster;
  record.revision = stack.view.revision;
  record.trigger = stack.trigger;
  record.result = stack.view.last_result;
  record.finished = clock.wall();
  return record;
}

void Reconciler::State::take_error(StackState& stack, const Error& error) {
  const bool news = !stack.view.error || *stack.view.error != error;
  stack.view.error = error;
  stack.view.sync = SyncState::failed;
  stack.view.last_result = RunResult::failed;
  order_changed = true;
  changed();
  if (!news) return;
  StackRecord record = record_without_run(stack);
  record.error = error;
  watcher.on_record(record);
}

void Reconciler::State::take_stack(ActiveRun& active, const StackRun& run) {
  const std::string key = run.plan.stack.key();
  active.open.erase(key);
  const auto at = stacks.find(key);
  if (at == stacks.end()) return;
  StackState& stack = at->second;
  stack.running = false;
  changed();
  StackRecord record = make_record(stack, run, active.mode);
  record.cluster = options.run.scope.cluster;
  record.finished = clock.wall();
  record.duration = clock.monotonic() - stack.started;
  // A newer commit came while this ran: what was found out speaks of the older one.
  const bool current = stack.planned == stack.inputs();
  if (active.mode == RunMode::apply && carried_out(run, record)) {
    stack.applied = stack.planned;
    if (current) {
      stack.view.applied_revision = stack.view.revision;
      if (const auto seen = std::exchange(stack.commit_seen, std::nullopt))
        record.since_commit = clock.monotonic() - *seen;
      stack.healthy_by = clock.monotonic() + options.run.health_timeout;
      health_due = std::min(health_due.value_or(*stack.healthy_by), *stack.healthy_by);
    }
  }
  take_outcome(stack.view, run, record, active.mode);
  if (!current && stack.view.sync == SyncState::in_sync) stack.view.sync = SyncState::ahead;
  stack.view.blocked_by = run.blocked_by;
  order_changed = true;
  if (applied_types(run)) {
    types_stale = true;
    types_tries = 10;
    discover_at = clock.monotonic();
  }
  if (run.error)
    remember_made(run);
  else if (active.mode == RunMode::apply)
    hand_over(run);
  settle(stack, run);
  if (active.mode == RunMode::apply) count_flips(stack, run);
  watcher.on_record(record);
  const bool conflict_of_writers = run.error && run.error->kind == ErrorKind::refused;
  if (conflict_of_writers) inventory_stale = true;
  // What could not be looked at is not decided by a person, but by looking again.
  const bool blind =
      std::ranges::any_of(run.plan.actions, [](const Action& action) { return action.evidence == Evidence::none; });
  if (record.result == RunResult::failed || record.result == RunResult::blocked || blind) {
    retry(stack, record.error.value_or(Error(ErrorKind::api_transient, "it is blocked, or could not be looked at")),
          failed_unasked(active.ask, run) ? Ask::doubtful : Ask::all);
  } else {
    stack.failures = 0;
    stack.view.retry_at.reset();
    wake(stack, Trigger::timer, jittered(options.resync));
  }
  if (std::exchange(stack.again, false)) wake(stack, stack.again_for);
  assess(stack);
}

void Reconciler::State::retry(StackState& stack, const Error& error, Ask asked) {
  if (stack.running) return;
  ++stack.failures;
  const bool vain = needs_change(error.kind) && asked == Ask::all;
  const Duration delay = vain ? jittered(options.resync) : backoff(stack.failures);
  stack.view.retry_at = clock.wall() + std::chrono::duration_cast<WallTime::duration>(delay);
  wake(stack, Trigger::retry, delay);
}

}  // namespace reconciled
