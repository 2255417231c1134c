#include "kube/kubeconfig.h"

namespace reconciled {

namespace {

constexpr std::string_view k_account_folder = "/var/run/secrets/kubernetes.io/serviceaccount/";

Result<std::string> read_account_file(const KubeEnvironment& environment, std::string_view name) {
  const std::string path = std::string(k_account_folder) + std::string(name);
  auto text = environment.read(path);
  if (!text) return fail(ErrorKind::config, text.error().message, Where{path, 0, 0, {}});
  if (!*text) {
    return fail(ErrorKind::config, "this pod has no " + std::string(name) + " of a service account",
                Where{path, 0, 0, {}}, "set automountServiceAccountToken: true for the pod");
  }
  std::string trimmed = std::move(**text);
  while (!trimmed.empty() && (trimmed.back() == '\n' || trimmed.back() == ' ')) trimmed.pop_back();
  return trimmed;
}

}  // namespace

Result<ClusterAccess> read_in_cluster_access(const KubeEnvironment& environment) {
  const std::string host = variable(environment.variables, "KUBERNETES_SERVICE_HOST");
  const std::string port = variable(environment.variables, "KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty()) {
    return fail(ErrorKind::config, "this process does not run in a pod: KUBERNETES_SERVICE_HOST and _PORT are not set",
                {}, "give a kubeconfig");
  }
  ClusterAccess access;
  access.server = "https://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
  TRY_ASSIGN(const std::string token, read_account_file(environment, "token"));
  if (token.empty()) {
    return fail(ErrorKind::config, "the token of the service account is empty",
                Where{std::string(k_account_folder) + "token", 0, 0, {}});
  }
  access.token = SecretString(token);
  access.token_file = std::string(k_account_folder) + "token";
  TRY_ASSIGN(access.ca_pem, read_account_file(environment, "ca.crt"));
  access.ca_file = std::string(k_account_folder) + "ca.crt";
  auto space = read_account_file(environment, "namespace");
  access.namespace_ = space && !space->empty() ? *space : "default";
  return access;
}

}  // namespace reconciled
