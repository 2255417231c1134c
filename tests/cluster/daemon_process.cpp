#include "tests/cluster/daemon_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace reconciled {
namespace {

struct ChildPlan {
  std::vector<char*> argv;
  std::vector<char*> environment;
  const char* directory;
  int log;
  pid_t parent;
};

/// Runs between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(const ChildPlan& plan) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != plan.parent) _exit(127);  // the parent ended before the line above
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = open("/dev/null", O_RDONLY);
  const bool wired = dup2(nothing, 0) == 0 && dup2(plan.log, 1) == 1 && dup2(plan.log, 2) == 2;
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (wired && (*plan.directory == '\0' || chdir(plan.directory) == 0)) {
    execve(plan.argv[0], plan.argv.data(), plan.environment.data());
  }
  const char* const reason = strerrordesc_np(errno);
  if (write(2, reason, std::strlen(reason)) < 0) _exit(126);
  _exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Result<DaemonProcess> DaemonProcess::start(const DaemonSpec& spec) {
  if (spec.argv.empty() || access(spec.argv[0].c_str(), X_OK) != 0) {
    return fail(ErrorKind::local, "cannot run " + (spec.argv.empty() ? "a program without a name" : spec.argv[0]));
  }
  std::vector<std::string> argv = spec.argv;
  std::vector<std::string> environment;
  for (const auto& [name, value] : spec.environment) environment.push_back(name + "=" + value);
  const int log = open(spec.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0)
    return fail(ErrorKind::local, std::string("cannot write its log: ") + std::strerror(errno),
                {spec.log_file, 0, 0, {}});

  const ChildPlan plan{pointers(argv), pointers(environment), spec.working_directory.c_str(), log, getpid()};
  const pid_t pid = fork();
  if (pid == 0) become(plan);
  const int reason = errno;
  close(log);
  if (pid < 0) return fail(ErrorKind::local, std::string("fork: ") + std::strerror(reason));
  setpgid(pid, pid);  // whichever of the two is first
  DaemonProcess daemon;
  daemon.m_pid = pid;
  daemon.m_log_file = spec.log_file;
  return daemon;
}

DaemonProcess::DaemonProcess(DaemonProcess&& other) noexcept
    : m_pid(std::exchange(other.m_pid, -1)), m_status(other.m_status), m_log_file(std::move(other.m_log_file)) {}

DaemonProcess& DaemonProcess::operator=(DaemonProcess&& other) noexcept {
  if (this != &other) {
    kill();
    m_pid = std::exchange(other.m_pid, -1);
    m_status = other.m_status;
    m_log_file = std::move(other.m_log_file);
  }
  return *this;
}

DaemonProcess::~DaemonProcess() {
  kill();
}

void DaemonProcess::reap(int wait_flags) {
  if (m_pid < 0) return;
  int status = 0;
  pid_t got = 0;
  do {
    got = waitpid(m_pid, &status, wait_flags);
  } while (got < 0 && errno == EINTR);
  if (got == 0) return;
  m_status = got < 0 ? 127 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  m_pid = -1;
}

bool DaemonProcess::running() {
  reap(WNOHANG);
  return m_pid >= 0;
}

std::optional<int> DaemonProcess::exit_status() {
  reap(WNOHANG);
  return m_status;
}

std::optional<int> DaemonProcess::wait(std::chrono::milliseconds patience) {
  if (running()) {
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, m_pid, 0));
    pollfd ended{handle, POLLIN, 0};
    poll(&ended, 1, static_cast<int>(patience.count()));
    close(handle);
  }
  return exit_status();
}

void DaemonProcess::signal(int number) const {
  if (m_pid >= 0) ::kill(m_pid, number);
}

void DaemonProcess::kill() {
  if (m_pid < 0) return;
  ::kill(-m_pid, SIGKILL);
  reap(0);
}

std::string read_log_tail(const std::string& path, std::size_t max_bytes) {
  std::ifstream log(path, std::ios::binary | std::ios::ate);
  if (!log) return {};
  const auto size = static_cast<std::size_t>(log.tellg());
  const std::size_t length = std::min(size, max_bytes);
  log.seekg(static_cast<std::streamoff>(size - length));
  std::string text(length, '\0');
  log.read(text.data(), static_cast<std::streamsize>(length));
  return text;
}

}  // namespace reconciled
