#include "base/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <system_error>

extern char** environ;  // NOLINT: POSIX names it so

namespace reconciled {
namespace {

std::string reason(int code) {
  return std::generic_category().message(code);
}

Error local_error(const std::string& doing, int code) {
  return Error(ErrorKind::local, "cannot " + doing + ": " + reason(code));
}

void close_fd(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

/// The two ends of a pipe, closed unless they are taken. Neither is one of the three standard descriptors, so that the
/// child can put them there in any order.
struct Pipe {
  int read_end = -1;
  int write_end = -1;
  Pipe() = default;
  ~Pipe() {
    close_fd(read_end);
    close_fd(write_end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  Status open() {
    std::array<int, 2> fds{};
    if (::pipe2(fds.data(), O_CLOEXEC) != 0) return fail(local_error("make a pipe", errno));
    read_end = fds[0];
    write_end = fds[1];
    return above_standard(read_end).and_then([&] { return above_standard(write_end); });
  }
  static Status above_standard(int& fd) {
    if (fd > STDERR_FILENO) return {};
    const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (moved < 0) return fail(local_error("make a pipe", errno));
    ::close(fd);
    fd = moved;
    return {};
  }
};

int take_fd(int& fd) {
  return std::exchange(fd, -1);
}

bool is_executable(const std::string& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

/// The file that argv[0] names: as it is when it has a slash, else the first of PATH's folders that has it.
Result<std::string> find_program(const ProcessSpec& spec) {
  const std::string& name = spec.argv[0];
  if (name.find('/') != std::string::npos) return name;
  std::string path = "/usr/local/bin:/usr/bin:/bin";
  const auto set = std::ranges::find(spec.environment, "PATH", &std::pair<std::string, std::string>::first);
  if (set != spec.environment.end())
    path = set->second;
  else if (const char* ours = std::getenv("PATH"); ours != nullptr)
    path = ours;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    // An empty part means the working directory, which is no place to look for programs.
    if (end > begin) {
      std::string candidate = path.substr(begin, end - begin) + "/" + name;
      if (is_executable(candidate)) return candidate;
    }
    begin = end + 1;
  }
  return fail(ErrorKind::local, "the program \"" + name + "\" is not in PATH", {}, "install it or give its full path");
}

/// All that the child needs, made before the fork: between fork and exec only async-signal-safe calls are allowed.
struct Launch {
  std::string program;
  std::vector<std::string> environment;
  std::vector<char*> argv;
  std::vector<char*> envp;
  const char* folder = nullptr;
  int stdin_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;
  int report_fd = -1;
  pid_t parent = 0;
};

[[noreturn]] void report_and_exit(const Launch& launch) {
  const int code = errno;
  [[maybe_unused]] const ssize_t written = ::write(launch.report_fd, &code, sizeof code);
  ::_exit(127);
}

[[noreturn]] void run_child(const Launch& launch) {
  ::setpgid(0, 0);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) report_and_exit(launch);
  if (::getppid() != launch.parent) ::_exit(127);  // the parent died before the line above
  for (int signal = 1; signal < NSIG; ++signal) {
    if (signal != SIGKILL && signal != SIGSTOP) ::signal(signal, SIG_DFL);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::dup2(launch.stdin_fd, STDIN_FILENO) < 0 || ::dup2(launch.stdout_fd, STDOUT_FILENO) < 0 ||
      ::dup2(launch.stderr_fd, STDERR_FILENO) < 0) {
    report_and_exit(launch);
  }
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  if (launch.folder != nullptr && ::chdir(launch.folder) != 0) report_and_exit(launch);
  ::execve(launch.program.c_str(), launch.argv.data(), launch.envp.data());
  report_and_exit(launch);
}

int poll_timeout(MonotonicTime deadline) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(deadline - monotonic_now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

void set_nonblocking(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

Error exceeded(const ProcessSpec& spec, ErrorKind kind, const std::string& what) {
  return Error(kind, "the program \"" + spec.argv[0] + "\" " + what);
}

/// Feeds and drains the three pipes of a child.
class Exchange {
 public:
  Exchange(Process& process, const ProcessSpec& spec, std::string_view input, std::size_t max_bytes)
      : m_process(process), m_spec(spec), m_input(input), m_max_bytes(max_bytes) {
    for (const int fd : {process.stdin_fd(), process.stdout_fd(), process.stderr_fd()}) set_nonblocking(fd);
    if (m_input.empty()) process.close_stdin();
  }

  Status run(MonotonicTime deadline, ProcessOutput& output) {
    while (m_stdout_open || m_stderr_open || m_process.stdin_fd() >= 0) {
      std::array<pollfd, 3> fds{{{m_process.stdin_fd(), POLLOUT, 0},
                                 {m_stdout_open ? m_process.stdout_fd() : -1, POLLIN, 0},
                                 {m_stderr_open ? m_process.stderr_fd() : -1, POLLIN, 0}}};
      const int ready = ::poll(fds.data(), fds.size(), poll_timeout(deadline));
      if (ready < 0 && errno != EINTR) return fail(local_error("wait for a child process", errno));
      if (monotonic_now() >= deadline)
        return fail(exceeded(m_spec, ErrorKind::timeout, "did not end before its deadline"));
      if (ready <= 0) continue;
      if (fds[0].revents != 0) feed();
      if (fds[1].revents != 0) TRY(drain(m_process.stdout_fd(), output.stdout_text, m_stdout_open));
      if (fds[2].revents != 0) TRY(drain(m_process.stderr_fd(), output.stderr_text, m_stderr_open));
    }
    return {};
  }

 private:
  void feed() {
    const ssize_t written = write_without_signal(m_process.stdin_fd(), m_input);
    if (written < 0 && (errno == EAGAIN || errno == EINTR)) return;
    // A child that closed its input has read what it wanted.
    if (written > 0) m_input.remove_prefix(static_cast<std::size_t>(written));
    if (written <= 0 || m_input.empty()) m_process.close_stdin();
  }

  Status drain(int fd, std::string& text, bool& open) {
    std::array<char, 65536> buffer;  // NOLINT: filled by read
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (got <= 0) {
      open = false;
      return {};
    }
    if (text.size() + static_cast<std::size_t>(got) > m_max_bytes) {
      return fail(exceeded(m_spec, ErrorKind::limit, "wrote more than " + std::to_string(m_max_bytes) + " bytes"));
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
    return {};
  }

  Process& m_process;
  const ProcessSpec& m_spec;
  std::string_view m_input;
  std::size_t m_max_bytes;
  bool m_stdout_open = true;
  bool m_stderr_open = true;
};

}  // namespace

Result<Process> Process::start(const ProcessSpec& spec) {
  if (spec.argv.empty()) return fail(ErrorKind::internal, "a child process needs a program");
  Launch launch;
  TRY_ASSIGN(launch.program, find_program(spec));
  for (const auto& argument : spec.argv) launch.argv.push_back(const_cast<char*>(argument.c_str()));
  launch.argv.push_back(nullptr);
  for (const auto& [name, value] : spec.environment) launch.environment.push_back(name + "=" + value);
  for (auto& variable : launch.environment) launch.envp.push_back(variable.data());
  launch.envp.push_back(nullptr);
  if (!spec.working_directory.empty()) launch.folder = spec.working_directory.c_str();

  Pipe in, out, err, report;
  for (Pipe* pipe : {&in, &out, &err, &report}) TRY(pipe->open());
  launch.stdin_fd = in.read_end;
  launch.stdout_fd = out.write_end;
  launch.stderr_fd = err.write_end;
  launch.report_fd = report.write_end;
  launch.parent = ::getpid();

  // No handler of ours may run in the child before it has set its own dispositions.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) run_child(launch);
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return fail(local_error("start \"" + spec.argv[0] + "\"", fork_error));
  ::setpgid(pid, pid);  // in both: whoever comes first

  Process process;
  process.m_pid = pid;
  process.m_stdin = take_fd(in.write_end);
  process.m_stdout = take_fd(out.read_end);
  process.m_stderr = take_fd(err.read_end);

  // The report pipe closes when exec succeeds, and brings an errno when it does not.
  close_fd(report.write_end);
  int code = 0;
  ssize_t got = 0;
  while ((got = ::read(report.read_end, &code, sizeof code)) < 0 && errno == EINTR) {
  }
  if (got == static_cast<ssize_t>(sizeof code)) return fail(local_error("start \"" + spec.argv[0] + "\"", code));
  return process;
}

Process::Process(Process&& other) noexcept
    : m_pid(std::exchange(other.m_pid, -1)),
      m_stdin(std::exchange(other.m_stdin, -1)),
      m_stdout(std::exchange(other.m_stdout, -1)),
      m_stderr(std::exchange(other.m_stderr, -1)) {}

Process& Process::operator=(Process&& other) noexcept {
  Process taken(std::move(other));
  std::swap(m_pid, taken.m_pid);
  std::swap(m_stdin, taken.m_stdin);
  std::swap(m_stdout, taken.m_stdout);
  std::swap(m_stderr, taken.m_stderr);
  return *this;
}

Process::~Process() {
  close_fd(m_stdin);
  close_fd(m_stdout);
  close_fd(m_stderr);
  if (m_pid < 0) return;
  kill(SIGKILL);
  while (::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Process::close_stdin() {
  close_fd(m_stdin);
}

void Process::kill(int signal) const {
  if (m_pid > 0) ::kill(-m_pid, signal);
}

Result<int> Process::wait(MonotonicTime deadline) {
  if (m_pid < 0) return fail(ErrorKind::internal, "the child process was waited for already");
  auto pidfd = static_cast<int>(::syscall(SYS_pidfd_open, m_pid, 0));  // glibc 2.36 has no declaration for C++
  if (pidfd < 0) return fail(local_error("wait for a child process", errno));
  int ready = 0;
  do {
    pollfd fd{pidfd, POLLIN, 0};
    ready = ::poll(&fd, 1, poll_timeout(deadline));
  } while (ready <= 0 && monotonic_now() < deadline);
  close_fd(pidfd);
  if (ready <= 0) return fail(ErrorKind::timeout, "a child process did not end before its deadline");
  // What the child left running dies with it. It is not reaped yet, so its group's number cannot be anybody else's.
  kill(SIGKILL);
  int status = 0;
  while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
  }
  m_pid = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

ssize_t write_without_signal(int fd, std::string_view bytes) {
  sigset_t pipe_signal;
  sigset_t pending;
  sigset_t before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  const bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  const int code = errno;
  if (written < 0 && code == EPIPE && !was_pending) {
    const timespec now{};
    while (sigtimedwait(&pipe_signal, nullptr, &now) < 0 && errno == EINTR) {
    }
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = code;
  return written;
}

Result<ProcessOutput> run_process(const ProcessSpec& spec, std::string_view input, MonotonicTime deadline,
                                  std::size_t max_bytes) {
  TRY_ASSIGN(Process process, Process::start(spec));
  ProcessOutput output;
  TRY(Exchange(process, spec, input, max_bytes).run(deadline, output));
  auto code = process.wait(deadline);
  if (!code) return fail(std::move(code).error().in("run \"" + spec.argv[0] + "\""));
  output.exit_code = *code;
  return output;
}

std::vector<std::pair<std::string, std::string>> current_environment() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::size_t equals = text.find('=', 1);
    if (equals != std::string_view::npos) variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace reconciled
