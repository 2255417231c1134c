#include "engine/stack_apply.h"

#include "base/plant.h"
#include "engine/ownership_rows.h"
#include "ports/builtin_types.h"

#include <algorithm>
#include <tuple>

namespace reconciled {
namespace {

using Outcome = ActionResult::Outcome;

constexpr int k_max_prune_tries = 3;
constexpr int k_max_kind_tries = 40;  // a new CRD's path may answer 404 for a moment after Established
constexpr int k_max_established_polls = 60;
constexpr int k_max_gone_polls = 40;
constexpr int k_max_late_waits = 1;
constexpr int k_max_intent_polls = 40;
constexpr Duration k_poll = std::chrono::milliseconds(250);

/// Actions of one wave have the same key.
using WaveKey = std::tuple<Phase, int, std::size_t>;

WaveKey wave_of(const Action& action, std::size_t index) {
  if (action.hook) return {action.phase, 0, index + 1};
  return {action.phase, apply_order(action.id.group_kind()), 0};
}

bool established(const Value& crd) {
  return std::ranges::any_of(crd.at({"status", "conditions"}).items(), [](const Value& condition) {
    return condition["type"].as_string() == "Established" && condition["status"].as_string() == "True";
  });
}

}  // namespace

StackApply::StackApply(const Survey& survey, const PlannedStack& planned, Scope scope, Calls& calls, Timers& timers,
                       RunWatcher& watcher, Duration health_timeout, const MonotonicTime& write_until,
                       const bool& stopping)
    : m_survey(survey),
      m_planned(planned),
      m_scope(std::move(scope)),
      m_calls(calls),
      m_timers(timers),
      m_watcher(watcher),
      m_health_timeout(health_timeout),
      m_write_until(write_until),
      m_stopping(stopping),
      m_results(planned.plan.actions.size()),
      m_answers(planned.plan.actions.size()),
      m_tries(planned.plan.actions.size()) {
  std::optional<WaveKey> last;
  for (std::size_t i = 0; i < planned.plan.actions.size(); ++i) {  // in the order of execution
    if (!writes(action(i))) {
      m_results[i].outcome = Outcome::unchanged;
      continue;
    }
    const WaveKey key = wave_of(action(i), i);
    if (last != key) m_waves.emplace_back();
    m_waves.back().push_back(i);
    last = key;
  }
}

void StackApply::start(Done done) {
  m_done = std::move(done);
  next_wave();
}

void StackApply::next_wave() {
  if (m_wave == m_waves.size() || m_failed || m_stopping) {
    skip_rest();
    const Done done = std::exchange(m_done, nullptr);
    return done();
  }
  const auto& wave = m_waves[m_wave];
  const bool last_hooks = action(wave.front()).phase == Phase::after;
  if (last_hooks && !std::exchange(m_health_seen, true)) return await_health(wave);
  begin_wave(wave);
}

void StackApply::begin_wave(const std::vector<std::size_t>& wave) {
  ++m_wave;
  m_open = wave.size();
  for (const std::size_t index : wave) start_action(index);
}

void StackApply::skip_rest() {
  for (; m_wave < m_waves.size(); ++m_wave) {
    for (const std::size_t index : m_waves[m_wave]) m_results[index].outcome = Outcome::skipped;
  }
}

void StackApply::start_action(std::size_t index) {
  switch (action(index).kind) {
    case ActionKind::prune: return send_prune(index, action(index).resource_version);
    case ActionKind::recreate: return remove_first(index);
    case ActionKind::create:
    case ActionKind::update:
    case ActionKind::adopt: return send_apply(index);
    case ActionKind::keep:
    case ActionKind::hold: return answered();
  }
}

Call StackApply::make_call(const Action& action, Verb verb, const ResourceType& type) const {
  Call call;
  call.scope = m_scope;
  call.verb = verb;
  call.type = type;
  call.namespace_ = action.id.namespace_;
  call.name = action.id.name;
  call.start_before = m_write_until;
  return call;
}

/// Whether a call waited for its turn for so long that it was not sent: then it will be, once the intent is fresh.
bool StackApply::retry_late(const Answer& answer, MonotonicTime until, const std::function<void()>& send) {
  const bool late = !answer.object && is_late_error(answer.object.error());
  if (!late || m_stopping) return false;
  if (m_write_until <= m_timers.now()) {
    // Another writer took the stack over, or the intent could not be written for long.
    if (m_write_until == MonotonicTime::min() || m_late_waits >= k_max_late_waits) return false;
    await_intent(send, 0);
    return true;
  }
  if (m_write_until <= until) return false;  // it is the Lease that ran out
  send();
  return true;
}

void StackApply::await_intent(const std::function<void()>& send, int polls) {
  const bool lost = m_write_until == MonotonicTime::min();
  if (polls == k_max_intent_polls) ++m_late_waits;
  if (m_write_until > m_timers.now() || polls == k_max_intent_polls || lost || m_stopping) return send();
  m_timers.after(k_poll, [this, send, polls] { await_intent(send, polls + 1); });
}

void StackApply::send_apply(std::size_t index) {
  const ResourceType* type = m_survey.type_of(action(index).gvk);
  if (type == nullptr) {
    return settle_failed(
        index, Error(ErrorKind::api_missing,
                     "the API server has no kind " + action(index).gvk.kind + " in " + action(index).gvk.api_version(),
                     {}, "install its CustomResourceDefinition in an earlier layer"));
  }
  Call call = make_call(action(index), Verb::apply, *type);
  call.body = action(index).body;
  // A late apply must not bring back what somebody deleted: with its UID the server refuses to create.
  const bool there = action(index).kind == ActionKind::update || action(index).kind == ActionKind::adopt;
  if (there && !planted(Plant::update_without_uid)) call.body.edit("metadata").set("uid", action(index).uid);
  call.field_manager = k_field_manager;
  call.force = action(index).force;
  m_watcher.on_event({RunEvent::Kind::apply_started, format_id(action(index).id)});
  m_calls.start(std::move(call), [this, index, until = m_write_until](Answer answer) {
    m_watcher.on_event({RunEvent::Kind::apply_answered, format_id(action(index).id)});
    if (retry_late(answer, until, [this, index] { send_apply(index); })) return;
    take_applied(index, std::move(answer));
  });
}

void StackApply::take_applied(std::size_t index, Answer answer) {
  ActionResult& result = m_results[index];
  result.warnings = std::move(answer.warnings);
  result.sent_again = answer.sent_again;
  if (!answer.object) {
    Error error = std::move(answer.object).error();
    const bool new_kind = m_survey.discovery->find(action(index).gvk) == nullptr;
    if (error.kind == ErrorKind::api_missing && new_kind && ++m_tries[index] < k_max_kind_tries && !m_stopping) {
      m_timers.after(k_poll, [this, index] { send_apply(index); });
      return;
    }
    // The UID that the update was planned with is not the live object's any more: it is planned again, not given up.
    if (error.kind == ErrorKind::api_rejected && error.message.find("metadata.uid") != std::string::npos) {
      error.kind = ErrorKind::api_conflict;
      error.message = "the object was made again by somebody since it was looked at: " + error.message;
    }
    if (!answer.conflicts.empty()) {
      error.hint = "they are owned by";
      for (const auto& conflict : answer.conflicts) error.hint += " " + conflict;
    }
    return settle_failed(index, std::move(error));
  }
  result.uid = answer.object->at({"metadata", "uid"}).as_string();
  if (action(index).kind == ActionKind::create && answer.http_status == 200 && !written_by_us_alone(*answer.object) &&
      !planted(Plant::create_that_adopts)) {
    return settle_failed(
        index, Error(ErrorKind::api_conflict,
                     "somebody else created it meanwhile: it was changed by this apply and will never be pruned", {},
                     "look at it, then adopt it with --adopt or remove it from the repository"));
  }
  const bool wait_for_crd = action(index).id.group_kind() == k_crd_kind && !established(*answer.object);
  m_answers[index] = std::move(*answer.object);
  if (wait_for_crd) return await_established(index, 0);
  if (action(index).hook) return await_hook(index);
  settle(index, Outcome::applied);
}

void StackApply::await_established(std::size_t index, int polls) {
  if (polls == k_max_established_polls || m_stopping) {
    m_failed = true;
    m_results[index].error =
        Error(ErrorKind::timeout, format_id(action(index).id) + " was applied and did not become Established");
    return settle(index, Outcome::applied);
  }
  m_timers.after(k_poll / (polls == 0 ? 5 : 1), [this, index, polls] {
    m_calls.start(make_call(action(index), Verb::get, *m_survey.type_of(action(index).gvk)),
                  [this, index, polls](Answer answer) {
                    if (!answer.object || !established(*answer.object)) return await_established(index, polls + 1);
                    m_answers[index] = std::move(*answer.object);
                    settle(index, Outcome::applied);
                  });
  });
}

void StackApply::remove_first(std::size_t index) {
  const ResourceType* type = m_survey.type_of(action(index).gvk);
  if (type == nullptr) return send_apply(index);
  Call call = make_call(action(index), Verb::remove, *type);
  call.uid = action(index).uid;
  call.resource_version = action(index).resource_version;
  m_calls.start(std::move(call), [this, index, until = m_write_until](Answer answer) {
    if (retry_late(answer, until, [this, index] { remove_first(index); })) return;
    if (!answer.object && answer.object.error().kind != ErrorKind::api_missing)
      return settle_failed(index, std::move(answer.object).error());
    await_gone(index, 0, [this, index] { send_apply(index); });
  });
}

void StackApply::await_gone(std::size_t index, int polls, std::function<void()> then) {
  m_calls.start(
      make_call(action(index), Verb::get, *m_survey.type_of(action(index).gvk)),
      [this, index, polls, then = std::move(then)](const Answer& answer) {
        const bool gone = answer.object ? answer.object->at({"metadata", "uid"}).as_string() != action(index).uid
                                        : answer.object.error().kind == ErrorKind::api_missing;
        if (gone) return then();
        if (polls < k_max_gone_polls && !m_stopping) {
          m_timers.after(k_poll, [this, index, polls, then] { await_gone(index, polls + 1, then); });
          return;
        }
        if (action(index).kind == ActionKind::prune) return settle(index, Outcome::terminating);
        settle_failed(index, Error(ErrorKind::timeout, "it was deleted to be made again and is still terminating", {},
                                   "look at its finalizers"));
      });
}

void StackApply::send_prune(std::size_t index, const std::string& resource_version) {
  const ResourceType* type = m_survey.type_of(action(index).gvk);
  if (type == nullptr)
    return settle_failed(index,
                         Error(ErrorKind::api_missing, "the API server no longer serves " + action(index).gvk.kind));
  Call call = make_call(action(index), Verb::remove, *type);
  if (!planted(Plant::delete_without_preconditions)) call.uid = action(index).uid;
  call.resource_version = resource_version;
  m_watcher.on_event({RunEvent::Kind::prune_started, format_id(action(index).id)});
  m_calls.start(std::move(call), [this, index, resource_version, until = m_write_until](Answer answer) {
    m_watcher.on_event({RunEvent::Kind::prune_answered, format_id(action(index).id)});
    if (retry_late(answer, until, [=, this] { send_prune(index, resource_version); })) return;
    take_pruned(index, std::move(answer));
  });
}

void StackApply::take_pruned(std::size_t index, Answer answer) {
  if (answer.object) {
    // The server answers with the object itself when finalizers or grace keep it for a while.
    if (answer.object->at({"metadata", "deletionTimestamp"}).is_null()) return settle(index, Outcome::pruned);
    return await_gone(index, 0, [this, index] { settle(index, Outcome::pruned); });
  }
  const Error& error = answer.object.error();
  if (error.kind == ErrorKind::api_missing) return settle(index, Outcome::pruned);
  if (error.kind == ErrorKind::api_conflict && ++m_tries[index] < k_max_prune_tries && !m_stopping)
    return look_again_before_prune(index);
  settle_failed(index, error);
}

void StackApply::look_again_before_prune(std::size_t index) {
  m_calls.start(make_call(action(index), Verb::get, *m_survey.type_of(action(index).gvk)),
                [this, index](const Answer& answer) {
                  if (!answer.object) {
                    if (answer.object.error().kind == ErrorKind::api_missing) return settle(index, Outcome::pruned);
                    return settle_failed(index, answer.object.error());
                  }
                  const Value& metadata = (*answer.object)["metadata"];
                  if (metadata["uid"].as_string() != action(index).uid)
                    return settle(index, Outcome::pruned);  // ours is gone; this one is not ours
                  send_prune(index, std::string(metadata["resourceVersion"].as_string()));
                });
}

void StackApply::settle(std::size_t index, Outcome outcome) {
  m_results[index].outcome = outcome;
  if (m_results[index].uid.empty()) m_results[index].uid = action(index).uid;
  answered();
}

void StackApply::settle_failed(std::size_t index, Error error) {
  m_failed = true;
  m_results[index].outcome = Outcome::failed;
  m_results[index].error = std::move(error).in((action(index).kind == ActionKind::prune ? "prune " : "apply ") +
                                               format_id(action(index).id));
  answered();
}

void StackApply::answered() {
  if (--m_open != 0) return;
  m_watcher.on_event({RunEvent::Kind::wave_done, m_planned.stack.id.path(), m_wave, m_waves.size()});
  next_wave();
}

}  // namespace reconciled
