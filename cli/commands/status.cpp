#include "base/json.h"
#include "cli/commands.h"
#include "cli/daemon_status.h"
#include "cli/network.h"
#include "cli/pass.h"
#include "cli/repository.h"

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

/// What a running daemon says, without a look of our own.
int ask_daemon(const CommandLine& line, Terminal& terminal) {
  const auto network = load_network();
  if (!network) return terminal.fail(network.error());
  const auto page = (*network)->fetch_page({.server = line.server, .target = "/api/v1/status"});
  if (!page) return terminal.fail(page.error());
  Budget budget;
  const auto status = parse_json(*page, budget);
  if (!status) return terminal.fail(Error(status.error()).in("read the answer of " + line.server));
  const auto table = format_daemon_status(line, *status);
  if (!table) return terminal.fail(table.error());
  const auto written =
      write_outputs(line, terminal, [&](const std::string& format, const TextOptions&) -> std::optional<std::string> {
        if (format == "text") return *table;
        if (format == "json") return format_json(*status, JsonStyle::pretty) + "\n";
        return std::nullopt;
      });
  return written ? 0 : terminal.fail(written.error());
}

}  // namespace

int run_status(const CommandLine& given, Terminal& terminal) {
  CommandLine line = with_stack_arguments(given);
  if (!line.server.empty()) return ask_daemon(line, terminal);
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
