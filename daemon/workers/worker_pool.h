// Renders in processes of their own: a stack that crashes its renderer fails alone.
#pragma once

#include "base/clock.h"
#include "daemon/workers/confine.h"
#include "renderers/executor.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reconciled {

struct WorkerPoolOptions {
  std::string program;  ///< empty: this one
  std::vector<std::string> arguments{"--render-worker"};
  std::size_t workers = 2;                         ///< at most; each is started when it is needed first
  std::uint64_t memory_bytes = 1ULL << 30;         ///< of address space, of each; 0: no limit
  std::uint64_t max_job_bytes = 128ULL << 20;      ///< files of one stack
  Duration grace = std::chrono::seconds(2);        ///< beyond a render's own limit of time, before its worker is killed
  Duration start_time = std::chrono::seconds(10);  ///< of a worker
  Duration forget_after = std::chrono::minutes(10);  ///< inputs that killed two workers are not tried for so long
};

struct WorkerCounts {
  std::uint64_t started = 0;
  std::uint64_t failed = 0;   ///< that crashed, were killed or answered with garbage
  std::uint64_t refused = 0;  ///< renders that were not tried because they failed so before
  std::size_t alive = 0;
};

/// Confined processes that live on from job to job. One that crashes, is late or answers with garbage is killed and
/// replaced, and its job answered by an error that names the stack and the reason; no other job sees it. What comes
/// back is unpacked and checked before it is believed: the stack, the inputs and the cluster are those of the job.
class ProcessExecutor final : public Executor {
 public:
  explicit ProcessExecutor(WorkerPoolOptions options);
  /// Kills the workers. No render may be under way.
  ~ProcessExecutor() override;
  ProcessExecutor(const ProcessExecutor&) = delete;
  ProcessExecutor& operator=(const ProcessExecutor&) = delete;

  Result<PackedOutcome> render(const InputSet& inputs, const Limits& limits) override;

  [[nodiscard]] WorkerCounts counts() const;
  /// Of the worker that was started last; nullopt before the first.
  [[nodiscard]] std::optional<ConfinementReport> confinement() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace reconciled
