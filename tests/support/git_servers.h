// Real Git servers on this machine: nginx with git http-backend, and sshd.
#pragma once

#include "base/process.h"
#include "base/result.h"
#include "tests/support/temp_folder.h"

#include <cstdint>
#include <memory>
#include <string>

namespace reconciled {

/// A port of 127.0.0.1 that nobody uses now.
std::uint16_t free_port();
/// Waits until something listens there, or the process ends.
Status await_port(std::uint16_t port, Process& process, MonotonicTime deadline);

/// nginx over TLS with an authority of its own. Bare repositories below `root()` are served as
///   https://localhost:PORT/git/NAME        to everybody
///   .../basic/NAME                         to user "bob" with password()
///   .../bearer/NAME                        to whoever has token()
/// and there are /v0/NAME (protocol version 0 only), /html/, /forbidden/, /missing/, /error/, /busy/, /elsewhere/ (a
/// redirect to another host), /other-port/, /moved/NAME (a redirect to /git/NAME), /login/ (a redirect to a page),
/// /no-refs/, /nothing/ and /wrong-type/, which answer every request accordingly.
class HttpsGitServer {
 public:
  static Result<std::unique_ptr<HttpsGitServer>> start();

  /// Where bare repositories are to lie, "NAME" or "folder/NAME".
  [[nodiscard]] std::string root() const { return m_temp.path() + "/repositories"; }
  [[nodiscard]] std::string url(const std::string& place, const std::string& name) const {
    return "https://localhost:" + std::to_string(m_port) + '/' + place + '/' + name;
  }
  [[nodiscard]] std::uint16_t port() const { return m_port; }
  [[nodiscard]] std::string ca_file() const { return m_temp.path() + "/ca.pem"; }
  /// Of localhost and 127.0.0.1, for other servers of a test.
  [[nodiscard]] std::string certificate_file() const { return m_temp.path() + "/server.pem"; }
  [[nodiscard]] std::string certificate_key_file() const { return m_temp.path() + "/server.key"; }
  /// Of an authority that signed nothing here.
  [[nodiscard]] std::string other_ca_file() const { return m_temp.path() + "/other-ca.pem"; }
  [[nodiscard]] static std::string password() { return "correct-horse-battery"; }
  [[nodiscard]] static std::string token() { return "t0ken-0123456789"; }
  [[nodiscard]] std::string log() const;

 private:
  HttpsGitServer() = default;
  Status make_certificates() const;
  Status write_configuration() const;

  TempFolder m_temp;
  std::uint16_t m_port = 0;
  std::unique_ptr<Process> m_gateway;
  std::unique_ptr<Process> m_nginx;
};

/// sshd with a host key of its own, open to the running user with one key.
class SshGitServer {
 public:
  static Result<std::unique_ptr<SshGitServer>> start();

  [[nodiscard]] std::string root() const { return m_temp.path() + "/repositories"; }
  [[nodiscard]] std::string url(const std::string& name) const { return url_of_path(root() + '/' + name); }
  [[nodiscard]] std::string url_of_path(const std::string& path) const;
  [[nodiscard]] std::uint16_t port() const { return m_port; }
  [[nodiscard]] std::string user() const { return m_user; }
  [[nodiscard]] std::string key_file() const { return m_temp.path() + "/client"; }
  [[nodiscard]] std::string other_key_file() const { return m_temp.path() + "/stranger"; }
  [[nodiscard]] std::string known_hosts_file() const { return m_temp.path() + "/known_hosts"; }
  /// With another key for this host.
  [[nodiscard]] std::string wrong_known_hosts_file() const { return m_temp.path() + "/wrong_known_hosts"; }
  [[nodiscard]] std::string empty_known_hosts_file() const { return m_temp.path() + "/empty_known_hosts"; }
  /// A known_hosts line for a port that leads here, through a proxy say.
  [[nodiscard]] Result<std::string> known_hosts_for(std::uint16_t port) const;
  [[nodiscard]] std::string log() const;

 private:
  SshGitServer() = default;
  Status make_keys() const;

  TempFolder m_temp;
  std::uint16_t m_port = 0;
  std::string m_user;
  std::unique_ptr<Process> m_sshd;
};

}  // namespace reconciled
