// Real servers of charts on this machine: nginx as a chart repository, and an OCI registry.
#pragma once

#include "base/process.h"
#include "base/result.h"
#include "tests/support/git_servers.h"
#include "tests/support/temp_folder.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace reconciled {

/// nginx over TLS. Files below `root()` are served as https://localhost:PORT/open/... to everybody and below /basic/ to
/// user "bob" with password(). /moved/ leads to /basic/ by the name 127.0.0.1, /plain/ to http://; /error/, /forbidden/
/// and /html/ answer so. The log has a line a request: "HOST PATH CONDITION AUTHORIZATION STATUS".
class HttpsChartServer {
 public:
  /// With the certificate of `authority`.
  static Result<std::unique_ptr<HttpsChartServer>> start(const HttpsGitServer& authority);

  [[nodiscard]] std::string root() const { return m_temp.path() + "/charts"; }
  [[nodiscard]] std::string url(std::string_view place) const {
    return "https://localhost:" + std::to_string(m_port) + '/' + std::string(place);
  }
  [[nodiscard]] std::uint16_t port() const { return m_port; }
  [[nodiscard]] static std::string password() { return "chart-horse-battery"; }
  [[nodiscard]] std::string log() const;
  /// Writes a file below root().
  [[nodiscard]] Status write(const std::string& path, std::string_view content) const;

 private:
  HttpsChartServer() = default;

  TempFolder m_temp;
  std::uint16_t m_port = 0;
  std::unique_ptr<Process> m_nginx;
};

/// See tests/support/oci_registry.
class OciTestRegistry {
 public:
  static Result<std::unique_ptr<OciTestRegistry>> start(const HttpsGitServer& authority);

  /// "oci://localhost:PORT/team"
  [[nodiscard]] std::string repository(std::string_view team) const {
    return "oci://localhost:" + std::to_string(m_port) + '/' + std::string(team);
  }
  [[nodiscard]] std::uint16_t port() const { return m_port; }
  [[nodiscard]] static std::string password() { return "registry-horse-battery"; }
  [[nodiscard]] std::string log() const;
  /// Makes `archive` the chart team/name of a version.
  [[nodiscard]] Status push(const std::string& team, const std::string& name, const std::string& version,
                            std::string_view archive) const;
  enum class Health : bool { broken, well };
  /// Broken: every request is answered 503.
  [[nodiscard]] Status set_health(Health health) const;

 private:
  OciTestRegistry() = default;

  TempFolder m_temp;
  std::uint16_t m_port = 0;
  std::unique_ptr<Process> m_server;
};

}  // namespace reconciled
