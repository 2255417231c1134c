// One render worker as the daemon sees it: a process that answers, or the reason why it did not.
#pragma once

#include "base/process.h"
#include "base/result.h"
#include "daemon/workers/render_worker.h"

#include <csignal>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

struct WorkerSpec {
  std::string program = "/proc/self/exe";  ///< this program as it was started, also when its file was replaced since
  std::vector<std::string> arguments{std::string(k_render_worker_argument)};
  WorkerSetup setup;
};

class WorkerProcess {
 public:
  /// Starts it and awaits that it is confined. It dies with the thread that starts it.
  static Result<WorkerProcess> start(const WorkerSpec& spec, MonotonicTime deadline);

  /// One job. After an error the process is dead: ErrorKind::limit when it ran into one of its limits,
  /// ErrorKind::internal when it crashed. The message goes on after "the render worker of applications/shop ".
  Result<std::string> exchange(std::string_view job, std::uint64_t max_answer, MonotonicTime deadline);
  /// Kills it, because it answered what is no answer. `exchange` fails from then on.
  void kill() { m_process.kill(SIGKILL); }

  [[nodiscard]] const ConfinementReport& confinement() const { return m_confinement; }
  [[nodiscard]] pid_t pid() const { return m_process.pid(); }

 private:
  explicit WorkerProcess(Process process) : m_process(std::move(process)) {}
  Error describe_end();

  Process m_process;
  ConfinementReport m_confinement;
};

}  // namespace reconciled
