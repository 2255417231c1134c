// The command line of `reconciled`.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace reconciled {

struct DaemonCommand {
  enum class Action : std::uint8_t { run, check_config, help, version, render_worker };
  Action action = Action::run;
  std::string config;  ///< empty: RECONCILED_CONFIG, else /etc/reconciled/config.yaml
};

/// ErrorKind::usage names what is wrong.
Result<DaemonCommand> parse_daemon_command(int argc, char** argv);
std::string format_daemon_help();

}  // namespace reconciled
