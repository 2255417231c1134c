// Pushes on their way from the HTTP thread to the loop: many for one environment are one.
#pragma once

#include "base/clock.h"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace reconciled {

/// Thread-safe; holds at most one entry a name.
class PushBox {
 public:
  struct Push {
    std::string environment;
    MonotonicTime arrived;  ///< the first of those that are one
  };

  /// `notify` is called, in the HTTP thread, when the box was empty: it wakes the loop.
  explicit PushBox(std::function<void()> notify) : m_notify(std::move(notify)) {}

  void put(const std::string& environment, MonotonicTime now);
  /// All of them, by name.
  std::vector<Push> take();

 private:
  std::function<void()> m_notify;
  std::mutex m_mutex;
  std::map<std::string, MonotonicTime> m_waiting;  // guarded by m_mutex
};

}  // namespace reconciled
