// A long-running child with a log file: the programs of a control plane, and servers that tests start.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reconciled {

struct DaemonSpec {
  std::vector<std::string> argv;                                 ///< argv[0] is a path
  std::vector<std::pair<std::string, std::string>> environment;  ///< all of it; nothing is inherited
  std::string working_directory;                                 ///< empty: ours
  std::string log_file;                                          ///< stdout and stderr are appended to it
};

/// The last bytes of a file; empty when it cannot be read.
std::string read_log_tail(const std::string& path, std::size_t max_bytes = 2000);

/// Owns one child in a process group of its own. The child dies with the thread that started it (PDEATHSIG), so that
/// nothing survives a test that crashes: start daemons from a thread that outlives their use.
class DaemonProcess {
 public:
  static Result<DaemonProcess> start(const DaemonSpec& spec);
  DaemonProcess(DaemonProcess&& other) noexcept;
  DaemonProcess& operator=(DaemonProcess&& other) noexcept;
  ~DaemonProcess();  ///< ends it by SIGKILL

  [[nodiscard]] pid_t pid() const { return m_pid; }
  /// False once it ended, whoever ended it.
  [[nodiscard]] bool running();
  /// Its exit code, or 128 + signal, once it ended.
  [[nodiscard]] std::optional<int> exit_status();
  /// Waits for its end; nothing when it still runs after `patience`.
  std::optional<int> wait(std::chrono::milliseconds patience);
  void signal(int number) const;
  /// SIGKILL to its group, and waits until it is gone. Does nothing when it ended before.
  void kill();
  /// The end of its log, for messages about its failure.
  [[nodiscard]] std::string log_tail(std::size_t max_bytes = 2000) const {
    return read_log_tail(m_log_file, max_bytes);
  }

 private:
  DaemonProcess() = default;
  void reap(int wait_flags);

  pid_t m_pid = -1;  ///< -1 once reaped
  std::optional<int> m_status;
  std::string m_log_file;
};

}  // namespace reconciled
