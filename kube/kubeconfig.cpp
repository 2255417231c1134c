#include "kube/kubeconfig.h"

#include "base/base64.h"
#include "base/process.h"
#include "base/suggest.h"
#include "kube/kubeconfig_files.h"
#include "kube/kubeconfig_user.h"
#include "kube/server_url.h"

#include <algorithm>

namespace reconciled {

namespace {

constexpr std::size_t k_max_listed_names = 12;

std::vector<std::string> names_of(const std::map<std::string, KubeConfigEntry>& entries) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries) names.push_back(name);
  return names;
}

/// "there are: a, b" with a suggestion in front where one is near.
std::string format_choices(std::string_view wanted, const std::map<std::string, KubeConfigEntry>& entries) {
  if (entries.empty()) return "there are none";
  const std::vector<std::string> names = names_of(entries);
  std::string text;
  if (const auto near = nearest(wanted, names)) text = "did you mean \"" + *near + "\"? ";
  text += "there are: ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i == k_max_listed_names) return text + ", and " + std::to_string(names.size() - i) + " more";
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return text;
}

std::string format_places(const MergedKubeConfig& merged) {
  std::string text;
  for (const KubeConfigFile& file : merged.files) text += (text.empty() ? "" : ", ") + file.path;
  return text;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

/// What $HTTPS_PROXY and its like say, with Go's exception for this machine.
void use_environment_proxy(ClusterAccess& access, const Variables& variables) {
  const auto url = parse_server_url(access.server);
  if (!url || is_loopback(url->host)) return;
  const auto first = [&](std::string_view upper, std::string_view lower) {
    std::string value = variable(variables, upper);
    return value.empty() ? variable(variables, lower) : value;
  };
  access.proxy_url = url->scheme == "https" ? first("HTTPS_PROXY", "https_proxy") : first("HTTP_PROXY", "http_proxy");
  if (!access.proxy_url.empty()) access.no_proxy = first("NO_PROXY", "no_proxy");
}

Status resolve_cluster(const MergedKubeConfig& merged, const KubeConfigEntry& entry, const KubeEnvironment& environment,
                       ClusterAccess& access) {
  TRY_ASSIGN(access.server, merged.text(entry, "server"));
  if (access.server.empty()) {
    return fail(
        merged.error_at(entry, {}, "cluster \"" + access.cluster + "\" has no server", "add `server: https://...`"));
  }
  TRY_ASSIGN(access.tls_server_name, merged.text(entry, "tls-server-name"));
  TRY_ASSIGN(access.proxy_url, merged.text(entry, "proxy-url"));
  TRY_ASSIGN(const bool skip, merged.flag(entry, "insecure-skip-tls-verify"));
  TRY_ASSIGN(const bool plain, merged.flag(entry, "disable-compression"));
  TRY_ASSIGN(access.ca_pem,
             read_kubeconfig_pem(merged, entry, "certificate-authority", environment.read, access.ca_file));
  access.verification = skip ? TlsVerification::skip : TlsVerification::verify;
  access.compression = plain ? Compression::none : Compression::gzip;
  if (skip && !access.ca_pem.empty()) {
    return fail(merged.error_at(entry, {"insecure-skip-tls-verify"},
                                "a certificate authority together with insecure-skip-tls-verify contradicts itself",
                                "remove insecure-skip-tls-verify"));
  }
  auto url = parse_server_url(access.server);
  if (!url) {
    return fail(merged.error_at(entry, {"server"}, "server is no URL: " + url.error().message,
                                "write it as https://host:port"));
  }
  if (!access.proxy_url.empty() && !is_proxy_url(access.proxy_url)) {
    return fail(merged.error_at(entry, {"proxy-url"}, "proxy-url is no URL of a proxy",
                                "write it as http://host:port, https://host:port or socks5://host:port"));
  }
  return {};
}

/// Go's rule for a server without a scheme: https when anything of TLS is configured.
void complete_server(ClusterAccess& access) {
  auto url = parse_server_url(access.server);
  if (!url) return;  // refused before
  if (url->scheme.empty()) {
    const bool tls =
        !access.ca_pem.empty() || !access.client_cert_pem.empty() || access.verification == TlsVerification::skip;
    url->scheme = tls ? "https" : "http";
  }
  access.server = format_server_url(*url);
}

Result<ClusterAccess> resolve(const MergedKubeConfig& merged, const KubeConfigOptions& options,
                              const KubeEnvironment& environment) {
  ClusterAccess access;
  access.context = options.context.empty() ? merged.current_context : options.context;
  access.cluster = options.cluster;
  access.user = options.user;
  const std::string places = format_places(merged);
  const KubeConfigEntry* context = nullptr;
  if (!access.context.empty()) {
    const auto found = merged.contexts.find(access.context);
    if (found == merged.contexts.end()) {
      return fail(
          ErrorKind::config,
          (options.context.empty() ? "current-context \"" : "context \"") + access.context + "\" does not exist",
          Where{places, 0, 0, {}}, format_choices(access.context, merged.contexts));
    }
    context = &found->second;
    if (access.cluster.empty()) {
      TRY_ASSIGN(access.cluster, merged.text(*context, "cluster"));
    }
    if (access.user.empty()) {
      TRY_ASSIGN(access.user, merged.text(*context, "user"));
    }
    TRY_ASSIGN(access.namespace_, merged.text(*context, "namespace"));
  } else if (options.cluster.empty()) {
    return fail(ErrorKind::config, "the kubeconfig sets no current-context", Where{places, 0, 0, {}},
                "choose one with --context; " + format_choices("", merged.contexts));
  }
  if (!options.namespace_.empty()) access.namespace_ = options.namespace_;
  if (access.namespace_.empty()) access.namespace_ = "default";

  const auto cluster = merged.clusters.find(access.cluster);
  if (cluster == merged.clusters.end()) {
    std::string message = access.cluster.empty() ? "context \"" + access.context + "\" names no cluster"
                                                 : "cluster \"" + access.cluster + "\" does not exist";
    std::string hint = format_choices(access.cluster, merged.clusters);
    if (context != nullptr && options.cluster.empty()) {
      return fail(merged.error_at(*context, {"cluster"}, std::move(message), std::move(hint)));
    }
    return fail(ErrorKind::config, std::move(message), Where{places, 0, 0, {}}, std::move(hint));
  }
  TRY(resolve_cluster(merged, cluster->second, environment, access));

  if (!access.user.empty()) {
    const auto user = merged.users.find(access.user);
    if (user == merged.users.end()) {
      std::string message = "user \"" + access.user + "\" does not exist";
      std::string hint = format_choices(access.user, merged.users);
      if (context != nullptr && options.user.empty()) {
        return fail(merged.error_at(*context, {"user"}, std::move(message), std::move(hint)));
      }
      return fail(ErrorKind::config, std::move(message), Where{places, 0, 0, {}}, std::move(hint));
    }
    TRY(resolve_kubeconfig_user(merged, user->second, cluster->second, options.exec_plugins, environment, access));
  }
  complete_server(access);
  if (access.proxy_url.empty()) use_environment_proxy(access, environment.variables);
  return access;
}

}  // namespace

KubeEnvironment process_environment() {
  return {current_environment(), make_disk_reader()};
}

Result<ClusterAccess> read_kubeconfig(const KubeConfigOptions& options, const KubeEnvironment& environment) {
  TRY_ASSIGN(auto merged, merge_kubeconfig_files(options, environment));
  const bool empty = merged.clusters.empty() && merged.contexts.empty() && merged.current_context.empty();
  if (!empty) return resolve(merged, options, environment);
  const bool chosen = !options.path.empty() || !options.context.empty() || !options.cluster.empty();
  if (!chosen && options.in_cluster == InClusterAccount::use &&
      !variable(environment.variables, "KUBERNETES_SERVICE_HOST").empty()) {
    return read_in_cluster_access(environment);
  }
  std::string looked;
  for (const KubeConfigFile& file : merged.files) looked += (looked.empty() ? "" : ", ") + file.path + " (empty)";
  for (const std::string& path : merged.missing) looked += (looked.empty() ? "" : ", ") + path + " (does not exist)";
  if (looked.empty()) looked = "neither KUBECONFIG nor HOME is set";
  return fail(ErrorKind::config, "no kubeconfig found: " + looked, {},
              "set KUBECONFIG, give --kubeconfig FILE, or run in a pod with a service account");
}

Result<std::vector<std::string>> list_contexts(const KubeConfigOptions& options, const KubeEnvironment& environment) {
  TRY_ASSIGN(const auto merged, merge_kubeconfig_files(options, environment));
  return names_of(merged.contexts);
}

}  // namespace reconciled
