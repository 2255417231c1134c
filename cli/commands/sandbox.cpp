#include "cli/commands.h"
#include "cli/network.h"
#include "cli/terminal.h"

namespace reconciled {

int run_sandbox(const CommandLine& line, Terminal& terminal) {
  const auto network = load_network();
  if (!network) return terminal.fail(network.error());
  return (*network)->run_sandbox(line, terminal);
}

}  // namespace reconciled
