// The daemon: its parts, and the loop that drives them.
#pragma once

#include "base/log.h"
#include "config/settings.h"
#include "daemon/http/service.h"

#include <functional>
#include <memory>
#include <string>

namespace reconciled {

struct DaemonOptions {
  Settings settings;
  /// Reads the settings again, for SIGHUP.
  std::function<Result<Settings>()> read_settings;
  ServiceVariables environment;
  std::string version;
};

/// Runs until SIGTERM or SIGINT; the exit code. Signals are blocked already (block_signals).
int run_daemon(DaemonOptions options, Logger& log);

}  // namespace reconciled
