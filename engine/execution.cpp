#include "engine/execution.h"

#include "engine/intent_life.h"
#include "engine/ownership_rows.h"
#include "stacks/conventions/layers.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr int k_max_claims = 3;

}  // namespace

struct Execution::Item {
  PlannedStack* planned = nullptr;
  StackRun run;
  Phase phase = Phase::waiting;
  std::set<const Item*> needs;
  StackInventory row;                                // the intent once written
  MonotonicTime write_until = MonotonicTime::min();  // see k_intent_life
  std::unique_ptr<StackApply> apply;
  std::set<std::size_t> unhealthy;  // actions
  bool committed_before = false;
  bool committing = false;
  bool told = false;  // on_stack
};

Execution::Execution(const RunRequest& request, const Repository& repository, const std::string& revision,
                     Survey& survey, Calls& calls, InventoryStore& store, Timers& timers, RunWatcher& watcher)
    : m_request(request),
      m_repository(repository),
      m_revision(revision),
      m_survey(survey),
      m_calls(calls),
      m_store(store),
      m_timers(timers),
      m_watcher(watcher),
      m_health(calls, timers, request.scope.cluster, *survey.discovery) {
  for (auto& planned : survey.stacks) {
    if (planned.selected == Selected::no) continue;
    auto item = std::make_unique<Item>();
    item->planned = &planned;
    item->run.plan = planned.plan;
    item->run.suspended = planned.stack.suspended;
    item->run.results.resize(planned.plan.actions.size());
    m_items.push_back(std::move(item));
  }
  find_dependencies();
}

Execution::~Execution() = default;

void Execution::find_dependencies() {
  std::map<std::string, std::vector<const Item*>> by_layer;
  std::map<std::string, const Item*> by_path;
  for (const auto& item : m_items) {
    if (item->planned->vanished) continue;
    by_layer[item->planned->stack.id.layer].push_back(item.get());
    by_path[item->planned->stack.id.path()] = item.get();
  }
  std::map<std::string, std::vector<std::string>> before;
  for (const auto& layer : m_repository.layers) before[layer.name] = layers_before(m_repository.layers, layer.name);
  std::map<std::string, const Item*> creator_of;  // "after" texts -> the stack whose action creates it
  for (const auto& item : m_items) {
    const Stack& stack = item->planned->stack;
    for (const auto& layer : before[stack.id.layer]) item->needs.insert(by_layer[layer].begin(), by_layer[layer].end());
    for (const auto& path : stack.depends_on) {
      if (const auto at = by_path.find(path); at != by_path.end()) item->needs.insert(at->second);
    }
    for (const auto& action : item->run.plan.actions) {
      if (action.kind == ActionKind::create && action.after.empty())
        creator_of.emplace(format_id(action.id), item.get());
      const auto creator = creator_of.find(action.after);
      if (creator != creator_of.end() && creator->second != item.get()) item->needs.insert(creator->second);
    }
  }
}

void Execution::start(Done done) {
  m_done = std::move(done);
  m_unfinished = m_items.size();
  if (m_unfinished == 0) return std::exchange(m_done, nullptr)();
  advance();
}

void Execution::stop() {
  m_stopping = true;
  for (const auto& item : m_items) {
    if (item->phase == Phase::settling) health_timed_out(*item);
  }
  advance();
}

bool Execution::successful(const Item& item) const {
  if (item.run.error || item.run.plan.error || !item.run.blocked_by.empty()) return false;
  const bool applied = std::ranges::none_of(item.run.results, [](const ActionResult& result) {
    return result.outcome == ActionResult::Outcome::failed || result.outcome == ActionResult::Outcome::skipped;
  });
  return applied && (m_request.wait == Wait::no || item.planned->vanished || is_good(item.run.health.state));
}

void Execution::advance() {
  if (m_advancing) {
    m_again = true;
    return;
  }
  m_advancing = true;
  do {
    m_again = false;
    for (const auto& item : m_items) {
      if (item->phase == Phase::waiting) consider(*item);
    }
  } while (m_again);
  m_advancing = false;
  // The intents of all stacks that begin now go out together.
  const bool last = m_unfinished == 0 && m_commits_open > 0;
  m_store.flush(last ? InventoryStore::Urgency::now : InventoryStore::Urgency::batched);
  if (m_unfinished == 0 && m_commits_open == 0 && m_done) std::exchange(m_done, nullptr)();
}

void Execution::consider(Item& item) {
  for (const Item* needed : item.needs) {
    if (needed->phase != Phase::finished && !m_stopping) return;
  }
  for (const Item* needed : item.needs) {
    if (m_stopping || successful(*needed)) continue;
    std::string why = "could not be applied";
    if (!needed->run.blocked_by.empty())
      why = "is blocked itself";
    else if (needed->run.plan.error)
      why = "could not be planned";
    else if (!is_good(needed->run.health.state))
      why = "is " + std::string(name_of(needed->run.health.state)) +
            (needed->run.health.reason.empty() ? "" : ": " + needed->run.health.reason);
    item.run.blocked_by.push_back("it waits for " + needed->planned->stack.id.path() + ", which " + why);
  }
  if (!item.planned->busy.empty()) item.run.blocked_by.push_back(item.planned->busy);
  if (m_stopping) item.run.blocked_by.push_back("the run was stopped");
  begin(item);
}

void Execution::begin(Item& item) {
  const bool blocked = !item.run.blocked_by.empty() || item.run.plan.error || item.planned->stack.suspended;
  if (blocked) {
    for (auto& result : item.run.results) result.outcome = ActionResult::Outcome::skipped;
    if (item.planned->stack.suspended) {
      for (auto& result : item.run.results) result.outcome = ActionResult::Outcome::unchanged;
      return await_health(item);
    }
    return finish(item);
  }
  const auto before = m_survey.inventory->stacks.find(item.planned->stack.id.key());
  const StackInventory* known = before == m_survey.inventory->stacks.end() ? nullptr : before->second.get();
  item.committed_before = known != nullptr;
  const std::string uid = known != nullptr ? known->stack_uid : item.planned->stack.uid(m_request.installation);
  item.row = make_intent_row(item.run.plan, known, uid, m_request.writer);
  if (std::ranges::none_of(item.run.plan.actions, writes)) return apply(item);
  item.phase = Phase::intending;
  m_watcher.on_event({RunEvent::Kind::intent_queued, item.planned->stack.id.path()});
  claim(item, 0);
}

/// Writes the intent. What was written slowly is written once more, so that there is time to act on it.
void Execution::claim(Item& item, int tries) {
  const MonotonicTime began = m_timers.now();
  m_store.write(item.row, InventoryStore::Urgency::now, [this, &item, began, tries](const Status& status) {
    if (status && m_timers.now() >= began + k_intent_life / 2 && tries < k_max_claims) {
      ++item.row.epoch;
      claim(item, tries + 1);
      return m_store.flush(InventoryStore::Urgency::batched);
    }
    m_watcher.on_event({RunEvent::Kind::intent_written, item.planned->stack.id.path()});
    if (status) {
      item.write_until = began + k_intent_life;
      renew_later(item, began);
      return apply(item);
    }
    item.run.error = Error(status.error()).in("write the intent of " + item.planned->stack.id.path());
    for (auto& result : item.run.results) result.outcome = ActionResult::Outcome::skipped;
    finish(item);
  });
}

/// A run that takes longer says so, before others take its writer for gone.
void Execution::renew_later(Item& item, MonotonicTime written) {
  const Duration left = written + k_intent_life / 2 - m_timers.now();
  m_timers.after(std::max(left, Duration{}), [this, &item, alive = std::weak_ptr(m_alive)] {
    if (alive.expired() || (item.phase != Phase::applying && item.phase != Phase::intending)) return;
    ++item.row.epoch;
    const MonotonicTime began = m_timers.now();
    m_store.write(item.row, InventoryStore::Urgency::now, [this, &item, began](const Status& status) {
      if (item.phase != Phase::applying) return;
      if (!status && status.error().kind == ErrorKind::refused) {  // it is another writer's now
        item.write_until = MonotonicTime::min();
        return;
      }
      if (status) item.write_until = began + k_intent_life;
      renew_later(item, status ? began : m_timers.now() - k_intent_life / 4);
    });
    m_store.flush(InventoryStore::Urgency::batched);
  });
}

void Execution::apply(Item& item) {
  item.phase = Phase::applying;
  item.apply =
      std::make_unique<StackApply>(m_survey, *item.planned, scope_of(item.planned->stack, m_request.scope), m_calls,
                                   m_timers, m_watcher, m_request.health_timeout, item.write_until, m_stopping);
  item.apply->start([this, &item] { applied(item); });
}

void Execution::applied(Item& item) {
  item.run.results = item.apply->results();
  commit(item);
  await_health(item);
}

void Execution::commit(Item& item) {
  StackInventory row = make_committed_row(item.run.plan, item.run.results, m_survey.live, item.row, m_revision);
  const auto before = m_survey.inventory->stacks.find(item.planned->stack.id.key());
  const bool same = before != m_survey.inventory->stacks.end() && before->second->entries == row.entries &&
                    before->second->intent.empty() && before->second->charts == row.charts;
  const bool intended = std::ranges::any_of(item.run.plan.actions, writes);
  if (!intended && (same || (!item.committed_before && row.entries.empty()))) return;
  ++m_commits_open;
  item.committing = true;
  m_watcher.on_event({RunEvent::Kind::commit_queued, item.planned->stack.id.path()});
  m_store.write(row, InventoryStore::Urgency::batched, [this, &item](const Status& status) {
    m_watcher.on_event({RunEvent::Kind::commit_written, item.planned->stack.id.path()});
    if (!status) item.run.error = Error(status.error()).in("write the inventory of " + item.planned->stack.id.path());
    --m_commits_open;
    item.committing = false;
    tell(item);
    advance();
  });
}

void Execution::tell(Item& item) {
  if (item.committing || item.phase != Phase::finished || std::exchange(item.told, true)) return;
  m_watcher.on_stack(item.run);
}

void Execution::await_health(Item& item) {
  item.phase = Phase::settling;
  const auto& actions = item.run.plan.actions;
  const Scope scope = scope_of(item.planned->stack, m_request.scope);
  std::vector<std::size_t> waiting;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (actions[i].cause == ChangeCause::orphan || item.run.results[i].outcome == ActionResult::Outcome::skipped) {
      continue;
    }
    if (actions[i].hook) continue;  // it ran or it failed, and the result says so
    const Observed& observed = m_survey.live.at(actions[i].id);
    const Value* live = item.apply && !item.apply->answers()[i].is_null() ? &item.apply->answers()[i]
                        : observed.state == Observed::State::present      ? &observed.object
                                                                          : nullptr;
    Health& health = item.run.results[i].health;
    if (live == nullptr) {
      health = {
          item.run.results[i].outcome == ActionResult::Outcome::failed ? HealthState::missing : HealthState::unknown,
          "it was not seen"};
      continue;
    }
    health = assess_health(*live);
    item.run.results[i].seen = see(*live);
    const bool ours = actions[i].kind != ActionKind::hold;  // what is held may never become healthy
    if (ours && !is_good(health.state) && m_request.wait == Wait::yes && !m_stopping) waiting.push_back(i);
  }
  item.unhealthy.insert(waiting.begin(), waiting.end());
  if (item.unhealthy.empty()) return finish(item);
  m_watcher.on_event({RunEvent::Kind::waiting_for_health, item.planned->stack.id.path(), 0, waiting.size()});
  for (const std::size_t i : waiting) {
    m_health.add(scope, actions[i].id, actions[i].gvk.version,
                 [this, &item, i](const ObjectId&, const Health& health) { return take_health(item, i, health); });
  }
  m_timers.after(m_request.health_timeout, [this, &item] {
    if (item.phase == Phase::settling) health_timed_out(item);
  });
}

Wait Execution::take_health(Item& item, std::size_t action, const Health& health) {
  item.run.results[action].health = health;
  if (!is_good(health.state) && health.state != HealthState::degraded) return Wait::yes;
  item.unhealthy.erase(action);
  if (item.unhealthy.empty()) finish(item);
  return Wait::no;
}

void Execution::health_timed_out(Item& item) {
  for (const std::size_t action : item.unhealthy) m_health.forget(item.run.plan.actions[action].id);
  if (!m_stopping) {
    item.run.error = Error(ErrorKind::timeout, item.planned->stack.id.path() + " did not become healthy within " +
                                                   format_duration(m_request.health_timeout));
  }
  item.unhealthy.clear();
  finish(item);
}

void Execution::finish(Item& item) {
  item.phase = Phase::finished;
  std::vector<std::pair<ObjectId, Health>> healths;
  for (std::size_t i = 0; i < item.run.results.size(); ++i) {
    const Action& action = item.run.plan.actions[i];
    const bool absent = action.kind == ActionKind::hold && action.uid.empty();
    const bool skipped = item.run.results[i].outcome == ActionResult::Outcome::skipped;
    if (action.cause != ChangeCause::orphan && !action.hook && !absent && !skipped) {
      healths.emplace_back(action.id, item.run.results[i].health);
    }
  }
  item.run.health = healths.empty() ? Health{HealthState::healthy, ""} : worst(healths);
  item.apply.reset();
  --m_unfinished;
  m_watcher.on_event(
      {RunEvent::Kind::stack_done, item.planned->stack.id.path(), m_items.size() - m_unfinished, m_items.size()});
  tell(item);
  advance();
}

std::vector<StackRun> Execution::take_runs() {
  std::vector<StackRun> runs;
  for (auto& item : m_items) runs.push_back(std::move(item->run));
  return runs;
}

}  // namespace reconciled
