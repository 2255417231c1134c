#include "cli/commands.h"
#include "cli/pass.h"

namespace reconciled {

int run_diff(const CommandLine& given, Terminal& terminal) {
  const CommandLine line = with_stack_arguments(given);
  const auto pass = make_pass(line, terminal, RunMode::plan);
  if (!pass) return terminal.fail(pass.error());
  if (pass->record.error) return terminal.fail(*pass->record.error);
  if (!line.outputs.empty()) {
    if (const auto written = write_report(line, terminal, pass->report); !written)
      return terminal.fail(written.error());
    return plan_exit_code(line, *pass);
  }
  for (const auto& run : pass->record.stacks) {
    if (run.plan.error) terminal.fail(*run.plan.error);
    for (std::size_t i = 0; i < run.plan.actions.size(); ++i) {
      const Action& action = run.plan.actions[i];
      if (action.kind == ActionKind::keep) continue;
      if (action.kind == ActionKind::hold) terminal.say(format_id(action.id) + " is held: " + action.reason);
      terminal.out(format_unified(action, run.live[i]));
    }
  }
  return plan_exit_code(line, *pass);
}

}  // namespace reconciled
