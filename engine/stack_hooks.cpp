// The hooks of one stack: what they wait for, when they ended, and what becomes of them then.
#include "engine/hook_end.h"
#include "engine/stack_apply.h"
#include "health/health.h"

namespace reconciled {

using Outcome = ActionResult::Outcome;

/// The objects that this stack has beside its hooks, as they were applied or observed, must be healthy first.
void StackApply::await_health(const std::vector<std::size_t>& then) {
  std::vector<ObjectWait::Item> items;
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < m_results.size(); ++i) {
    const Action& other = action(i);
    const ResourceType* type = m_survey.type_of(other.gvk);
    if (other.hook || other.phase == Phase::leaving || other.kind == ActionKind::hold || type == nullptr) continue;
    const Value& answer = m_answers[i];
    const Observed& observed = m_survey.live.at(other.id);
    const Value* known = !answer.is_null()                            ? &answer
                         : observed.state == Observed::State::present ? &observed.object
                                                                      : nullptr;
    if (known != nullptr && is_good(assess_health(*known).state)) continue;
    const auto judge = [this, i](const Result<Value>& object) -> ObjectWait::Judgement {
      if (!object) return {ObjectWait::Verdict::wait, object.error().message};
      const Health health = assess_health(*object);
      if (!is_good(health.state))
        return {ObjectWait::Verdict::wait, std::string(name_of(health.state)) + ": " + health.reason};
      m_answers[i] = *object;
      return {ObjectWait::Verdict::done, ""};
    };
    items.push_back({make_call(other, Verb::get, *type), judge});
    indices.push_back(i);
  }
  m_wait = std::make_unique<ObjectWait>(std::move(items), m_health_timeout, m_calls, m_timers, m_stopping);
  m_wait->start([this, then, indices](std::optional<ObjectWait::Failure> failure) {
    if (!failure) return begin_wave(then);
    m_failed = true;
    const std::string name = format_id(action(indices[failure->item]).id);
    for (const std::size_t index : then) {
      m_results[index].error =
          Error(failure->error.kind, "the hook waits for " + name + " to be healthy; " + failure->error.message)
              .in("run " + format_id(action(index).id));
    }
    next_wave();
  });
}

void StackApply::await_hook(std::size_t index) {
  if (!runs_to_an_end(action(index).id.group_kind())) return end_hook(index, std::nullopt);
  std::vector<ObjectWait::Item> items;
  items.push_back({make_call(action(index), Verb::get, *m_survey.type_of(action(index).gvk)),
                   [this, index](const Result<Value>& object) {
                     auto judgement = judge_hook(m_answers[index], object);
                     if (object && judgement.verdict != ObjectWait::Verdict::wait) m_answers[index] = *object;
                     return judgement;
                   }});
  m_wait = std::make_unique<ObjectWait>(std::move(items), m_health_timeout, m_calls, m_timers, m_stopping);
  m_wait->start([this, index](std::optional<ObjectWait::Failure> failure) { end_hook(index, std::move(failure)); });
}

void StackApply::end_hook(std::size_t index, std::optional<ObjectWait::Failure> failure) {
  const Hook& hook = *action(index).hook;
  const bool ended = !failure || failure->error.kind == ErrorKind::apply_failed;
  const Hook::Afterwards then = failure ? hook.when_failed : hook.when_succeeded;
  std::optional<Error> error;
  if (failure) error = std::move(failure->error);
  if (ended && then == Hook::Afterwards::remove) return remove_hook(index, std::move(error));
  if (error) return settle_failed(index, std::move(*error));
  settle(index, Outcome::applied);
}

/// Deletes what was seen to have ended, and nothing else: another object of that name stays, and so does one that
/// somebody changed since; it counts as run all the same.
void StackApply::remove_hook(std::size_t index, std::optional<Error> error) {
  const Value& metadata = m_answers[index]["metadata"];
  Call call = make_call(action(index), Verb::remove, *m_survey.type_of(action(index).gvk));
  call.uid = metadata["uid"].as_string();
  call.resource_version = metadata["resourceVersion"].as_string();
  m_calls.start(std::move(call), [this, index, error = std::move(error)](const Answer& answer) {
    const bool gone = answer.object || answer.object.error().kind == ErrorKind::api_missing;
    if (!gone) {
      m_results[index].warnings.push_back("the hook ended and could not be deleted: " + answer.object.error().message);
    }
    m_answers[index] = Value();
    if (error) return settle_failed(index, *error);
    settle(index, Outcome::applied);
  });
}

}  // namespace reconciled
