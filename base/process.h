// Child processes without a shell.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled {

struct ProcessSpec {
  std::vector<std::string> argv;  ///< argv[0] is looked up in PATH when it has no slash
  /// The whole environment of the child; nothing is inherited.
  std::vector<std::pair<std::string, std::string>> environment;
  std::string working_directory;  ///< empty: ours
};

/// A running child with pipes on its three standard streams. Its destructor kills it (SIGKILL to its process group) and
/// reaps it, so that a child never outlives its owner; children also die with the thread's process (PDEATHSIG where the
/// kernel offers it).
class Process {
 public:
  static Result<Process> start(const ProcessSpec& spec);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  [[nodiscard]] pid_t pid() const { return m_pid; }
  [[nodiscard]] int stdin_fd() const { return m_stdin; }
  [[nodiscard]] int stdout_fd() const { return m_stdout; }
  [[nodiscard]] int stderr_fd() const { return m_stderr; }
  void close_stdin();
  /// Waits for its end; ErrorKind::timeout after the deadline (the child runs on). The exit code, or 128 + signal.
  Result<int> wait(MonotonicTime deadline);
  void kill(int signal) const;

 private:
  Process() = default;
  pid_t m_pid = -1;
  int m_stdin = -1;
  int m_stdout = -1;
  int m_stderr = -1;
};

struct ProcessOutput {
  int exit_code = 0;
  std::string stdout_text;
  std::string stderr_text;
};

/// Runs to the end, feeding `input`; output above `max_bytes` a stream is ErrorKind::limit, the deadline
/// ErrorKind::timeout; the child is killed in both cases.
Result<ProcessOutput> run_process(const ProcessSpec& spec, std::string_view input, MonotonicTime deadline,
                                  std::size_t max_bytes = 4 << 20);

/// write(2) that answers EPIPE without raising SIGPIPE: for the input of a child, which may close it at any time.
ssize_t write_without_signal(int fd, std::string_view bytes);

/// The environment of this process, for children that inherit some of it.
std::vector<std::pair<std::string, std::string>> current_environment();

}  // namespace reconciled
