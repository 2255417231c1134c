#include "cli/commands.h"
#include "cli/pass.h"
#include "cli/sync_report.h"

namespace reconciled {

int run_sync(const CommandLine& given, Terminal& terminal) {
  const CommandLine line = with_stack_arguments(given);
  const RunMode mode = line.dry_run ? RunMode::plan : RunMode::apply;
  const auto pass = make_pass(line, terminal, mode);
  if (!pass) return terminal.fail(pass.error());
  if (pass->record.error) return terminal.fail(*pass->record.error);
  if (mode == RunMode::plan) {
    if (const auto written = write_report(line, terminal, pass->report); !written)
      return terminal.fail(written.error());
    return plan_exit_code(line, *pass);
  }
  if (const auto written = write_sync_report(line, terminal, *pass); !written) return terminal.fail(written.error());
  return sync_exit_code(*pass);
}

}  // namespace reconciled
