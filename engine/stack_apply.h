// apply: executes the plan of one stack, wave by wave. The only writer of managed objects.
#pragma once

#include "engine/calls.h"
#include "engine/object_wait.h"
#include "engine/planning.h"
#include "engine/run.h"
#include "engine/timers.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reconciled {

/// Executes creations and updates in waves of phase and apply_order, then prunes in the opposite order. A wave starts
/// when the one before it is answered and its CRDs are established; a failure skips the later waves and every prune of
/// the stack. Each hook is a wave, which ends when the hook finished; those that come after the other objects wait for
/// their health. No write starts after `write_until`; what came too late is sent again when that has moved on.
class StackApply {
 public:
  using Done = std::function<void()>;
  StackApply(const Survey& survey, const PlannedStack& planned, Scope scope, Calls& calls, Timers& timers,
             RunWatcher& watcher, Duration health_timeout, const MonotonicTime& write_until, const bool& stopping);

  void start(Done done);
  /// One an action of the plan, in its order; final once done was called.
  [[nodiscard]] const std::vector<ActionResult>& results() const { return m_results; }
  /// Live objects as the API server answered them: by action, null where it answered none. For health.
  [[nodiscard]] const std::vector<Value>& answers() const { return m_answers; }
  [[nodiscard]] bool failed() const { return m_failed; }

 private:
  void next_wave();
  void begin_wave(const std::vector<std::size_t>& wave);
  void skip_rest();
  void await_health(const std::vector<std::size_t>& then);
  void await_hook(std::size_t index);
  void end_hook(std::size_t index, std::optional<ObjectWait::Failure> failure);
  void remove_hook(std::size_t index, std::optional<Error> error);
  void start_action(std::size_t index);
  void send_apply(std::size_t index);
  void take_applied(std::size_t index, Answer answer);
  void remove_first(std::size_t index);
  void await_gone(std::size_t index, int polls, std::function<void()> then);
  void send_prune(std::size_t index, const std::string& resource_version);
  void take_pruned(std::size_t index, Answer answer);
  void look_again_before_prune(std::size_t index);
  void await_established(std::size_t index, int polls);
  void settle(std::size_t index, ActionResult::Outcome outcome);
  void settle_failed(std::size_t index, Error error);
  void answered();
  bool retry_late(const Answer& answer, MonotonicTime until, const std::function<void()>& send);
  void await_intent(const std::function<void()>& send, int polls);
  [[nodiscard]] Call make_call(const Action& action, Verb verb, const ResourceType& type) const;
  [[nodiscard]] const Action& action(std::size_t index) const { return m_planned.plan.actions[index]; }

  const Survey& m_survey;
  const PlannedStack& m_planned;
  Scope m_scope;
  Calls& m_calls;
  Timers& m_timers;
  RunWatcher& m_watcher;
  Duration m_health_timeout;
  const MonotonicTime& m_write_until;
  const bool& m_stopping;
  Done m_done;
  std::unique_ptr<ObjectWait> m_wait;             // for health, or for a hook
  bool m_health_seen = false;                     // of the objects before the last hooks
  std::vector<std::vector<std::size_t>> m_waves;  // indices of actions
  std::size_t m_wave = 0;
  std::size_t m_open = 0;
  bool m_failed = false;
  std::vector<ActionResult> m_results;
  std::vector<Value> m_answers;
  std::vector<int> m_tries;
  int m_late_waits = 0;
};

}  // namespace reconciled
