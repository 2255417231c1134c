#include "base/process.h"
#include "base/suggest.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "config/disk.h"
#include "config/reference.h"

#include <fmt/format.h>

namespace reconciled {
namespace {

int check(const CommandLine& line, Terminal& terminal) {
  const auto environment = current_environment();
  const auto path = settings_path(Program::reconcile, line.config, environment);
  const auto input = open_settings(Program::reconcile, path, environment);
  if (!input) return terminal.fail(input.error());
  const auto result = check_settings(*input);
  for (const auto& problem : result.problems) terminal.fail(problem);
  if (!result.problems.empty()) return exit_code(ErrorKind::config);
  terminal.out(fmt::format("{}: valid\n", path ? *path : "no settings file: the defaults hold"));
  return 0;
}

}  // namespace

int run_config(const CommandLine& line, Terminal& terminal) {
  const std::string what = line.arguments.empty() ? "" : line.arguments.front();
  if (what == "check") return check(line, terminal);
  if (what == "reference")
    terminal.out(format_settings_reference());
  else if (what == "schema")
    terminal.out(format_settings_schema());
  else {
    const std::vector<std::string> words{"check", "reference", "schema"};
    return terminal.fail(Error(
        ErrorKind::usage, "config takes check, reference or schema; not \"" + what + "\"" + did_you_mean(what, words)));
  }
  return 0;
}

}  // namespace reconciled
