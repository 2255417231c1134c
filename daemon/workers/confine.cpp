#include "daemon/workers/confine.h"

#include "daemon/workers/sanitizers.h"
#include "daemon/workers/syscall_filter.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace reconciled {
namespace {

tl::unexpected<Error> cannot(std::string_view what) {
  return fail(ErrorKind::local, "cannot " + std::string(what) + ": " + std::generic_category().message(errno), {},
              "a render worker does not run without it");
}

/// The kernel's struct as it grew; this machine's header may be older than its kernel.
struct LandlockRights {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scopes = 0;
};

/// What each version of Landlock added: the number of rights of each sort, and the bytes of the struct it takes.
struct LandlockVersion {
  int files;
  int network;
  int scopes;
  std::size_t bytes;
};
constexpr std::array k_landlock_versions{
    LandlockVersion{13, 0, 0, 8},  LandlockVersion{14, 0, 0, 8},  LandlockVersion{15, 0, 0, 8},
    LandlockVersion{15, 2, 0, 16}, LandlockVersion{16, 2, 0, 16}, LandlockVersion{16, 2, 2, 24},
};

constexpr std::uint64_t first_bits(int count) {
  return (1ULL << count) - 1;
}

/// A ruleset that handles every right and grants none. The version that holds; 0 where there is no Landlock.
std::uint32_t forbid_files() {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return 0;
  const auto known = std::min(static_cast<std::size_t>(abi), k_landlock_versions.size());
  const LandlockVersion& version = k_landlock_versions.at(known - 1);
  const LandlockRights rights{first_bits(version.files), first_bits(version.network), first_bits(version.scopes)};
  const auto ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rights, version.bytes, 0));
  if (ruleset < 0) return 0;
  const bool restricted = ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  ::close(ruleset);
  return restricted ? static_cast<std::uint32_t>(known) : 0;
}

struct ResourceLimit {
  decltype(RLIMIT_AS) resource;
  std::string_view name;
  std::uint64_t amount;
};
/// What is open stays usable.
constexpr std::array k_nothing_more{
    ResourceLimit{RLIMIT_CORE, "core dumps", 0},
    ResourceLimit{RLIMIT_FSIZE, "files", 0},
    ResourceLimit{RLIMIT_NPROC, "processes", 0},
    ResourceLimit{RLIMIT_NOFILE, "descriptors", k_sanitized ? 16 : 0},
};

Status set_limit(const ResourceLimit& limit) {
  const rlimit both{limit.amount, limit.amount};
  if (::prlimit(0, limit.resource, &both, nullptr) != 0) return cannot("limit its " + std::string(limit.name));
  return {};
}

}  // namespace

bool can_limit_memory() {
  return !k_sanitized;
}

void limit_processor_time(Duration time) {
  using std::chrono::duration_cast;
  const auto seconds = duration_cast<std::chrono::seconds>(time);
  itimerval timer{};
  timer.it_value.tv_sec = seconds.count();
  timer.it_value.tv_usec = duration_cast<std::chrono::microseconds>(time - seconds).count();
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

Result<ConfinementReport> confine_process(const Confinement& confinement) {
  ConfinementReport report;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return cannot("die with its parent");
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return cannot("hide its memory");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cannot("renounce new privileges");
  report.landlock_abi = forbid_files();
  if (confinement.memory_bytes != 0 && can_limit_memory()) {
    TRY(set_limit({RLIMIT_AS, "memory", confinement.memory_bytes}));
    report.memory_bytes = confinement.memory_bytes;
  }
  for (const auto& limit : k_nothing_more) TRY(set_limit(limit));
  TRY(filter_system_calls());
  return report;
}

}  // namespace reconciled
