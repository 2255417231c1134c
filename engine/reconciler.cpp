#include "engine/reconciler.h"

#include "base/plant.h"
#include "engine/reconciler_state.h"
#include "stacks/load.h"

#include <algorithm>

namespace reconciled {

Reconciler::State::State(ReconcilerOptions options_, Cluster& cluster_, Loader& loader_, const Clock& clock_,
                         Random& random_, ReconcilerWatcher& watcher_)
    : options(std::move(options_)),
      cluster(cluster_),
      loader(loader_),
      clock(clock_),
      random(random_),
      watcher(watcher_),
      calls(cluster_, options.run.request_timeout),
      timers(clock_),
      live(
          {options.run.scope, options.stale_after}, cluster_, clock_, random_, [this] { return calls.next_id(); },
          [this](const ObjectId& id, LiveView::Change change) { take_change(id, change); },
          [this] {
            const MonotonicTime soon = clock.monotonic() + std::chrono::milliseconds(300);  // CRDs come in groups
            if (!discover_at || *discover_at > soon) discover_at = soon;
          }),
      index(options.run.scope.cluster) {}

Reconciler::Reconciler(ReconcilerOptions options, Cluster& cluster, Loader& loader, const Clock& clock, Random& random,
                       ReconcilerWatcher& watcher)
    : m_state(std::make_unique<State>(std::move(options), cluster, loader, clock, random, watcher)) {
  m_state->calls.fence(MonotonicTime::min());
}
Reconciler::~Reconciler() = default;

void Reconciler::start() {
  m_state->started = true;
  m_state->connect();
  m_state->start_load();
}

void Reconciler::lead(MonotonicTime until) {
  m_state->calls.fence(planted(Plant::lease_deadline_ignored) ? MonotonicTime::max() : until);
  if (m_state->leading) return;
  m_state->leading = true;
  // What a predecessor wrote last is not in our view for sure.
  if (m_state->session == State::Session::ready) m_state->inventory_stale = true;
  for (auto& [key, stack] : m_state->stacks) m_state->wake(stack, Trigger::start);
  m_state->changed();
  m_state->advance();
}

void Reconciler::follow() {
  m_state->calls.fence(MonotonicTime::min());
  if (!m_state->leading) return;
  m_state->leading = false;
  for (auto& active : m_state->runs) active.chain->stop();
  m_state->changed();
}

void Reconciler::on(Answer answer) {
  State& state = *m_state;
  if (state.pages && state.pages->owns(answer.id))
    state.take_pages(state.pages->take(std::move(answer), state.clock.monotonic()));
  else if (const auto failures = state.live.failures(); !state.live.take(answer))
    state.calls.on(std::move(answer));
  else if (state.live.failures() != failures)
    state.changed();
  state.advance();
}

void Reconciler::on(WatchEvent event) {
  State& state = *m_state;
  if (state.pages && state.pages->owns(event.id))
    state.take_pages(state.pages->take(std::move(event), state.clock.monotonic()));
  else
    state.live.take(event);
  state.advance();
}

void Reconciler::on(LoadAnswer answer) {
  m_state->take_load(std::move(answer));
  m_state->advance();
}

void Reconciler::tick() {
  State& state = *m_state;
  const MonotonicTime now = state.clock.monotonic();
  state.timers.fire();
  state.live.tick();
  if (state.pages) {
    if (const auto due = state.pages->wake_at(); due && *due <= now) state.pages->wake(now);
  }
  if (state.store) state.store->flush(InventoryStore::Urgency::batched);
  if (state.started && !state.stopping && !state.loading && state.load_due <= now) state.start_load();
  if (state.discover_at && *state.discover_at <= now) state.rediscover();
  if (state.health_due && *state.health_due <= now) state.check_health();
  state.advance();
}

std::optional<MonotonicTime> Reconciler::next_wakeup() const {
  const State& state = *m_state;
  std::optional<MonotonicTime> next;
  const auto take = [&](std::optional<MonotonicTime> due) {
    if (due && (!next || *due < *next)) next = due;
  };
  take(state.timers.next());
  take(state.live.next_wakeup());
  if (state.pages) take(state.pages->wake_at());
  if (state.store) take(state.store->next_wakeup());
  if (state.started && !state.loading && !state.stopping) take(state.load_due);
  take(state.discover_at);
  if (state.may_reload()) take(state.inventory_again);
  if (state.able()) take(state.queue.next());
  take(state.health_due);
  return next;
}

void Reconciler::wake_source() {
  State& state = *m_state;
  if (!state.source_woken) state.source_woken = state.clock.monotonic();
  if (state.started && !state.stopping) state.start_load();
}

void Reconciler::wake_stacks(const std::vector<std::string>& patterns, Trigger trigger) {
  for (auto& [key, stack] : m_state->stacks) {
    const bool named = std::ranges::any_of(
        patterns, [&](const std::string& pattern) { return matches_pattern(pattern, stack.id.path()); });
    if (named) m_state->wake(stack, trigger);
  }
  m_state->advance();
}

void Reconciler::stop() {
  State& state = *m_state;
  state.stopping = true;
  for (auto& active : state.runs) active.chain->stop();
  if (state.store) state.store->flush(InventoryStore::Urgency::now);
  state.changed();
}

bool Reconciler::stopped() const {
  return m_state->stopping && m_state->runs.empty() && (!m_state->store || m_state->store->idle());
}

std::uint64_t Reconciler::version() const {
  return m_state->version;
}

EnvironmentView Reconciler::view() const {
  const State& state = *m_state;
  const MonotonicTime now = state.clock.monotonic();
  EnvironmentView view;
  view.environment = state.options.environment;
  view.cluster = state.options.run.scope.cluster;
  view.cluster_uid = state.cluster_uid;
  if (state.discovery) view.server_version = state.discovery->server_version;
  if (state.loaded) view.revision = state.loaded->revision;
  view.source_success = state.source_success;
  view.source_error = state.source_error;
  view.cluster_error = state.cluster_error;
  view.leader = state.leading;
  view.ready = state.loaded && state.session == State::Session::ready && state.live.looked();
  view.queued = state.queue.due(now);
  if (const auto oldest = state.queue.oldest(now)) view.oldest_queued = now - *oldest;
  view.running = state.runs.size();
  view.watches = state.live.view();
  std::map<GroupKind, std::string> doubts;
  for (const auto& watch : view.watches)
    doubts.emplace(watch.gvk.group_kind(), state.live.doubt(watch.gvk.group_kind()));
  for (const auto& [key, stack] : state.stacks) {
    view.stacks.push_back(stack.view);
    StackView& shown = view.stacks.back();
    if (stack.fighting) shown.warnings.push_back(*stack.fighting);
    // What cannot be looked at is unknown, whatever was last seen of it.
    std::string doubt;
    if (state.session != State::Session::ready) doubt = "the cluster does not answer";
    for (const auto& id : state.index.ids_of(key)) {
      if (!doubt.empty()) break;
      if (const auto at = doubts.find(id.group_kind()); at != doubts.end()) doubt = at->second;
    }
    if (doubt.empty()) continue;
    if (shown.sync == SyncState::in_sync) shown.sync = SyncState::unknown;
    shown.health = {HealthState::unknown, doubt};
    shown.warnings.push_back(doubt);
  }
  return view;
}

}  // namespace reconciled
