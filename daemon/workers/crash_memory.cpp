#include "daemon/workers/crash_memory.h"

#include <algorithm>

namespace reconciled {

std::optional<Error> CrashMemory::find(const Digest& inputs, MonotonicTime now) const {
  const auto at = m_crashes.find(inputs);
  if (at == m_crashes.end() || at->second.times < k_tries || is_old(at->second, now)) return std::nullopt;
  Error error = at->second.error;
  error.message += ", " + std::to_string(at->second.times) + " times, and is not tried again now";
  error.hint = "change the stack; it is tried again after " + format_duration(m_forget_after);
  return error;
}

void CrashMemory::note(const Digest& inputs, Error error, MonotonicTime now) {
  auto at = m_crashes.find(inputs);
  if (at == m_crashes.end()) {
    if (m_crashes.size() >= k_most) {
      m_crashes.erase(std::ranges::min_element(m_crashes, {}, [](const auto& row) { return row.second.last; }));
    }
    at = m_crashes.emplace(inputs, Crash{}).first;
  }
  Crash& crash = at->second;
  crash.times = is_old(crash, now) ? 1 : crash.times + 1;
  crash.last = now;
  crash.error = std::move(error);
}

}  // namespace reconciled
