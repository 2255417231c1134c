// What a running daemon says of its stacks, as a table.
#pragma once

#include "base/result.h"
#include "base/value.h"
#include "cli/command_line.h"

#include <string>

namespace reconciled {

/// The table of a DaemonStatus (docs/http.md), with the environments, layers and stacks that the command line selects.
/// Whatever is absent, or no word that we know, is printed as unknown. ErrorKind::api_rejected when the value is none,
/// ErrorKind::usage when an environment is asked for that the daemon does not have.
Result<std::string> format_daemon_status(const CommandLine& line, const Value& status);

}  // namespace reconciled
