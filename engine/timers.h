// Things to be done later, by the loop's own clock.
#pragma once

#include "ports/clock_port.h"

#include <functional>
#include <map>
#include <optional>

namespace reconciled {

/// One-shot timers of one loop. `fire` runs what is due, in order of time, then of setting.
class Timers {
 public:
  explicit Timers(const Clock& clock) : m_clock(clock) {}

  void after(Duration delay, std::function<void()> then) {
    m_due.emplace(m_clock.monotonic() + delay, std::move(then));
  }
  [[nodiscard]] MonotonicTime now() const { return m_clock.monotonic(); }
  [[nodiscard]] std::optional<MonotonicTime> next() const {
    return m_due.empty() ? std::nullopt : std::optional(m_due.begin()->first);
  }
  void fire() {
    while (!m_due.empty() && m_due.begin()->first <= m_clock.monotonic()) {
      const auto then = std::move(m_due.begin()->second);
      m_due.erase(m_due.begin());
      then();
    }
  }

 private:
  const Clock& m_clock;
  std::multimap<MonotonicTime, std::function<void()>> m_due;
};

}  // namespace reconciled
