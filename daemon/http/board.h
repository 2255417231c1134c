// Where the loop leaves what it knows for whoever asks over HTTP.
#pragma once

#include "base/clock.h"
#include "engine/view.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace reconciled {

/// How the last reading of the settings ended.
struct ReloadView {
  WallTime at{};
  std::optional<Error> error;  ///< the settings before it stay in force
};

/// All that the process knows at one moment. Immutable once published.
struct DaemonView {
  WallTime made{};
  MonotonicTime made_at{};  ///< ages in the views count from here
  WallTime started{};
  ReloadView reload;
  std::vector<EnvironmentView> environments;  ///< sorted by name
};

/// One writer, the loop; readers in any thread. The loop publishes when its version changed, at most as often as it
/// likes, and beats in every round: a view without beats is not believed.
class Board {
 public:
  void publish(std::shared_ptr<const DaemonView> view);
  /// nullptr until the first was published.
  [[nodiscard]] std::shared_ptr<const DaemonView> view() const;

  void beat(MonotonicTime now) { m_beat.store(now.time_since_epoch().count(), std::memory_order_relaxed); }
  /// When the loop last moved; the epoch of the clock: never.
  [[nodiscard]] MonotonicTime last_beat() const {
    return MonotonicTime(MonotonicTime::duration(m_beat.load(std::memory_order_relaxed)));
  }

 private:
  mutable std::mutex m_mutex;
  std::shared_ptr<const DaemonView> m_view;  // guarded by m_mutex
  std::atomic<MonotonicTime::rep> m_beat{0};
};

/// Whether what the board shows is to be believed.
enum class Trust : std::uint8_t {
  current,  ///< the loop moves
  stalled,  ///< it has not for `k_stalled_after`: whatever is shown may have changed since
  none,     ///< nothing was published yet
};
constexpr Duration k_stalled_after = std::chrono::seconds(30);
Trust trust_of(const Board& board, MonotonicTime now);

}  // namespace reconciled
