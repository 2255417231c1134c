// A repository on a Git server, and daemons that keep it on the audited control plane.
#pragma once

#include "tests/cluster/acceptance/scene.h"
#include "tests/cluster/daemon/audit.h"
#include "tests/cluster/daemon_process.h"
#include "tests/support/git_servers.h"

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

namespace reconciled {

/// Whether `done` came true in time.
template <typename Done>
bool comes_true(std::chrono::milliseconds patience, const Done& done) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

/// One process of the daemon, with the addresses that it found.
class RunningDaemon {
 public:
  /// Serving on return.
  RunningDaemon(DaemonProcess process, std::string log_file);

  [[nodiscard]] DaemonProcess& process() { return m_process; }
  [[nodiscard]] const std::string& status_address() const { return m_status; }
  [[nodiscard]] std::string log() const { return read_log_tail(m_log_file, 16U << 20); }
  [[nodiscard]] std::string log_end() const { return read_log_tail(m_log_file, 6000); }

  /// A GitHub delivery of a push, signed with `secret`; the status of the answer.
  [[nodiscard]] long deliver(const std::string& body, std::string_view secret) const;
  /// The value of one line of /metrics by its name with all labels; -1: there is none.
  [[nodiscard]] double metric(const std::string& series) const;
  /// /api/v1/status; null when there is none.
  [[nodiscard]] nlohmann::json status() const;
  /// The only environment, or one of its stacks ("applications/shop") in it; null when there is none.
  [[nodiscard]] nlohmann::json environment() const;
  [[nodiscard]] nlohmann::json stack(std::string_view path) const;
  /// Its `sync` and `health`: "in-sync healthy".
  [[nodiscard]] std::string state_of(std::string_view path) const;
  [[nodiscard]] bool leads() const;

 private:
  [[nodiscard]] std::string get(const std::string& server, const std::string& path) const;
  DaemonProcess m_process;
  std::string m_log_file;
  std::string m_webhooks, m_status, m_metrics;
};

/// A Scene on the audited plane that nobody but daemons syncs. At its end every delete that its daemons asked for is
/// checked for preconditions.
class Fleet : public Scene {
 public:
  static constexpr std::string_view k_secret = "a-secret-of-deliveries";

  explicit Fleet(std::string_view name);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  struct Account {
    std::string user;  ///< as the audit log calls it
    std::string token;
  };
  /// A service account that may do everything.
  [[nodiscard]] Account make_account(std::string_view name) const;
  [[nodiscard]] const Account& account() const { return m_account; }
  /// A kubeconfig for `server`; `user` is the YAML of the credentials.
  [[nodiscard]] std::string write_kubeconfig(std::string_view name, const std::string& server,
                                             const std::string& user) const;

  struct Choices {
    std::string kubeconfig = {};  ///< empty: our own
    std::string requests = {};    ///< YAML of clusters[].requests
    std::string more = {};        ///< YAML at the top level
  };
  /// Writes the settings of the daemons that are started next.
  void use(const Choices& choices) const;
  [[nodiscard]] const std::string& kubeconfig() const { return m_kubeconfig; }
  /// A process with the settings as they are; `cache` makes it another replica.
  [[nodiscard]] RunningDaemon start(const std::string& cache = "cache");

  /// Commits the work tree and brings it to the server; the commit.
  std::string push();
  /// Tells a daemon of it as GitHub does; the answer must be 202.
  void tell(const RunningDaemon& daemon, const std::string& commit) const;
  [[nodiscard]] std::string push_body(const std::string& commit) const;

  [[nodiscard]] std::uint64_t audit_begin() const { return m_audit; }
  [[nodiscard]] std::vector<AuditEvent> audit() const { return read_audit(m_audit); }
  /// data.v of a ConfigMap; empty when it is not there.
  [[nodiscard]] std::string value_of(std::string_view config_map) const;

 private:
  std::uint64_t m_audit;
  std::string m_url;
  std::string m_bare;
  Account m_account;
  std::string m_kubeconfig;
  int m_starts = 0;
};

}  // namespace reconciled
