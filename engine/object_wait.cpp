#include "engine/object_wait.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace reconciled {
namespace {

constexpr Duration k_last_delay = std::chrono::seconds(2);

}  // namespace

ObjectWait::ObjectWait(std::vector<Item> items, Duration timeout, Calls& calls, Timers& timers, const bool& stopping)
    : m_items(std::move(items)),
      m_reasons(m_items.size()),
      m_waiting(m_items.size()),
      m_timeout(timeout),
      m_calls(calls),
      m_timers(timers),
      m_stopping(stopping) {
  std::iota(m_waiting.begin(), m_waiting.end(), std::size_t{0});
}

void ObjectWait::start(Done done) {
  m_done = std::move(done);
  poll();
}

void ObjectWait::poll() {
  if (m_waiting.empty() || m_failure) return finish(std::move(m_failure));
  const std::size_t first = m_waiting.front();
  if (m_stopping)
    return finish(Failure{first, Error(ErrorKind::cancelled, "the run was stopped while it was awaited")});
  if (m_waited >= m_timeout) {
    return finish(Failure{first, Error(ErrorKind::timeout,
                                       "it was awaited for " + format_duration(m_timeout) + ": " + m_reasons[first])});
  }
  m_open = m_waiting.size();
  const std::vector<std::size_t> asked = m_waiting;
  for (const std::size_t item : asked) {
    m_calls.start(m_items[item].call, [this, item](const Answer& answer) { take(item, answer.object); });
  }
}

void ObjectWait::take(std::size_t item, const Result<Value>& object) {
  Judgement judgement = m_items[item].judge(object);
  if (judgement.verdict == Verdict::done) std::erase(m_waiting, item);
  if (judgement.verdict == Verdict::failed && !m_failure)
    m_failure = Failure{item, Error(ErrorKind::apply_failed, judgement.reason)};
  m_reasons[item] = std::move(judgement.reason);
  if (--m_open != 0) return;
  if (m_waiting.empty() || m_failure) return poll();
  m_timers.after(m_delay, [this] { poll(); });
  m_waited += m_delay;
  m_delay = std::min(m_delay * 2, k_last_delay);
}

void ObjectWait::finish(std::optional<Failure> failure) {
  const Done done = std::exchange(m_done, nullptr);
  done(std::move(failure));
}

}  // namespace reconciled
