#include "engine/run.h"

#include "engine/chain.h"

#include <algorithm>

namespace reconciled {

struct Run::State {
  State(RunRequest request, Desired desired, Cluster& cluster, const Clock& clock, RunWatcher& watcher)
      : calls(cluster, request.request_timeout),
        timers(clock),
        store(
            calls, clock,
            {.scope = request.scope, .namespace_ = request.inventory_namespace, .installation = request.installation}),
        chain(std::move(request), std::move(desired), std::nullopt, calls, timers, store, watcher) {}

  Calls calls;
  Timers timers;
  InventoryStore store;
  Chain chain;
};

Run::Run(RunRequest request, Desired desired, Cluster& cluster, const Clock& clock, RunWatcher& watcher)
    : m_state(std::make_unique<State>(std::move(request), std::move(desired), cluster, clock, watcher)) {}
Run::~Run() = default;

void Run::start() {
  m_state->chain.start({});
}

void Run::on(Answer answer) {
  m_state->calls.on(std::move(answer));
}

void Run::tick() {
  m_state->timers.fire();
  m_state->store.flush(InventoryStore::Urgency::batched);
}

std::optional<MonotonicTime> Run::next_wakeup() const {
  const auto timer = m_state->timers.next();
  const auto store = m_state->store.next_wakeup();
  if (timer && store) return std::min(*timer, *store);
  return timer ? timer : store;
}

void Run::stop() {
  m_state->chain.stop();
}

bool Run::done() const {
  return m_state->chain.done();
}

RunRecord Run::take_record() {
  RunRecord record = m_state->chain.take_record();
  record.requests = m_state->calls.started();
  return record;
}

}  // namespace reconciled
