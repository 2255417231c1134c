// Keeps one environment on one cluster as the repository says, for months: what wakes, what runs, what waits.
#pragma once

#include "engine/loading.h"
#include "engine/run.h"
#include "engine/view.h"
#include "ports/clock_port.h"
#include "ports/cluster.h"
#include "ports/random.h"

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace reconciled {

struct ReconcilerOptions {
  RunRequest run;  ///< scope, installation, writer, guard, timeouts; mode is set per run
  std::string environment;
  Duration poll = std::chrono::minutes(1);         ///< of the repository; jittered by a tenth
  Duration resync = std::chrono::hours(1);         ///< a run of a stack that nothing woke, spread over the fleet
  Duration first_retry = std::chrono::seconds(1);  ///< doubles per stack, with full jitter
  Duration max_retry = std::chrono::minutes(1);
  Duration stale_after = std::chrono::seconds(30);  ///< a watch that is older makes its kind unknown
  std::uint32_t flips = 5;                          ///< repairs of one object within flip_window before we stop
  Duration flip_window = std::chrono::minutes(10);
  std::size_t batch = 250;  ///< stacks of one run
  std::size_t parallel_runs = 16;
};

/// Told what happens, in the loop's thread.
class ReconcilerWatcher {
 public:
  virtual ~ReconcilerWatcher() = default;
  virtual void on_record(const StackRecord& record) = 0;
  virtual void on_run_event(const RunEvent& event) = 0;
  /// Something a person should know that belongs to no single stack's run.
  virtual void on_notice(const Error& error) = 0;
};

/// A state machine over ports: no thread, no lock, no sleep. Its owner hands it the messages of its calls and the time.
/// It writes only between `lead` and `follow`; as a follower it loads, watches and reports.
class Reconciler {
 public:
  Reconciler(ReconcilerOptions options, Cluster& cluster, Loader& loader, const Clock& clock, Random& random,
             ReconcilerWatcher& watcher);
  ~Reconciler();
  Reconciler(const Reconciler&) = delete;
  Reconciler& operator=(const Reconciler&) = delete;

  void start();
  /// From now on it may write; no write is sent at or after `until`, which later calls move.
  void lead(MonotonicTime until);
  /// Stops writing at once; what is under way is awaited and believed unknown.
  void follow();

  void on(Answer answer);
  void on(WatchEvent event);
  void on(LoadAnswer answer);
  /// Fires what is due by the clock.
  void tick();
  [[nodiscard]] std::optional<MonotonicTime> next_wakeup() const;

  /// A webhook said that the repository moved: it is asked at once; many wakes before the answer are one.
  void wake_source();
  /// Runs stacks now, whatever their back-off: patterns on layer/name.
  void wake_stacks(const std::vector<std::string>& patterns, Trigger trigger);

  /// Starts nothing more; running applies end at the next wave.
  void stop();
  [[nodiscard]] bool stopped() const;

  /// Changes whenever `view` would differ in more than ages.
  [[nodiscard]] std::uint64_t version() const;
  [[nodiscard]] EnvironmentView view() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace reconciled
