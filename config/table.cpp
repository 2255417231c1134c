// Every setting, declared once. To add one: a member in settings.h, a row here, `RECONCILED_UPDATE_GOLDEN=1` for docs/.
#include "config/table.h"

#include "config/checks.h"
#include "config/settings.h"

#include <array>

namespace reconciled::config {
namespace {

using enum Shape;
constexpr std::int64_t k_kib = 1024;
constexpr std::int64_t k_mib = 1024 * k_kib;
constexpr std::int64_t k_gib = 1024 * k_mib;

constexpr std::int64_t nanoseconds(Duration duration) {
  return duration.count();
}
using namespace std::chrono_literals;

constexpr std::array k_auth_rows{
    row<&AuthSettings::username, text>("username", "User name for HTTPS; with a token most servers take any.",
                                       {.check = check_plain}),
    row<&AuthSettings::password, secret>(
        "password", "Password for HTTPS. Sent to this server only, never along a redirect to another host."),
    row<&AuthSettings::password_file, path>("passwordFile", "File that holds the password; read at each use."),
    row<&AuthSettings::token, secret>("token", "Access token for HTTPS, sent as the password of basic authentication."),
    row<&AuthSettings::token_file, path>(
        "tokenFile", "File that holds the token; read at each use, so that rotation needs no reload."),
    row<&AuthSettings::ssh_key_file, path>("sshKeyFile",
                                           "Private key for SSH. Without it, ssh's own defaults and agent are used."),
    row<&AuthSettings::known_hosts_file, path>("knownHostsFile",
                                               "Known host keys for SSH; unknown hosts are always refused."),
    row<&AuthSettings::ca_file, path>("caFile", "Certificates (PEM) that sign the server's, in place of the system's."),
    row<&AuthSettings::client_cert_file, path>("clientCertFile", "Client certificate (PEM); needs `clientKeyFile`."),
    row<&AuthSettings::client_key_file, path>("clientKeyFile", "Key of the client certificate (PEM)."),
    row<&AuthSettings::proxy, text>(
        "proxy", "Proxy for HTTPS: `http://host:port`, `https://` or `socks5://`, without user-info.",
        {.check = check_proxy}),
};
constexpr Section k_auth{
    "How to authenticate at the server. Give at most one of password, passwordFile, token and tokenFile.", k_auth_rows};

constexpr std::array k_source_rows{
    row<&SourceSettings::name, text>("name", "What repositories, environments and reports call it.",
                                     {.presence = Presence::required, .check = check_name}),
    row<&SourceSettings::url, text>(
        "url",
        "`https://`, `ssh://`, `user@host:path`, `file://` or an absolute folder. No password in it: use `auth`.",
        {.presence = Presence::required, .check = check_source_url}),
    row<&SourceSettings::ref, text>("ref", "Branch, tag, full ref or commit; empty: the server's default branch.",
                                    {.check = check_ref}),
    row<&SourceSettings::environments, texts>(
        "environments", "Environments that this repository or branch holds; empty: all that it declares.",
        {.check = check_name}),
    row<&SourceSettings::interval, duration>("interval",
                                             "How often the daemon asks the server for news when no webhook comes.",
                                             {.fallback = "1m", .min = nanoseconds(5s), .max = nanoseconds(24h)}),
    row<&SourceSettings::auth, section>("auth", "Credentials for exactly this URL; `credentials` serve the rest.",
                                        {.section = &k_auth}),
};
constexpr Section k_source{"A Git repository with stacks.", k_source_rows};

constexpr std::array k_credentials_rows{
    row<&UrlCredentialsSettings::url_prefix, text>("urlPrefix",
                                                   "What the credentials are for: scheme, host and port must be equal, "
                                                   "the path is matched by whole segments; the longest wins.",
                                                   {.presence = Presence::required, .check = check_url_prefix}),
    row<&UrlCredentialsSettings::auth, inlined>("", "", {.section = &k_auth}),
};
constexpr Section k_credentials{
    "Credentials for every repository under a URL, also those that stacks name. At most one of password, passwordFile, "
    "token and tokenFile.",
    k_credentials_rows};

constexpr std::array k_chart_rows{
    row<&ChartSettings::name, text>("name", "What stacks call it: `helm: {chart: NAME/CHART}`.",
                                    {.presence = Presence::required, .check = check_name}),
    row<&ChartSettings::url, text>("url",
                                   "`https://` of a chart repository, `oci://` of a registry, or a Git repository's "
                                   "URL (`ssh://`, `user@host:path`, `https://….git`).",
                                   {.presence = Presence::required, .check = check_chart_url}),
    row<&ChartSettings::auth, section>("auth", "Credentials for everything below this URL.", {.section = &k_auth}),
};
constexpr Section k_chart{"A place of Helm charts.", k_chart_rows};

constexpr std::array k_impersonate_rows{
    row<&ImpersonateSettings::user, text>("user", "User to act as; empty: the process's own identity.",
                                          {.check = check_plain}),
    row<&ImpersonateSettings::groups, texts>("groups", "Groups to act with; needs `user`.", {.check = check_plain}),
};
constexpr Section k_impersonate{"Whom to act as for stacks whose team names no service account.", k_impersonate_rows};

constexpr std::array k_request_rows{
    row<&RequestSettings::window, count>("window", "Requests in flight to this cluster at most.",
                                         {.fallback = "32", .min = 1, .max = 1000}),
    row<&RequestSettings::per_second, count>(
        "perSecond", "Requests a second at most; 0: no limit of ours, the server's flow control rules.",
        {.fallback = "0", .max = 100'000}),
    row<&RequestSettings::burst, count>("burst", "Requests that may exceed `perSecond` at once.",
                                        {.fallback = "100", .min = 1, .max = 100'000}),
};
constexpr Section k_requests{"How hard the API server may be pressed.", k_request_rows};

constexpr std::array k_cluster_rows{
    row<&ClusterSettings::name, text>("name", "What environments in the repository call it.",
                                      {.presence = Presence::required, .check = check_name}),
    row<&ClusterSettings::kubeconfig, path>(
        "kubeconfig", "Kubeconfig file; empty: as kubectl finds it (KUBECONFIG, then ~/.kube/config)."),
    row<&ClusterSettings::context, text>("context", "Context of the kubeconfig; empty: its current one.",
                                         {.check = check_plain}),
    row<&ClusterSettings::in_cluster, boolean>("inCluster", "Use the service account of the pod we run in.",
                                               {.fallback = "false"}),
    row<&ClusterSettings::state_namespace, text>(
        "namespace", "Namespace for inventory, intent, history and leases.",
        {.fallback = "reconciled-system", .reload = Reload::restart, .check = check_name}),
    row<&ClusterSettings::uid, text>("uid",
                                     "UID of the namespace kube-system, so that a wrong kubeconfig cannot reach "
                                     "another cluster; empty: the one recorded at the first sync.",
                                     {.check = check_uid}),
    row<&ClusterSettings::allow_exec_plugins, boolean>(
        "allowExecPlugins", "Let the daemon run credential plugins of the kubeconfig; the command line always does.",
        {.fallback = "false"}),
    row<&ClusterSettings::impersonate, section>("impersonate", "Default identity.", {.section = &k_impersonate}),
    row<&ClusterSettings::requests, section>("requests", "Request limits.", {.section = &k_requests}),
};
constexpr Section k_cluster{"A cluster and our identity on it.", k_cluster_rows};

constexpr std::array k_environment_rows{
    row<&EnvironmentSettings::name, text>("name", "As the repository's `reconcile.yaml` calls it.",
                                          {.presence = Presence::required, .check = check_name}),
    row<&EnvironmentSettings::source, text>(
        "source", "The source that holds it; empty: the one that lists it, or the only one.", {.check = check_name}),
    row<&EnvironmentSettings::cluster, text>(
        "cluster", "The cluster to act on; empty: the one that the repository names.", {.check = check_name}),
};
constexpr Section k_environment{
    "An environment that this process acts on. With none listed, the command line acts on those it is told.",
    k_environment_rows};

constexpr std::array k_limit_rows{
    row<&LimitSettings::render_steps, count>("renderSteps",
                                             "Events, nodes and entries that rendering one stack may take.",
                                             {.fallback = "50000000", .min = 1000, .max = 100'000'000'000}),
    row<&LimitSettings::render_bytes, size>("renderBytes", "Bytes that rendering one stack may make.",
                                            {.fallback = "256Mi", .min = k_mib, .max = 64 * k_gib}),
    row<&LimitSettings::render_time, duration>("renderTime", "Time that rendering one stack may take.",
                                               {.fallback = "30s", .min = nanoseconds(100ms), .max = nanoseconds(1h)}),
    row<&LimitSettings::render_depth, count>("renderDepth", "Nesting of documents and folders.",
                                             {.fallback = "256", .min = 16, .max = 1000}),
    row<&LimitSettings::response_bytes, size>("responseBytes", "Size of one answer of an API server.",
                                              {.fallback = "256Mi", .min = k_mib, .max = 16 * k_gib}),
    row<&LimitSettings::parallel_requests, count>("parallelRequests", "Requests in flight to all clusters together.",
                                                  {.fallback = "128", .min = 1, .max = 10'000}),
    row<&LimitSettings::pack_bytes, size>("packBytes", "Size of what one fetch may transfer.",
                                          {.fallback = "2Gi", .min = k_mib, .max = 64 * k_gib}),
};
constexpr Section k_limits{"Bounds for work on input that others write.", k_limit_rows};

constexpr std::array k_prune_rows{
    row<&PruneSettings::max_count, count>("maxCount", "Objects that a run may always prune.",
                                          {.fallback = "5", .max = 1'000'000}),
    row<&PruneSettings::max_percent, count>(
        "maxPercent", "Share of a stack's objects that a run may prune, in percent.", {.fallback = "20", .max = 100}),
};
constexpr Section k_prune{
    "The prune guard: a run that would prune more than the larger of both is held until a person approves it.",
    k_prune_rows};

constexpr std::array k_cache_rows{
    row<&CacheSettings::folder, path>("folder",
                                      "Git mirrors and discovery; may be deleted at any time. Empty: $CACHE_DIRECTORY, "
                                      "$XDG_CACHE_HOME/reconcile or ~/.cache/reconcile.",
                                      {.reload = Reload::restart}),
};
constexpr Section k_cache{"The local cache.", k_cache_rows};

constexpr std::array k_levels{
    Choice{"debug", static_cast<int>(LogLevel::debug)}, Choice{"info", static_cast<int>(LogLevel::info)},
    Choice{"warn", static_cast<int>(LogLevel::warn)}, Choice{"error", static_cast<int>(LogLevel::error)}};
constexpr std::array k_styles{Choice{"auto", static_cast<int>(LogStyle::automatic)},
                              Choice{"logfmt", static_cast<int>(LogStyle::logfmt)},
                              Choice{"json", static_cast<int>(LogStyle::json)}};
constexpr std::array k_log_rows{
    row<&LogSettings::level, choice>("level", "The least level that is written.",
                                     {.fallback = "info", .choices = k_levels}),
    row<&LogSettings::format, choice>("format", "`auto`: logfmt on a terminal, JSON otherwise.",
                                      {.fallback = "auto", .reload = Reload::restart, .choices = k_styles}),
};
constexpr Section k_log{"Log lines on standard error.", k_log_rows};

constexpr std::array k_timeout_rows{
    row<&TimeoutSettings::fetch, duration>("fetch", "One fetch of a repository.",
                                           {.fallback = "2m", .min = nanoseconds(1s), .max = nanoseconds(1h)}),
    row<&TimeoutSettings::request, duration>("request", "One request to an API server with its retries.",
                                             {.fallback = "30s", .min = nanoseconds(1s), .max = nanoseconds(10min)}),
    row<&TimeoutSettings::health, duration>("health", "Waiting until what was applied is healthy.",
                                            {.fallback = "5m", .min = nanoseconds(1s), .max = nanoseconds(24h)}),
};
constexpr Section k_timeouts{"How long to wait.", k_timeout_rows};

constexpr std::array k_listen_rows{
    row<&ListenSettings::webhooks, text>(
        "webhooks", "Address for deliveries of Git servers; other machines need a secret under `webhooks`. Empty: off.",
        {.fallback = "127.0.0.1:9480", .reload = Reload::restart, .check = check_listen}),
    row<&ListenSettings::status, text>(
        "status", "Address for the status API, `/livez` and `/readyz`. Empty: off.",
        {.fallback = "127.0.0.1:9481", .reload = Reload::restart, .check = check_listen}),
    row<&ListenSettings::metrics, text>(
        "metrics", "Address for `/metrics`. Empty: off.",
        {.fallback = "127.0.0.1:9482", .reload = Reload::restart, .check = check_listen}),
};
constexpr Section k_listen{
    "Where the daemon listens: `address:port`, `[address]:port`, `localhost:port`, or `:port` for every address. A "
    "socket that systemd hands over by the same name takes the place of the address.",
    k_listen_rows};

constexpr std::array k_webhook_rows{
    row<&WebhookSettings::secrets, secrets>(
        "secrets", "Secrets that deliveries may be signed with; each is valid, so that one can be replaced."),
    row<&WebhookSettings::secret_files, paths>("secretFiles",
                                               "Files that hold one secret each; read at start and at reload."),
    row<&WebhookSettings::allow_unsigned, boolean>(
        "allowUnsigned", "Take deliveries that prove nothing: only while `listen.webhooks` is a loopback address.",
        {.fallback = "false"}),
    row<&WebhookSettings::max_body_bytes, size>(
        "maxBodyBytes", "Size of one delivery.",
        {.fallback = "5Mi", .reload = Reload::restart, .min = k_kib, .max = 8 * k_mib}),
};
constexpr Section k_webhooks{
    "Deliveries of Git servers. A delivery only makes the daemon ask the repository at once; what it says is never "
    "believed.",
    k_webhook_rows};

constexpr std::array k_lease_rows{
    row<&LeaseSettings::enabled, boolean>("enabled", "Write only while holding the Lease; needed for two replicas.",
                                          {.fallback = "true", .reload = Reload::restart}),
    row<&LeaseSettings::name, text>("name", "Name of the Lease; it lives in the cluster's state namespace.",
                                    {.fallback = "reconciled", .reload = Reload::restart, .check = check_name}),
    row<&LeaseSettings::duration, duration>(
        "duration", "How long others wait for a holder that does not renew.",
        {.fallback = "15s", .reload = Reload::restart, .min = nanoseconds(3s), .max = nanoseconds(10min)}),
    row<&LeaseSettings::renew_deadline, duration>(
        "renewDeadline", "A holder that could not renew for so long stops writing; below `duration`.",
        {.fallback = "10s", .reload = Reload::restart, .min = nanoseconds(1s), .max = nanoseconds(10min)}),
    row<&LeaseSettings::retry_period, duration>(
        "retryPeriod", "Between two attempts to take or renew it; below `renewDeadline`.",
        {.fallback = "2s", .reload = Reload::restart, .min = nanoseconds(100ms), .max = nanoseconds(1min)}),
};
constexpr Section k_lease{"Which of several replicas writes.", k_lease_rows};

constexpr std::array k_reconcile_rows{
    row<&ReconcileSettings::resync, duration>("resync", "A stack that nothing woke is compared again after so long.",
                                              {.fallback = "1h", .min = nanoseconds(1min), .max = nanoseconds(24h)}),
    row<&ReconcileSettings::max_retry, duration>("maxRetry",
                                                 "A stack that keeps failing is tried again at least so often.",
                                                 {.fallback = "1m", .min = nanoseconds(1s), .max = nanoseconds(24h)}),
    row<&ReconcileSettings::flips, count>(
        "flips", "Repairs of one object within `flipWindow` before it is left alone and reported as contested.",
        {.fallback = "5", .min = 1, .max = 1000}),
    row<&ReconcileSettings::flip_window, duration>(
        "flipWindow", "See `flips`.", {.fallback = "10m", .min = nanoseconds(1s), .max = nanoseconds(24h)}),
    row<&ReconcileSettings::parallel_runs, count>("parallelRuns", "Runs of stacks that are under way at once.",
                                                  {.fallback = "16", .min = 1, .max = 1000}),
};
constexpr Section k_reconcile{"How the daemon keeps stacks in sync.", k_reconcile_rows};

constexpr std::array k_worker_rows{
    row<&WorkerSettings::count, count>("count", "Processes that render at the same time.",
                                       {.fallback = "2", .reload = Reload::restart, .min = 1, .max = 64}),
    row<&WorkerSettings::memory, size>(
        "memory", "Memory of one of them; one that needs more ends and fails its stack.",
        {.fallback = "1Gi", .reload = Reload::restart, .min = 64 * k_mib, .max = 64 * k_gib}),
};
constexpr Section k_workers{"The processes that render, without network and without rights to write.", k_worker_rows};

constexpr std::array k_root_rows{
    row<&Settings::installation, text>("installation",
                                       "Name of this installation. Two that share a cluster need different names; "
                                       "inventories of another are never touched.",
                                       {.fallback = "default", .reload = Reload::restart, .check = check_name}),
    row<&Settings::sources, sections>("sources", "The repositories.", {.section = &k_source}),
    row<&Settings::credentials, sections>("credentials", "Credentials by URL prefix.", {.section = &k_credentials}),
    row<&Settings::charts, sections>("charts", "Where Helm charts lie.", {.section = &k_chart}),
    row<&Settings::remote_bases, texts>(
        "remoteBases",
        "URL prefixes of Git repositories that kustomizations may take bases from, matched as those of `credentials`; "
        "each base is pinned by its commit. Empty: remote bases are refused.",
        {.check = check_base_prefix}),
    row<&Settings::clusters, sections>("clusters", "The clusters.", {.reload = Reload::restart, .section = &k_cluster}),
    row<&Settings::environments, sections>("environments", "The environments.", {.section = &k_environment}),
    row<&Settings::limits, section>("limits", "Bounds.", {.section = &k_limits}),
    row<&Settings::prune, section>("prune", "The prune guard.", {.section = &k_prune}),
    row<&Settings::cache, section>("cache", "The cache.", {.section = &k_cache}),
    row<&Settings::log, section>("log", "Logging.", {.section = &k_log}),
    row<&Settings::timeouts, section>("timeouts", "Deadlines.", {.section = &k_timeouts}),
    row<&Settings::listen, section>("listen", "Listeners.", {.section = &k_listen}),
    row<&Settings::webhooks, section>("webhooks", "Webhooks.", {.section = &k_webhooks}),
    row<&Settings::lease, section>("lease", "The Lease.", {.section = &k_lease}),
    row<&Settings::reconcile, section>("reconcile", "Reconciling.", {.section = &k_reconcile}),
    row<&Settings::workers, section>("workers", "Render workers.", {.section = &k_workers}),
};
constexpr Section k_root{"Settings of `reconcile` and `reconciled`.", k_root_rows};

}  // namespace

const Section& root_section() {
  return k_root;
}

std::string twin_of(std::string_view path) {
  std::string name;
  for (const char c : path) {
    if (c == '.') {
      name += '_';
    } else if (c >= 'A' && c <= 'Z') {
      name += '_';
      name += c;
    } else {
      name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return name;
}

bool has_twin(const Row& row) {
  return row.shape != Shape::section && row.shape != Shape::sections && row.shape != Shape::inlined &&
         row.shape != Shape::secrets;
}

}  // namespace reconciled::config
