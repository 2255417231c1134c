// How many requests a second may be sent, with bursts.
#pragma once

#include "base/clock.h"

#include <algorithm>
#include <cstdint>

namespace reconciled {

/// Holds up to `burst` tokens (at least one) and gains `per_second` a second; 0 means that there are always some.
class TokenBucket {
 public:
  TokenBucket(std::uint64_t per_second, std::uint64_t burst)
      : m_gap(per_second == 0 ? Duration(0)
                              : Duration(std::chrono::seconds(1)) / static_cast<Duration::rep>(per_second)),
        m_slack(m_gap * static_cast<Duration::rep>(std::max<std::uint64_t>(burst, 1) - 1)) {}

  /// How long until there is a token; zero when there is one.
  [[nodiscard]] Duration wait(MonotonicTime now) const { return std::max(m_next - m_slack - now, Duration(0)); }
  /// Takes a token, also one that is not there yet: those who come later wait for it.
  void take(MonotonicTime now) { m_next = std::max(m_next, now) + m_gap; }

 private:
  Duration m_gap;
  Duration m_slack;        ///< by how much requests may be ahead of an even flow
  MonotonicTime m_next{};  ///< when the next one would be sent in an even flow
};

}  // namespace reconciled
