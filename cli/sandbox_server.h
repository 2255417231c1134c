// `reconcile sandbox` once the network part is loaded.
#pragma once

namespace reconciled {

struct CommandLine;
class Terminal;

/// Runs the in-memory API until interrupted, or until the command behind "--" ends (then its exit code).
int serve_sandbox(const CommandLine& line, Terminal& terminal);

}  // namespace reconciled
