// Loads one environment in a thread of its own, so that a Git server that hangs hangs nobody.
#pragma once

#include "base/clock.h"
#include "engine/loading.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace reconciled {

struct LoadPoolOptions {
  DesiredRequest request;                       ///< its deadline is made for each load
  Duration timeout = std::chrono::seconds(60);  ///< of all fetches of one load
};

/// Loads one after the other, in the order they were started.
class LoadPool final : public Loader {
 public:
  using Deliver = std::function<void(LoadAnswer)>;

  /// `deliver` is called from the pool's thread, and must not throw. All must outlive the pool.
  LoadPool(LoadPoolOptions options, Source& source, Executor& executor, Deliver deliver);
  /// Waits for the load that is under way, at most for its timeout and its renders; loads that wait are answered as
  /// cancelled.
  ~LoadPool() override;
  LoadPool(const LoadPool&) = delete;
  LoadPool& operator=(const LoadPool&) = delete;

  void start_load(std::uint64_t id) override;
  void note_cluster(const ClusterFacts& facts) override;

 private:
  void run();
  [[nodiscard]] LoadAnswer load(std::uint64_t id);

  const LoadPoolOptions m_options;
  const Deliver m_deliver;
  Duration m_fetch{};  ///< of the load under way
  std::unique_ptr<Source> m_timed;
  EnvironmentLoader m_loader;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  ClusterFacts m_cluster;               // guarded by m_mutex
  std::deque<std::uint64_t> m_waiting;  // guarded by m_mutex
  bool m_stopping = false;              // guarded by m_mutex
  std::thread m_thread;                 // last: it uses all of the above
};

}  // namespace reconciled
