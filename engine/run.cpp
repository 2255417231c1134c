#include "engine/run.h"

#include "engine/calls.h"
#include "engine/execution.h"
#include "engine/inventory_store.h"
#include "engine/planning.h"
#include "engine/timers.h"

#include <algorithm>

namespace reconciled {
namespace {

/// What a run that only plans reports of a stack: the plan with the health of what lives.
StackRun make_planned_run(PlannedStack& planned, const LiveState& live) {
  StackRun run;
  run.suspended = planned.stack.suspended;
  run.plan = std::move(planned.plan);
  run.results.resize(run.plan.actions.size());
  run.live.resize(run.plan.actions.size());
  std::vector<std::pair<ObjectId, Health>> healths;
  for (std::size_t i = 0; i < run.plan.actions.size(); ++i) {
    const Action& action = run.plan.actions[i];
    const Observed& observed = live.at(action.id);
    Health& health = run.results[i].health;
    if (observed.state == Observed::State::present) {
      run.live[i] = observed.object;
      health = assess_health(observed.object);
    } else if (observed.state == Observed::State::unknown) {
      health = {HealthState::unknown, observed.reason};
    } else {
      health = {HealthState::missing, "it is not there"};
    }
    if (action.kind != ActionKind::prune) healths.emplace_back(action.id, health);
  }
  run.health = healths.empty() ? Health{HealthState::healthy, ""} : worst(healths);
  return run;
}

}  // namespace

struct Run::State {
  State(RunRequest request_, Desired desired_, Cluster& cluster, const Clock& clock, RunWatcher& watcher_)
      : request(std::move(request_)),
        repository(desired_.repository),
        graph(desired_.graph),
        revision(desired_.revision.commit),
        calls(cluster, request.request_timeout),
        timers(clock),
        store(
            calls, clock,
            {.scope = request.scope, .namespace_ = request.inventory_namespace, .installation = request.installation}),
        watcher(watcher_),
        planning(request, std::move(desired_), calls, store, watcher_) {}

  void take_survey(Result<Survey> result) {
    if (!result) {
      record.error = std::move(result).error();
      finished = true;
      return;
    }
    survey = std::move(*result);
    record.cluster_uid = survey.cluster_uid;
    record.server_version = survey.discovery->server_version;
    record.mode = survey.mode;
    record.warnings = std::move(survey.warnings);
    if (request.mode == RunMode::plan || stopping) {
      for (auto& planned : survey.stacks) {
        if (planned.selected == Selected::yes) record.stacks.push_back(make_planned_run(planned, survey.live));
      }
      finished = true;
      return;
    }
    execution = std::make_unique<Execution>(request, repository, revision, survey, calls, store, timers, watcher);
    execution->start([this] {
      record.stacks = execution->take_runs();
      finished = true;
    });
  }

  RunRequest request;
  Repository repository;
  StackGraph graph;
  std::string revision;
  Calls calls;
  Timers timers;
  InventoryStore store;
  RunWatcher& watcher;
  Planning planning;
  Survey survey;
  std::unique_ptr<Execution> execution;
  RunRecord record;
  bool stopping = false;
  bool finished = false;
};

Run::Run(RunRequest request, Desired desired, Cluster& cluster, const Clock& clock, RunWatcher& watcher)
    : m_state(std::make_unique<State>(std::move(request), std::move(desired), cluster, clock, watcher)) {}
Run::~Run() = default;

void Run::start() {
  m_state->planning.start([this](Result<Survey> survey) { m_state->take_survey(std::move(survey)); });
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
  m_state->stopping = true;
  if (m_state->execution) m_state->execution->stop();
}

bool Run::done() const {
  return m_state->finished;
}

RunRecord Run::take_record() {
  m_state->record.requests = m_state->calls.started();
  return std::move(m_state->record);
}

}  // namespace reconciled
