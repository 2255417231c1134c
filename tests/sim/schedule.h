// What will happen, in the order of virtual time; what is due at once happens in the order in which it was planned.
#pragma once

#include "base/clock.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

namespace reconciled::sim {

class Schedule {
 public:
  void at(MonotonicTime time, std::function<void()> what) {
    m_events.push_back({time, m_number++, std::move(what)});
    std::ranges::push_heap(m_events, later);
  }
  [[nodiscard]] std::optional<MonotonicTime> next() const {
    return m_events.empty() ? std::nullopt : std::optional(m_events.front().time);
  }
  std::function<void()> pop() {
    std::ranges::pop_heap(m_events, later);
    std::function<void()> what = std::move(m_events.back().what);
    m_events.pop_back();
    return what;
  }

 private:
  struct Event {
    MonotonicTime time;
    std::uint64_t number = 0;
    std::function<void()> what;
  };
  static bool later(const Event& a, const Event& b) { return a.time != b.time ? a.time > b.time : a.number > b.number; }

  std::vector<Event> m_events;
  std::uint64_t m_number = 0;
};

}  // namespace reconciled::sim
