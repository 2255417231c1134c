// Settings from the disk and the environment of this process.
#pragma once

#include "config/settings.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled {

using EnvironmentVariables = std::vector<std::pair<std::string, std::string>>;

/// The file to read: the flag, else RECONCILE_CONFIG or RECONCILED_CONFIG, else for the daemon
/// /etc/reconciled/config.yaml; nullopt: the command line runs on defaults.
std::optional<std::string> settings_path(Program program, std::string_view flag,
                                         const EnvironmentVariables& environment);

/// Where mirrors are kept: as the settings say, else for the daemon $CACHE_DIRECTORY, else below $XDG_CACHE_HOME, else
/// below $HOME/.cache, else below the folder for temporary files. Relative folders of the environment do not count.
std::string cache_folder(Program program, const Settings& settings, const EnvironmentVariables& environment);

/// The file at `path` (none when nullopt) and conf.d/*.yaml beside it in the order of their names, with the given
/// environment and a reader of secret files. At most 1 MiB a file and 256 files.
Result<SettingsInput> open_settings(Program program, const std::optional<std::string>& path,
                                    EnvironmentVariables environment);

}  // namespace reconciled
