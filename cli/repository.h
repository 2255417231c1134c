// The repository that a command works on: settings, source and rendered stacks.
#pragma once

#include "base/result.h"
#include "cli/command_line.h"
#include "cli/network.h"
#include "config/settings.h"
#include "engine/desired.h"

#include <memory>
#include <string>

namespace reconciled {

/// Reads the settings that the command line points to; without any, the defaults.
Result<Settings> open_settings_for(const CommandLine& line);

/// A request for everything the command line selects, and the source that answers it. Repositories on this machine are
/// read where they are; the network is loaded only when something else is asked for.
struct OpenRepository {
  DesiredRequest request;
  std::unique_ptr<Source> source;
};
Result<OpenRepository> open_repository(const CommandLine& line, const Settings& settings);

/// What belongs behind a command as STACK counts as --stack.
CommandLine with_stack_arguments(const CommandLine& line);

}  // namespace reconciled
