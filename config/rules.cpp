#include "config/rules.h"

#include "base/suggest.h"
#include "config/listen_address.h"
#include "config/url.h"

#include <fmt/format.h>

#include <algorithm>

namespace reconciled::config {
namespace {

constexpr std::size_t k_max_webhook_secrets = 4;

/// Reports with the place of a setting, or of what holds it.
class Reporter {
 public:
  Reporter(const Places& places, std::vector<Error>& problems) : m_places(places), m_problems(problems) {}

  void report(const std::string& path, std::string message, std::string hint = {}) {
    m_problems.emplace_back(ErrorKind::config, std::move(message), place_of(path), std::move(hint));
  }
  [[nodiscard]] bool said(const std::string& path) const { return m_places.contains(path); }

 private:
  Where place_of(const std::string& path) const {
    for (std::string_view prefix = path; !prefix.empty();) {
      if (const auto found = m_places.find(std::string(prefix)); found != m_places.end()) {
        Where where = found->second;
        where.key_path = path;
        return where;
      }
      const auto cut = prefix.find_last_of(".[");
      prefix = cut == std::string_view::npos ? std::string_view() : prefix.substr(0, cut);
    }
    return {.file = {}, .line = 0, .column = 0, .key_path = path};
  }

  const Places& m_places;
  std::vector<Error>& m_problems;
};

template <class Item>
std::vector<std::string> names_of(const std::vector<Item>& items) {
  std::vector<std::string> names;
  for (const Item& item : items) names.push_back(item.name);
  return names;
}

void check_unique(Reporter& reporter, std::string_view list, std::string_view key,
                  const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto first = static_cast<std::size_t>(std::ranges::find(names, names[i]) - names.begin());
    if (first == i || names[i].empty()) continue;
    reporter.report(fmt::format("{}[{}].{}", list, i, key),
                    fmt::format("\"{}\" is already the {} of {}[{}]", names[i], key, list, first), "give each its own");
  }
}

void check_known(Reporter& reporter, const std::string& path, const std::string& name,
                 const std::vector<std::string>& known, std::string_view list) {
  if (name.empty() || std::ranges::find(known, name) != known.end()) return;
  const auto hint =
      known.empty() ? fmt::format("{} is empty", list) : fmt::format("{} has {}", list, fmt::join(known, ", "));
  reporter.report(path, fmt::format("\"{}\" is not in {}{}", name, list, did_you_mean(name, known)), hint);
}

void check_auth(Reporter& reporter, const std::string& path, const AuthSettings& auth, std::string_view url_text) {
  const auto said = [&](std::string_view key) { return reporter.said(fmt::format("{}.{}", path, key)); };
  std::vector<std::string> ways;
  for (const char* key : {"password", "passwordFile", "token", "tokenFile"}) {
    if (said(key)) ways.emplace_back(key);
  }
  if (ways.size() > 1)
    reporter.report(fmt::format("{}.{}", path, ways[1]), fmt::format("{} are given together", fmt::join(ways, " and ")),
                    "keep one of them");
  if (!ways.empty() && ways[0].starts_with("password") && auth.username.empty()) {
    reporter.report(fmt::format("{}.{}", path, ways[0]), "a password needs a username beside it");
  }
  if (auth.client_cert_file.empty() != auth.client_key_file.empty()) {
    reporter.report(fmt::format("{}.{}", path, auth.client_cert_file.empty() ? "clientKeyFile" : "clientCertFile"),
                    "clientCertFile and clientKeyFile are needed together");
  }
  const auto url = parse_url(url_text);
  if (!url) return;
  for (const char* key :
       {"password", "passwordFile", "token", "tokenFile", "caFile", "clientCertFile", "clientKeyFile", "proxy"}) {
    if (said(key) && url->scheme != "https")
      reporter.report(fmt::format("{}.{}", path, key),
                      fmt::format("{} is for https, this URL is {}", key, url->scheme));
  }
  for (const char* key : {"sshKeyFile", "knownHostsFile"}) {
    if (said(key) && url->scheme != "ssh")
      reporter.report(fmt::format("{}.{}", path, key), fmt::format("{} is for ssh, this URL is {}", key, url->scheme));
  }
}

void check_cluster(Reporter& reporter, const std::string& path, const ClusterSettings& cluster) {
  if (cluster.in_cluster) {
    for (const char* key : {"kubeconfig", "context"}) {
      if (reporter.said(fmt::format("{}.{}", path, key))) {
        reporter.report(fmt::format("{}.{}", path, key), fmt::format("{} and inCluster exclude each other", key),
                        "keep one of them");
      }
    }
  }
  if (cluster.impersonate.user.empty() && !cluster.impersonate.groups.empty()) {
    reporter.report(path + ".impersonate.groups", "groups to act with need a user to act as");
  }
}

/// Nobody but this machine may wake us without a secret.
void check_webhooks(Reporter& reporter, const Settings& settings) {
  const WebhookSettings& webhooks = settings.webhooks;
  const bool has_secret = !webhooks.secrets.empty() || !webhooks.secret_files.empty();
  if (webhooks.secrets.size() + webhooks.secret_files.size() > k_max_webhook_secrets) {
    reporter.report(webhooks.secrets.empty() ? "webhooks.secretFiles" : "webhooks.secrets",
                    fmt::format("more than {} secrets", k_max_webhook_secrets),
                    "two are enough to replace one: remove those that no server uses any more");
  }
  if (webhooks.allow_unsigned && has_secret) {
    reporter.report("webhooks.allowUnsigned", "allowUnsigned and secrets exclude each other", "keep one of them");
  }
  const auto address = parse_listen_address(settings.listen.webhooks);
  if (!address || is_loopback(*address)) return;
  if (webhooks.allow_unsigned) {
    reporter.report(
        "webhooks.allowUnsigned",
        fmt::format("unsigned deliveries are for loopback, and listen.webhooks is {}", settings.listen.webhooks),
        "set webhooks.secrets or webhooks.secretFiles instead, or listen on 127.0.0.1");
  } else if (!has_secret) {
    reporter.report("listen.webhooks",
                    fmt::format("other machines can reach {}, and there is no secret to check deliveries with",
                                settings.listen.webhooks),
                    "set webhooks.secrets or webhooks.secretFiles, or listen on 127.0.0.1");
  }
}

void check_lease(Reporter& reporter, const LeaseSettings& lease) {
  const auto below = [&](std::string_view key, Duration smaller, std::string_view other, Duration larger) {
    if (smaller < larger) return;
    reporter.report(fmt::format("lease.{}", key), fmt::format("{} is not below {}: {} and {}", key, other,
                                                              format_duration(smaller), format_duration(larger)));
  };
  below("renewDeadline", lease.renew_deadline, "duration", lease.duration);
  below("retryPeriod", lease.retry_period, "renewDeadline", lease.renew_deadline);
}

}  // namespace

void check_rules(const Settings& settings, const Places& places, std::vector<Error>& problems) {
  Reporter reporter(places, problems);
  const auto source_names = names_of(settings.sources);
  const auto cluster_names = names_of(settings.clusters);
  check_unique(reporter, "sources", "name", source_names);
  check_unique(reporter, "charts", "name", names_of(settings.charts));
  check_unique(reporter, "clusters", "name", cluster_names);
  check_unique(reporter, "environments", "name", names_of(settings.environments));
  std::vector<std::string> prefixes;
  for (const auto& credentials : settings.credentials) prefixes.push_back(credentials.url_prefix);
  check_unique(reporter, "credentials", "urlPrefix", prefixes);

  for (std::size_t i = 0; i < settings.sources.size(); ++i) {
    check_auth(reporter, fmt::format("sources[{}].auth", i), settings.sources[i].auth, settings.sources[i].url);
  }
  for (std::size_t i = 0; i < settings.credentials.size(); ++i) {
    check_auth(reporter, fmt::format("credentials[{}]", i), settings.credentials[i].auth,
               settings.credentials[i].url_prefix);
  }
  for (std::size_t i = 0; i < settings.charts.size(); ++i) {
    check_auth(reporter, fmt::format("charts[{}].auth", i), settings.charts[i].auth, settings.charts[i].url);
  }
  for (std::size_t i = 0; i < settings.clusters.size(); ++i)
    check_cluster(reporter, fmt::format("clusters[{}]", i), settings.clusters[i]);
  for (std::size_t i = 0; i < settings.environments.size(); ++i) {
    const auto path = fmt::format("environments[{}]", i);
    check_known(reporter, path + ".source", settings.environments[i].source, source_names, "sources");
    check_known(reporter, path + ".cluster", settings.environments[i].cluster, cluster_names, "clusters");
  }
  check_webhooks(reporter, settings);
  check_lease(reporter, settings.lease);
}

}  // namespace reconciled::config
