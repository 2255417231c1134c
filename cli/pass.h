// One pass as the commands make it: open, render, connect, and drive a Run to its end.
#pragma once

#include "base/result.h"
#include "cli/command_line.h"
#include "cli/repository.h"
#include "cli/terminal.h"
#include "diff/report.h"
#include "engine/run.h"

#include <functional>
#include <optional>
#include <string>

namespace reconciled {

struct Pass {
  RunRecord record;
  DriftReport report;  ///< of the plan, as it was before anything was applied
  bool interrupted = false;
};

/// The plan of what the command line selects, and in RunMode::apply its execution. SIGINT and SIGTERM stop it between
/// two waves; a second one ends the program. `also` is told what happens, beside the terminal.
Result<Pass> make_pass(const CommandLine& line, Terminal& terminal, RunMode mode, RunWatcher* also = nullptr);

/// The exit code of a plan: the worst error, else 1 (or --diff-exit-code) for differences unless --fail-on=error.
int plan_exit_code(const CommandLine& line, const Pass& pass);
/// The exit code of a sync: errors, failed objects (6), timeouts (7), holds (8).
int sync_exit_code(const Pass& pass);

/// Writes to every --output; a format that `format` does not know is ErrorKind::usage.
using OutputFormatter =
    std::function<std::optional<std::string>(const std::string& format, const TextOptions& options)>;
Status write_outputs(const CommandLine& line, Terminal& terminal, const OutputFormatter& format);
/// The drift report to every --output.
Status write_report(const CommandLine& line, Terminal& terminal, const DriftReport& report);

}  // namespace reconciled
