// The name of this process in the inventory: it tells others on the same machine whether the process still lives.
#pragma once

#include "ports/random.h"

#include <string>

namespace reconciled {

/// "cli/BOOT-NAMESPACE-PID-START" from /proc: the boot, the PID namespace, and the process with the time of its start.
/// Where /proc does not tell, "cli/" and a random number.
std::string make_writer_name(Random& random);

/// Whether a name is of a process that could be seen from here and has ended.
bool is_gone(const std::string& writer);

}  // namespace reconciled
