// reconcile: the command line.
#include "cli/command_line.h"
#include "cli/terminal.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>

int main(int argc, char** argv) {
  using namespace reconciled;
  // Secrets must not end in a core dump, and a closed pipe is an error of a write, not of the process.
  prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  std::signal(SIGPIPE, SIG_IGN);

  Terminal terminal;
  const auto line = parse_command_line(argc, argv);
  if (!line) return terminal.fail(line.error());
  terminal.configure(*line);
  const CommandRow& command = row_of(*line);
  if (line->help) {
    terminal.out(format_help(command));
    return 0;
  }
  return command.run(*line, terminal);
}
