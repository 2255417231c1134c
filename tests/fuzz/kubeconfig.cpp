// Kubeconfig text: never crashes, and what is refused is refused as a wrong configuration.
#include "kube/kubeconfig.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace reconciled;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const KubeEnvironment environment{{{"KUBECONFIG", "/k/config"}},
                                    [&text](const std::string& path) -> Result<std::optional<std::string>> {
                                      if (path == "/k/config") return std::optional<std::string>(text);
                                      if (path == "/k/pem")
                                        return std::optional<std::string>("-----BEGIN CERTIFICATE-----\n");
                                      return std::optional<std::string>();
                                    }};
  KubeConfigOptions options;
  options.exec_plugins = ExecPlugins::allow;
  const auto access = read_kubeconfig(options, environment);
  if (access) {
    if (!access->server.starts_with("http")) std::abort();
    if (access->client_cert_pem.empty() != access->client_key.empty()) std::abort();
  } else if (access.error().kind != ErrorKind::config && access.error().kind != ErrorKind::limit) {
    std::abort();
  }
  return 0;
}
