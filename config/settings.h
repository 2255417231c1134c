// The operator's settings as plain data, and how they are read. Names, defaults and rules are declared once, in
// table.cpp.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "base/secret.h"
#include "config/daemon_settings.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reconciled {

/// How to authenticate at a Git server. At most one of password, password_file, token and token_file is set. Files are
/// read when they are used, so that a rotated one counts at once; their paths are absolute or relative to our folder.
struct AuthSettings {
  std::string username;
  SecretString password;
  std::string password_file;
  SecretString token;
  std::string token_file;
  std::string ssh_key_file;
  std::string known_hosts_file;
  std::string ca_file;
  std::string client_cert_file;  ///< set together with client_key_file or not at all
  std::string client_key_file;
  std::string proxy;  ///< never holds user-info
};

struct SourceSettings {
  std::string name;
  std::string url;
  std::string ref;                        ///< empty: the server's default branch
  std::vector<std::string> environments;  ///< empty: whichever environments name it
  Duration interval{};
  AuthSettings auth;
};

/// Credentials for whatever lies under a URL; see credentials.h for what "under" means.
struct UrlCredentialsSettings {
  std::string url_prefix;
  AuthSettings auth;
};

/// Where charts lie that stacks name as NAME/CHART.
struct ChartSettings {
  std::string name;
  std::string url;  ///< https://, oci:// or that of a Git repository
  AuthSettings auth;
};

struct ImpersonateSettings {
  std::string user;
  std::vector<std::string> groups;
};

struct RequestSettings {
  std::uint64_t window = 0;      ///< requests in flight at most
  std::uint64_t per_second = 0;  ///< 0: no limit of ours
  std::uint64_t burst = 0;
};

struct ClusterSettings {
  std::string name;
  std::string kubeconfig;  ///< empty: as kubectl finds it
  std::string context;     ///< empty: the kubeconfig's current one
  bool in_cluster = false;
  std::string state_namespace;  ///< where inventory, intent and history live
  std::string uid;              ///< expected UID of kube-system; empty: the recorded one
  bool allow_exec_plugins = false;
  ImpersonateSettings impersonate;  ///< for stacks that name no service account
  RequestSettings requests;
};

/// An environment this process acts on.
struct EnvironmentSettings {
  std::string name;
  std::string source;   ///< empty: the only one
  std::string cluster;  ///< empty: as the repository says
};

struct LimitSettings {
  std::uint64_t render_steps = 0;
  std::uint64_t render_bytes = 0;
  Duration render_time{};
  std::uint64_t render_depth = 0;
  std::uint64_t response_bytes = 0;
  std::uint64_t parallel_requests = 0;  ///< over all clusters
  std::uint64_t pack_bytes = 0;
};

/// A run that would prune more than max(max_count, max_percent of what the stack has) is held.
struct PruneSettings {
  std::uint64_t max_count = 0;
  std::uint64_t max_percent = 0;
};

struct CacheSettings {
  std::string folder;  ///< empty: the user's or the service's cache folder
};

enum class LogStyle : std::uint8_t { automatic, logfmt, json };  ///< automatic: logfmt on a terminal, JSON otherwise

struct LogSettings {
  LogLevel level = LogLevel::info;
  LogStyle format = LogStyle::automatic;
};

struct TimeoutSettings {
  Duration fetch{};
  Duration request{};
  Duration health{};
};

/// Everything an operator can say. Move-only, because it holds secrets. Made by load_settings: a Settings{} has no
/// defaults.
struct Settings {
  std::string installation;
  std::vector<SourceSettings> sources;
  std::vector<UrlCredentialsSettings> credentials;
  std::vector<ChartSettings> charts;
  std::vector<std::string> remote_bases;  ///< URL prefixes
  std::vector<ClusterSettings> clusters;
  std::vector<EnvironmentSettings> environments;
  LimitSettings limits;
  PruneSettings prune;
  CacheSettings cache;
  LogSettings log;
  TimeoutSettings timeouts;
  ListenSettings listen;
  WebhookSettings webhooks;
  LeaseSettings lease;
  ReconcileSettings reconcile;
  WorkerSettings workers;
};

/// Which program reads: `reconcile` takes RECONCILE_LOG_LEVEL for log.level, `reconciled` RECONCILED_LOG_LEVEL.
enum class Program : std::uint8_t { reconcile, reconciled };

struct SettingsFile {
  std::string path;  ///< as the user knows it; relative paths in the file start from its folder
  std::string text;
};

/// All that settings are made of, so that they can be read without a disk.
struct SettingsInput {
  Program program = Program::reconcile;
  std::vector<SettingsFile> files;  ///< in order: maps of a later one merge into the earlier, lists and scalars replace
  std::vector<std::pair<std::string, std::string>> environment;
  /// Reads a file that a secret refers to. Empty: no such reference can be followed.
  std::function<Result<std::string>(const std::string& path)> read_secret;
};

/// Settings, or all that is wrong with them in the order of the files, each with file:line:col and a key path.
struct SettingsCheck {
  std::optional<Settings> settings;  ///< empty when there are problems
  std::vector<Error> problems;
};
SettingsCheck check_settings(const SettingsInput& input);

/// The same for callers that need only one error: the first problem, which says how many more there are. No files and
/// no environment give the defaults.
Result<Settings> load_settings(const SettingsInput& input);

/// Every secret text of the settings, to be told to Logger::redact. The views end with the settings.
std::vector<std::string_view> secrets_of(const Settings& settings);

}  // namespace reconciled
