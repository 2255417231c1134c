// What one piece of work may cost at most: steps, bytes and time.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace reconciled {

/// The limits of a Budget. The defaults fit one stack of a large repository.
struct Limits {
  std::uint64_t steps = 50'000'000;          ///< events, nodes, entries, instructions: whatever the callee counts
  std::uint64_t bytes = 256ULL << 20;        ///< bytes of output or of copies made
  std::uint32_t depth = 256;                 ///< nesting of documents and folders
  Duration time = std::chrono::seconds(30);  ///< from the making of the budget
  bool operator==(const Limits&) const = default;
};

/// A parameter of every parser and renderer. Not thread-safe: one piece of work owns it.
class Budget {
 public:
  using Now = MonotonicTime (*)();

  Budget() : Budget(Limits{}) {}
  explicit Budget(const Limits& limits, Now now = &monotonic_now)
      : m_limits(limits), m_steps(limits.steps), m_bytes(limits.bytes), m_deadline(now() + limits.time), m_now(now) {}

  /// Charge before doing the work. False when the budget is spent: return `error(...)` then. The clock is read once in
  /// 4,096 steps.
  [[nodiscard]] bool step(std::uint64_t count = 1) {
    if (count > m_steps) return exhaust("steps");
    m_steps -= count;
    if ((m_until_clock -= static_cast<std::int64_t>(count)) > 0) return true;
    m_until_clock = k_clock_interval;
    return m_now() < m_deadline || exhaust("time");
  }
  [[nodiscard]] bool take(std::uint64_t bytes) {
    if (bytes > m_bytes) return exhaust("bytes");
    m_bytes -= bytes;
    return true;
  }
  [[nodiscard]] std::uint32_t max_depth() const { return m_limits.depth; }
  [[nodiscard]] MonotonicTime deadline() const { return m_deadline; }
  [[nodiscard]] std::uint64_t bytes_left() const { return m_bytes; }

  /// The named error of a spent budget: ErrorKind::limit.
  [[nodiscard]] Error error(const std::string& doing, Where where = {}) const;

 private:
  static constexpr std::int64_t k_clock_interval = 4096;
  bool exhaust(const char* what) {
    m_spent = what;
    return false;
  }

  Limits m_limits;
  std::uint64_t m_steps;
  std::uint64_t m_bytes;
  std::int64_t m_until_clock = k_clock_interval;
  MonotonicTime m_deadline;
  Now m_now;
  const char* m_spent = "";
};

}  // namespace reconciled
