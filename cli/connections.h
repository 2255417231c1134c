// From settings to the adapters they speak of: Git servers and API servers. Both programs connect in the same way.
#pragma once

#include "cli/network.h"
#include "ports/clock_port.h"
#include "ports/random.h"

#include <memory>
#include <string>

namespace reconciled {

/// The source that reads all repositories with the credentials of the settings.
std::unique_ptr<Source> make_settings_source(const Settings& settings, const std::string& cache_folder, Logger* log);

/// Who connects.
struct Client {
  Program program = Program::reconcile;
  const Clock& clock;
  Random& random;  ///< used by the adapter's thread alone
};

/// Clock, random and inbox must outlive the connection. The command line runs credential plugins of a kubeconfig as
/// kubectl does, the daemon only where the settings allow it.
Result<Connection> connect_cluster(const Settings& settings, const ConnectionRequest& request, const Client& client,
                                   Inbox& inbox);

}  // namespace reconciled
