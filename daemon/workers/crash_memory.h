// Inputs that killed their worker or used up what they may: after the second time they are not tried again for a while.
#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"

#include <cstddef>
#include <map>
#include <optional>

namespace reconciled {

class CrashMemory {
 public:
  static constexpr int k_tries = 2;
  static constexpr std::size_t k_most = 1024;

  explicit CrashMemory(Duration forget_after) : m_forget_after(forget_after) {}

  /// The error of inputs that are not to be tried now.
  [[nodiscard]] std::optional<Error> find(const Digest& inputs, MonotonicTime now) const;
  void note(const Digest& inputs, Error error, MonotonicTime now);
  void forget(const Digest& inputs) { m_crashes.erase(inputs); }

 private:
  struct Crash {
    int times = 0;
    MonotonicTime last{};
    Error error;
  };
  [[nodiscard]] bool is_old(const Crash& crash, MonotonicTime now) const { return now - crash.last >= m_forget_after; }

  Duration m_forget_after;
  std::map<Digest, Crash> m_crashes;
};

}  // namespace reconciled
