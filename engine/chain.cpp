#include "engine/chain.h"

#include "engine/ownership_rows.h"

#include <utility>

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
      run.results[i].seen = see(observed.object);
      health = assess_health(observed.object);
    } else if (observed.state == Observed::State::unknown) {
      health = {HealthState::unknown, observed.reason};
    } else {
      health = {HealthState::missing, "it is not there"};
    }
    if (action.kind != ActionKind::prune && !action.hook) healths.emplace_back(action.id, health);
  }
  run.health = healths.empty() ? Health{HealthState::healthy, ""} : worst(healths);
  return run;
}

}  // namespace

Chain::Chain(RunRequest request, Desired desired, std::optional<Known> known, Calls& calls, Timers& timers,
             InventoryStore& store, RunWatcher& watcher)
    : m_request(std::move(request)),
      m_repository(desired.repository),
      m_revision(desired.revision.commit),
      m_calls(calls),
      m_timers(timers),
      m_store(store),
      m_watcher(watcher),
      m_planning(m_request, std::move(desired), std::move(known), calls, store, timers, watcher) {}

void Chain::start(std::function<void()> done) {
  m_done = std::move(done);
  m_planning.start([this](Result<Survey> survey) { take_survey(std::move(survey)); });
}

void Chain::take_survey(Result<Survey> result) {
  if (!result) {
    m_record.error = std::move(result).error();
    return finish();
  }
  m_survey = std::move(*result);
  m_record.cluster_uid = m_survey.cluster_uid;
  m_record.server_version = m_survey.discovery->server_version;
  m_record.mode = m_survey.mode;
  m_record.warnings = std::move(m_survey.warnings);
  if (m_request.mode == RunMode::plan || m_stopping) {
    for (auto& planned : m_survey.stacks) {
      if (planned.selected == Selected::no) continue;
      m_record.stacks.push_back(make_planned_run(planned, m_survey.live));
      m_watcher.on_stack(m_record.stacks.back());
    }
    return finish();
  }
  m_execution =
      std::make_unique<Execution>(m_request, m_repository, m_revision, m_survey, m_calls, m_store, m_timers, m_watcher);
  m_execution->start([this] {
    m_record.stacks = m_execution->take_runs();
    finish();
  });
}

void Chain::finish() {
  m_finished = true;
  if (const auto done = std::exchange(m_done, nullptr)) done();
}

void Chain::stop() {
  m_stopping = true;
  m_planning.stop();
  if (m_execution) m_execution->stop();
}

}  // namespace reconciled
