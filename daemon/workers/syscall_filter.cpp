#include "daemon/workers/syscall_filter.h"

#include "daemon/workers/sanitizers.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <vector>

namespace reconciled {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t k_architecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t k_first_foreign = 0x40000000;  ///< calls of the x32 ABI
#elif defined(__aarch64__)
constexpr std::uint32_t k_architecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t k_first_foreign = 0x80000000;
#else
#error "say what this architecture is called in a seccomp filter"
#endif

/// Allowed whatever the arguments are: memory that was not executable, time, randomness, its own signals and threads'
/// locks, the pipes it holds, and the end.
constexpr std::array k_allowed{
    SYS_read,         SYS_write,          SYS_close,        SYS_munmap,        SYS_mremap,          SYS_madvise,
    SYS_brk,          SYS_futex,          SYS_sched_yield,  SYS_clock_gettime, SYS_getrandom,       SYS_setitimer,
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack,   SYS_restart_syscall, SYS_getpid,
    SYS_gettid,       SYS_exit,           SYS_exit_group,
};

/// Of a build with sanitizers: they probe memory by pipes, and their own thread sleeps.
constexpr std::array k_allowed_to_sanitizers{SYS_pipe2, SYS_clock_nanosleep};

/// Allowed when an argument is right.
enum class Condition : std::uint8_t { none_of_bits, equals };
struct Conditional {
  long number;
  unsigned argument;
  Condition condition;
  std::uint32_t value;
};

class Program {
 public:
  void load(std::size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)); }
  void allow(long number) {
    unless(BPF_JEQ, static_cast<std::uint32_t>(number), 1);
    answer(SECCOMP_RET_ALLOW);
  }
  void answer(std::uint32_t action) { add(BPF_RET | BPF_K, action); }
  /// Skips `count` instructions unless the loaded word is as `test` says.
  void unless(int test, std::uint32_t value, std::uint8_t count) { jump(test, value, 0, count); }
  /// Skips them when it is so.
  void when(int test, std::uint32_t value, std::uint8_t count) { jump(test, value, count, 0); }
  [[nodiscard]] std::vector<sock_filter>& code() { return m_code; }

 private:
  void jump(int test, std::uint32_t value, std::uint8_t so, std::uint8_t not_so) {
    m_code.push_back({static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), so, not_so, value});
  }
  void add(int code, std::uint32_t value) { m_code.push_back({static_cast<std::uint16_t>(code), 0, 0, value}); }
  std::vector<sock_filter> m_code;
};

/// The lower half of an argument: the upper one holds nothing in flags and process ids. Little-endian, as both
/// architectures are.
constexpr std::size_t offset_of_argument(unsigned index) {
  return offsetof(seccomp_data, args) + index * sizeof(std::uint64_t);
}

Program make_program() {
  const std::array conditional{
      Conditional{SYS_mmap, 2, Condition::none_of_bits, PROT_EXEC},
      Conditional{SYS_mprotect, 2, Condition::none_of_bits, PROT_EXEC},
      Conditional{SYS_tgkill, 0, Condition::equals, static_cast<std::uint32_t>(::getpid())},  // abort
  };
  Program program;
  program.load(offsetof(seccomp_data, arch));
  program.when(BPF_JEQ, k_architecture, 1);
  program.answer(SECCOMP_RET_KILL_PROCESS);
  program.load(offsetof(seccomp_data, nr));
  program.unless(BPF_JGE, k_first_foreign, 1);
  program.answer(SECCOMP_RET_KILL_PROCESS);
  for (const long number : k_allowed) program.allow(number);
  if constexpr (k_sanitized) {
    for (const long number : k_allowed_to_sanitizers) program.allow(number);
  }
  for (const auto& call : conditional) {
    const bool equals = call.condition == Condition::equals;
    program.unless(BPF_JEQ, static_cast<std::uint32_t>(call.number), 4);
    program.load(offset_of_argument(call.argument));
    program.unless(equals ? BPF_JEQ : BPF_JSET, call.value, 1);
    program.answer(equals ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS);
    program.answer(equals ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ALLOW);
  }
  program.answer(SECCOMP_RET_KILL_PROCESS);
  return program;
}

}  // namespace

Status filter_system_calls() {
  Program program = make_program();
  const sock_fprog filter{static_cast<unsigned short>(program.code().size()), program.code().data()};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0) return {};
  return fail(ErrorKind::local, "cannot filter its system calls: " + std::generic_category().message(errno), {},
              "a render worker needs seccomp; allow it in the container's profile");
}

}  // namespace reconciled
