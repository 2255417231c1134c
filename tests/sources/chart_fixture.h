// Chart servers, started once, and a source that knows them.
#pragma once

#include "base/digest.h"
#include "sources/chart_source.h"
#include "tests/sources/remote_fixture.h"
#include "tests/support/chart_servers.h"

namespace reconciled {

inline HttpsChartServer& chart_server() {
  static const std::unique_ptr<HttpsChartServer> server = take(HttpsChartServer::start(https_server()));
  return *server;
}
inline OciTestRegistry& registry() {
  static const std::unique_ptr<OciTestRegistry> server = take(OciTestRegistry::start(https_server()));
  return *server;
}

struct ChartFixture {
  TempFolder temp;
  std::string team = temp.path().substr(temp.path().rfind('/') + 1);  // nobody else's on the shared servers
  std::vector<GitCredential> credentials;
  std::unique_ptr<Source> source;

  ChartFixture() {
    std::ranges::transform(team, team.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const std::string host : {"localhost", "127.0.0.1"}) {
      trust("https://" + host + ':' + std::to_string(chart_server().port()));
      trust("https://" + host + ':' + std::to_string(registry().port()));
    }
    remake();
  }

  /// Trusts the servers' authority below a prefix.
  GitCredential& trust(const std::string& prefix) {
    GitCredential& credential = credentials.emplace_back();
    credential.url_prefix = prefix;
    credential.ca_file = https_server().ca_file();
    return credential;
  }
  void allow(const std::string& prefix, const std::string& password) {
    GitCredential& credential = trust(prefix);
    credential.username = "bob";
    credential.password = SecretString(password);
    remake();
  }
  void remake() {
    ChartSourceOptions options;
    options.cache_folder = temp.path() + "/cache";
    for (const auto& credential : credentials) options.credentials.push_back(credential.clone());
    options.named = {{"platform", chart_server().url("open/" + team)}};
    source = make_chart_source(nullptr, std::move(options));
  }
  [[nodiscard]] std::string repository(std::string_view place = "open") const {
    return chart_server().url(std::string(place) + '/' + team);
  }
  [[nodiscard]] std::string registry_team(std::string_view place = "public") const {
    return std::string(place) + '/' + team;
  }
  /// Writes an index with these versions of chart `service`, whose archives hold the given texts.
  void publish(const std::vector<std::pair<std::string, std::string>>& versions,
               std::string_view url_prefix = "") const {
    std::string index = "apiVersion: v1\nentries:\n  service:\n";
    for (const auto& [version, content] : versions) {
      check_ok(chart_server().write(team + "/service-" + version + ".tgz", content));
      index += "  - {version: " + version + ", digest: " + sha256(content).hex() + ", urls: ['" +
               std::string(url_prefix) + "service-" + version + ".tgz']}\n";
    }
    check_ok(chart_server().write(team + "/index.yaml", index));
  }
  Result<ChartPin> pin(const std::string& repository, const std::string& version) const {
    return source->resolve_chart({repository, "service", version}, soon());
  }
  /// nginx logs a request before it reads the next one.
  [[nodiscard]] std::string repository_log() const {
    static_cast<void>(pin(repository("forbidden"), "1.0.0"));
    return chart_server().log();
  }
  Result<std::string> content(const ChartPin& pin) const {
    auto archive = source->open_chart(pin, soon());
    if (!archive) return fail(archive.error());
    return std::string(**archive);
  }
};

inline std::size_t count_of(const std::string& text, std::string_view words) {
  std::size_t count = 0;
  for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++count;
  return count;
}

}  // namespace reconciled
