#include "connect/connections.h"

#include "config/credentials.h"
#include "kube/kube_cluster.h"
#include "kube/kubeconfig.h"
#include "sources/chart_source.h"
#include "sources/git_source.h"

#include <algorithm>

namespace reconciled {
namespace {

GitCredential make_credential(const std::string& prefix, const AuthSettings& auth) {
  GitCredential credential;
  credential.url_prefix = prefix;
  credential.username = auth.username;
  credential.password = auth.password.clone();
  credential.password_file = auth.password_file;
  if (!auth.token.empty() || !auth.token_file.empty()) {
    // Git servers take an access token as the password of any user.
    if (credential.username.empty()) credential.username = "token";
    credential.password = auth.token.clone();
    credential.password_file = auth.token_file;
  }
  credential.ca_file = auth.ca_file;
  credential.client_certificate_file = auth.client_cert_file;
  credential.client_key_file = auth.client_key_file;
  credential.ssh_key_file = auth.ssh_key_file;
  credential.known_hosts_file = auth.known_hosts_file;
  credential.proxy = auth.proxy;
  return credential;
}

/// A registry's credential is matched by the https:// that it speaks.
std::string as_https(const std::string& url) {
  constexpr std::string_view k_registry = "oci://";
  if (url.starts_with("git+")) return url.substr(4);
  return url.starts_with(k_registry) ? "https://" + url.substr(k_registry.size()) : url;
}

Result<const ClusterSettings*> choose_cluster(const Settings& settings, const std::string& name) {
  if (settings.clusters.empty()) return nullptr;
  const auto at = std::ranges::find(settings.clusters, name, &ClusterSettings::name);
  if (at != settings.clusters.end()) return &*at;
  if (name.empty() && settings.clusters.size() == 1) return &settings.clusters.front();
  std::string names;
  for (const auto& cluster : settings.clusters) names += (names.empty() ? "" : ", ") + cluster.name;
  return fail(ErrorKind::config, "the settings define no cluster \"" + name + "\"; there are: " + names, {},
              "add it under clusters, or correct the environment's cluster");
}

}  // namespace

std::unique_ptr<Source> make_settings_source(const Settings& settings, const std::string& cache_folder,
                                             const std::string& asked, Logger* log) {
  GitSourceOptions git;
  git.local_repositories = LocalRepositories::named;
  git.cache_folder = cache_folder;
  git.log = log;
  git.base_prefixes = settings.remote_bases;
  if (settings.limits.pack_bytes != 0) git.limits.pack_bytes = settings.limits.pack_bytes;
  ChartSourceOptions charts;
  charts.cache_folder = cache_folder;
  charts.log = log;
  const auto add = [&](const std::string& prefix, const AuthSettings& auth) {
    GitCredential credential = make_credential(as_https(prefix), auth);
    charts.credentials.push_back(credential.clone());
    git.credentials.push_back(std::move(credential));
  };
  for (const auto& source : settings.sources) add(source.url, source.auth);
  for (const auto& credential : settings.credentials) add(credential.url_prefix, credential.auth);
  for (const auto& place : settings.charts) {
    charts.named.emplace(place.name, place.url);
    if (has_any(place.auth)) add(place.url, place.auth);
  }
  if (asked.starts_with('/') || asked.starts_with("file://")) {
    git.credentials.emplace_back();
    git.credentials.back().url_prefix = asked;
  }
  return make_chart_source(make_git_source(std::move(git)), std::move(charts));
}

Result<Connection> connect_cluster(const Settings& settings, const ConnectionRequest& request, const Client& client,
                                   Inbox& inbox) {
  TRY_ASSIGN(const ClusterSettings* chosen, choose_cluster(settings, request.cluster));
  KubeConfigOptions options;
  options.path = request.kubeconfig;
  options.context = request.context;
  const bool may_run = client.program == Program::reconcile || (chosen != nullptr && chosen->allow_exec_plugins);
  options.exec_plugins = may_run ? ExecPlugins::allow : ExecPlugins::refuse;
  KubeOptions kube;
  if (settings.limits.response_bytes != 0) {
    kube.limits.max_list_bytes = settings.limits.response_bytes;
    kube.limits.max_answer_bytes = std::min(kube.limits.max_answer_bytes, settings.limits.response_bytes);
  }
  if (settings.limits.parallel_requests != 0) kube.parallel_requests = settings.limits.parallel_requests;
  Connection connection;
  connection.name = request.cluster;
  connection.state_namespace = "reconciled-system";
  if (chosen != nullptr) {
    if (options.path.empty()) options.path = chosen->kubeconfig;
    if (options.context.empty()) options.context = chosen->context;
    const RequestSettings& requests = chosen->requests;
    if (requests.window != 0) kube.pace = {requests.window, requests.per_second, requests.burst};
    connection.expected_uid = chosen->uid;
    if (!chosen->state_namespace.empty()) connection.state_namespace = chosen->state_namespace;
    connection.identity = {chosen->impersonate.user, chosen->impersonate.groups};
  }
  const KubeEnvironment environment = process_environment();
  TRY_ASSIGN(auto access, chosen != nullptr && chosen->in_cluster ? read_in_cluster_access(environment)
                                                                  : read_kubeconfig(options, environment));
  connection.server = access.server;
  kube.user_agent = client.program == Program::reconcile ? "reconcile" : "reconciled";
  std::map<std::string, ClusterAccess> clusters;
  clusters.emplace(connection.name, std::move(access));
  TRY_ASSIGN(connection.cluster,
             make_kube_cluster(std::move(clusters), std::move(kube), client.clock, client.random, inbox));
  return connection;
}

}  // namespace reconciled
