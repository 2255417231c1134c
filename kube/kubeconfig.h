// Kubeconfig files, read as kubectl reads them.
#pragma once

#include "kube/access.h"

#include <cstdint>
#include <string>
#include <vector>

namespace reconciled {

enum class ExecPlugins : bool { refuse, allow };
enum class InClusterAccount : bool { ignore, use };

/// What reading a kubeconfig takes from the world; made of values, so that it can be tested with values.
struct KubeEnvironment {
  Variables variables;  ///< HOME, KUBECONFIG, proxies, KUBERNETES_SERVICE_*, and what exec plugins inherit
  FileReader read;
};

/// The environment and the files of this process.
KubeEnvironment process_environment();

struct KubeConfigOptions {
  std::string path;     ///< --kubeconfig: this file alone
  std::string context;  ///< --context; empty: current-context
  std::string cluster;  ///< --cluster: instead of the context's
  std::string user;     ///< --user: instead of the context's
  std::string namespace_;
  ExecPlugins exec_plugins = ExecPlugins::refuse;
  /// Whether a process in a pod that finds no kubeconfig uses the pod's service account, as kubectl does.
  InClusterAccount in_cluster = InClusterAccount::use;
};

/// Finds the files (--kubeconfig, else the $KUBECONFIG list, else ~/.kube/config, else the pod's account), merges them
/// (the first file that has a cluster, user, context or current-context wins it whole) and resolves one context.
/// Errors are ErrorKind::config with file and line, and say what would have been right.
Result<ClusterAccess> read_kubeconfig(const KubeConfigOptions& options, const KubeEnvironment& environment);

/// The names of all contexts of the same files, sorted; for completion and messages.
Result<std::vector<std::string>> list_contexts(const KubeConfigOptions& options, const KubeEnvironment& environment);

/// The service account of the pod that this process runs in; ErrorKind::config outside of one.
Result<ClusterAccess> read_in_cluster_access(const KubeEnvironment& environment);

}  // namespace reconciled
