#include "cli/sandbox_server.h"

#include "cli/terminal.h"

namespace reconciled {

int serve_sandbox(const CommandLine& /*line*/, Terminal& terminal) {
  return terminal.fail(Error(ErrorKind::internal, "not built yet"));
}

}  // namespace reconciled
