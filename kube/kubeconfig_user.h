// The "user" of a kubeconfig: which credentials, from where.
#pragma once

#include "kube/kubeconfig_files.h"

#include <string>
#include <string_view>

namespace reconciled {

/// The PEM text of KEY-data (base64) or of the file that KEY names; that file's path goes to `file`. Empty: neither.
Result<std::string> read_kubeconfig_pem(const MergedKubeConfig& merged, const KubeConfigEntry& entry,
                                        std::string_view key, const FileReader& read, std::string& file);

/// Fills the credentials of `access` from a user; the cluster is for exec plugins that ask for it.
Status resolve_kubeconfig_user(const MergedKubeConfig& merged, const KubeConfigEntry& user,
                               const KubeConfigEntry& cluster, ExecPlugins exec_plugins,
                               const KubeEnvironment& environment, ClusterAccess& access);

}  // namespace reconciled
