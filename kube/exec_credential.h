// Credentials that a program prints: exec plugins of a kubeconfig.
#pragma once

#include "base/clock.h"
#include "kube/access.h"

#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

struct ExecCredential {
  SecretString token;
  std::string client_cert_pem;
  SecretString client_key;
  std::optional<WallTime> expires;
};

/// Reads what a plugin printed. The messages never repeat the text.
Result<ExecCredential> parse_exec_credential(std::string_view text, std::string_view api_version);

/// The text of KUBERNETES_EXEC_INFO.
std::string format_exec_info(const ExecPlugin& plugin);

/// Runs the plugin to its end; ErrorKind::api_auth with the end of its standard error when it fails.
Result<ExecCredential> run_exec_plugin(const ExecPlugin& plugin, MonotonicTime deadline);

}  // namespace reconciled
