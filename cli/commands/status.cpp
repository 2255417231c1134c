#include "cli/commands.h"
#include "cli/pass.h"

#include <fmt/format.h>

namespace reconciled {
namespace {

std::string_view text_of(SyncState state) {
  switch (state) {
    case SyncState::in_sync: return "in sync";
    case SyncState::ahead: return "ahead";
    case SyncState::drifted: return "drifted";
    case SyncState::held: return "held";
    case SyncState::unknown: return "unknown";
    case SyncState::failed: return "failed";
  }
  return "unknown";
}

std::string format_status(const Pass& pass) {
  std::string text = fmt::format("{:<34}{:<10}{:<13}{:>8}  {}\n", "STACK", "SYNC", "HEALTH", "OBJECTS", "WHY");
  for (const auto& stack : pass.report.stacks) {
    std::string why = stack.plan.error                       ? format_error(*stack.plan.error)
                      : stack.health == HealthState::healthy ? ""
                                                             : stack.health_reason;
    for (const auto& action : stack.plan.actions) {
      if (why.empty() && action.kind != ActionKind::keep) why = format_id(action.id) + ": " + action.reason;
    }
    text += fmt::format("{:<34}{:<10}{:<13}{:>8}  {}\n", stack.plan.stack.path(), text_of(stack.sync),
                        name_of(stack.health), stack.plan.actions.size(), why);
  }
  return text;
}

}  // namespace

int run_status(const CommandLine& given, Terminal& terminal) {
  CommandLine line = with_stack_arguments(given);
  line.diff_mode = "local";  // status only reads
  const auto pass = make_pass(line, terminal, RunMode::plan);
  if (!pass) return terminal.fail(pass.error());
  if (pass->record.error) return terminal.fail(*pass->record.error);
  if (line.outputs.empty()) {
    terminal.out(format_status(*pass));
  } else if (const auto written = write_report(line, terminal, pass->report); !written) {
    return terminal.fail(written.error());
  }
  line.fail_on = "error";  // status answers a question; it is no check
  return plan_exit_code(line, *pass);
}

}  // namespace reconciled
