// A process locks itself up: from then on it computes, reads and writes the pipes it has, and nothing else.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstdint>

namespace reconciled {

struct Confinement {
  std::uint64_t memory_bytes = 0;  ///< of address space; 0: no limit
};

/// How far it went. What is missing here is missing in the kernel; the system call filter never is.
struct ConfinementReport {
  std::uint32_t landlock_abi = 0;  ///< 0: the kernel has no Landlock, or does not let us use it
  std::uint64_t memory_bytes = 0;  ///< of address space; 0: not limited
  bool operator==(const ConfinementReport&) const = default;
};

/// No new privileges, no files (Landlock without any path), limits (no more descriptors, processes, files or core
/// dumps), death with the parent, not readable by others, and a list of system calls: memory, time, signals to itself,
/// read and write, exit. Any other call kills the process with SIGSYS, on every thread of it. Works without privileges
/// and user namespaces. Cannot be undone.
Result<ConfinementReport> confine_process(const Confinement& confinement);

/// Whether a limit of address space makes sense in this build: sanitizers reserve terabytes of it.
bool can_limit_memory();

/// Kills this process with SIGPROF once it has used so much processor time from now on; zero: never.
void limit_processor_time(Duration time);

}  // namespace reconciled
