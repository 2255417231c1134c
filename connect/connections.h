// From settings to the adapters they speak of: Git servers and API servers. Both programs connect in the same way.
#pragma once

#include "base/log.h"
#include "base/result.h"
#include "config/settings.h"
#include "ports/clock_port.h"
#include "ports/cluster.h"
#include "ports/random.h"
#include "ports/source.h"

#include <memory>
#include <string>

namespace reconciled {

/// A cluster as a program uses it.
struct Connection {
  std::unique_ptr<Cluster> cluster;
  std::string name;          ///< of the cluster: as the settings, the environment or the context give it
  std::string server;        ///< its URL, for messages
  std::string expected_uid;  ///< from the settings
  std::string state_namespace;
  Identity identity;  ///< for stacks that name no service account
};

/// Which cluster: the settings' entry of that name where there are settings, otherwise a kubeconfig context.
struct ConnectionRequest {
  std::string cluster;  ///< as the environment says; may be empty
  std::string kubeconfig;
  std::string context;
};

/// The source that reads all repositories with the credentials of the settings.
/// Of this machine it reads what the settings name, and `asked`, which a person named; both may be empty.
std::unique_ptr<Source> make_settings_source(const Settings& settings, const std::string& cache_folder,
                                             const std::string& asked, Logger* log);

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
