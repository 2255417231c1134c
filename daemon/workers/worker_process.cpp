#include "daemon/workers/worker_process.h"

#include "daemon/workers/frames.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace reconciled {
namespace {

constexpr std::uint64_t k_max_report = 64U << 10;
constexpr Duration k_time_to_die = std::chrono::seconds(10);

/// How a process that ended by itself is spoken of.
struct End {
  int code;  ///< as Process::wait tells it
  ErrorKind kind;
  std::string_view what;
};
constexpr int by(int signal) {
  return 128 + signal;
}
constexpr std::array k_ends{
    End{k_out_of_memory_exit, ErrorKind::limit, "needed more memory than it may have"},
    End{by(SIGPROF), ErrorKind::limit, "used more processor time than it may (SIGPROF)"},
    End{by(SIGXFSZ), ErrorKind::internal, "tried to write a file (SIGXFSZ)"},
    End{by(SIGSYS), ErrorKind::internal, "asked the kernel for something that no render needs (SIGSYS)"},
    End{by(SIGSEGV), ErrorKind::internal, "crashed (SIGSEGV)"},
    End{by(SIGBUS), ErrorKind::internal, "crashed (SIGBUS)"},
    End{by(SIGILL), ErrorKind::internal, "crashed (SIGILL)"},
    End{by(SIGFPE), ErrorKind::internal, "crashed (SIGFPE)"},
    End{by(SIGABRT), ErrorKind::internal, "aborted (SIGABRT)"},
    End{by(SIGKILL), ErrorKind::limit, "was killed from outside (SIGKILL), as a machine does that runs out of memory"},
};

void set_nonblocking(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

Result<WorkerProcess> WorkerProcess::start(const WorkerSpec& spec, MonotonicTime deadline) {
  ProcessSpec process;
  process.argv = {spec.program};
  process.argv.insert(process.argv.end(), spec.arguments.begin(), spec.arguments.end());
  process.working_directory = "/";
  TRY_ASSIGN(Process started, Process::start(process));
  WorkerProcess worker(std::move(started));
  for (const int fd : {worker.m_process.stdin_fd(), worker.m_process.stdout_fd()}) set_nonblocking(fd);
  auto answer = worker.exchange(encode_worker_setup(spec.setup), k_max_report, deadline);
  if (!answer) {
    return fail(ErrorKind::local, "a render worker could not start: it " + answer.error().message, {},
                "run \"" + spec.program + "\" as a render worker by hand to see why");
  }
  TRY_ASSIGN(worker.m_confinement, decode_confinement_report(*answer));
  return worker;
}

Result<std::string> WorkerProcess::exchange(std::string_view job, std::uint64_t max_answer, MonotonicTime deadline) {
  const MonotonicTime began = monotonic_now();
  Exchanged exchanged = exchange_frames(m_process.stdin_fd(), m_process.stdout_fd(), job, max_answer, deadline);
  switch (exchanged.fault) {
    case ExchangeFault::none: return std::move(exchanged.answer);
    case ExchangeFault::closed: return fail(describe_end());
    default: break;
  }
  kill();
  switch (exchanged.fault) {
    case ExchangeFault::late:
      return fail(ErrorKind::limit, "was killed because it did not answer in " +
                                        format_duration(std::max(deadline - began, Duration::zero())));
    case ExchangeFault::large:
      return fail(ErrorKind::limit, "answered with more than " + std::to_string(max_answer) + " bytes");
    default: return fail(ErrorKind::local, "could not be spoken to");
  }
}

Error WorkerProcess::describe_end() {
  // It closed its end: it has ended, or it is up to something.
  auto code = m_process.wait(monotonic_now() + std::chrono::seconds(1));
  if (!code) {
    kill();
    static_cast<void>(m_process.wait(monotonic_now() + k_time_to_die));
    return Error(ErrorKind::internal, "closed its pipe without an answer");
  }
  const auto end = std::ranges::find(k_ends, *code, &End::code);
  if (end != k_ends.end()) return Error(end->kind, std::string(end->what));
  return Error(ErrorKind::internal, *code > 128 ? "was killed by signal " + std::to_string(*code - 128)
                                                : "ended by itself with code " + std::to_string(*code));
}

}  // namespace reconciled
