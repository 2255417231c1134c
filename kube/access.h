// How one cluster is reached and with whose rights: what a kubeconfig or a service account comes down to.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "base/value.h"
#include "ports/cluster.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reconciled {

/// The content of a file, or nullopt when there is none of that name.
using FileReader = std::function<Result<std::optional<std::string>>(const std::string& path)>;

/// Reads this machine's files, of at most 4 MiB.
FileReader make_disk_reader();

using Variables = std::vector<std::pair<std::string, std::string>>;

/// The value of a variable; empty when it is not there.
std::string variable(const Variables& variables, std::string_view name);

/// A program that prints an ExecCredential (client.authentication.k8s.io/v1 or v1beta1).
struct ExecPlugin {
  std::string api_version;
  std::string command;  ///< absolute, or a name looked up in PATH
  std::vector<std::string> arguments;
  Variables environment;         ///< whole: what it inherits and what the kubeconfig adds
  std::string install_hint;      ///< shown when the program is not there
  std::optional<Value> cluster;  ///< spec.cluster of KUBERNETES_EXEC_INFO, where provideClusterInfo asks for it
};

struct BasicLogin {
  std::string user;
  SecretString password;
};

enum class TlsVerification : bool { skip, verify };
enum class Compression : bool { none, gzip };

/// Where both a text and a file are given, the file is read again every minute and after a refusal, and wins.
struct ClusterAccess {
  std::string server;  ///< "https://host:port/prefix" without a trailing slash
  std::string ca_pem;  ///< empty: the system's authorities
  std::string ca_file;
  std::string client_cert_pem;
  std::string client_cert_file;
  SecretString client_key;
  std::string client_key_file;
  SecretString token;
  std::string token_file;
  std::optional<BasicLogin> basic;
  std::optional<ExecPlugin> exec;
  Identity identity;            ///< whom the kubeconfig itself impersonates (`as`, `as-groups`)
  std::string proxy_url;        ///< empty: none
  std::string no_proxy;         ///< hosts that are reached without the proxy, as in $NO_PROXY
  std::string tls_server_name;  ///< verified and sent instead of the host of `server`
  TlsVerification verification = TlsVerification::verify;
  Compression compression = Compression::gzip;
  std::string namespace_;  ///< of the context; "default" when it names none
  std::string context;     ///< names, for messages; empty in a cluster
  std::string cluster;
  std::string user;
};

}  // namespace reconciled
