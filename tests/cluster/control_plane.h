// A real Kubernetes control plane on loopback for tests: etcd, kube-apiserver with RBAC and, when asked for, the
// controller manager and the scheduler. tests/cluster/build builds the programs.
#pragma once

#include "base/result.h"
#include "tests/cluster/api_call.h"
#include "tests/cluster/daemon_process.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// What runs beside etcd and kube-apiserver. Without a controller manager nothing collects garbage, ends namespaces,
/// makes default service accounts or moves the status of workloads; without a scheduler pods stay pending.
enum class Controllers : std::uint8_t { none, manager, manager_and_scheduler };

struct ControlPlaneOptions {
  Controllers controllers = Controllers::none;
  std::vector<std::string> api_server_flags;  ///< after our own, so that they win: "--max-requests-inflight=0"
};

/// Who a kubeconfig speaks as.
enum class TestUser : std::uint8_t {
  admin,              ///< group system:masters, by a static token
  admin_certificate,  ///< the same rights, by a client certificate
  reader,             ///< a service account that may get, list and watch everything, and write nothing
  nobody,             ///< authenticated (static token), with no rights but discovery
};

/// One row of `apiserver_request_total`.
struct RequestCount {
  std::string verb;  ///< as the server counts: GET, LIST, WATCH, APPLY, PATCH, POST, PUT, DELETE, …
  std::string group, resource, subresource, dry_run, code;
  std::uint64_t count = 0;
};

/// Everything of one plane lives in a fresh folder and ends with this object. The daemons die with the thread that
/// started them.
class ControlPlane {
 public:
  /// Ready to serve on return: /readyz passed and, with a controller manager, the first service account was made.
  static Result<std::unique_ptr<ControlPlane>> start(const ControlPlaneOptions& options = {});
  ~ControlPlane();
  ControlPlane(const ControlPlane&) = delete;
  ControlPlane& operator=(const ControlPlane&) = delete;

  /// Has ca.crt, server.url, <user>.kubeconfig, <user>.token, and a log file for each program.
  [[nodiscard]] const std::string& folder() const { return m_folder; }
  [[nodiscard]] const std::string& server() const { return m_server; }
  [[nodiscard]] std::string ca_file() const { return m_folder + "/ca.crt"; }
  /// The path of a kubeconfig with one context.
  [[nodiscard]] std::string kubeconfig(TestUser user = TestUser::admin) const;
  /// For libcurl; as `token`, or as the admin.
  [[nodiscard]] ApiServerAccess access() const { return {m_server, ca_file(), m_admin_token}; }
  [[nodiscard]] ApiServerAccess access(std::string token) const { return {m_server, ca_file(), std::move(token)}; }

  /// A request as the admin.
  [[nodiscard]] Result<ApiAnswer> call(const ApiCall& call) const { return call_api(access(), call); }
  /// The same, where any status outside 2xx is an error; returns the body.
  [[nodiscard]] Result<std::string> call_ok(const ApiCall& call) const;

  /// A name that this plane has not given before: "prefix-7".
  std::string fresh_name(std::string_view prefix = "t");
  /// Makes a namespace of a fresh name.
  Result<std::string> make_namespace(std::string_view prefix = "t");
  /// Makes a service account, with a ClusterRole of `rules` (a JSON array of PolicyRules) bound to it in the whole
  /// cluster; returns a token of a day.
  Result<std::string> make_service_account(std::string_view in_namespace, std::string_view name,
                                           std::string_view rules);
  /// Writes NAME.kubeconfig into the folder; returns its path.
  [[nodiscard]] Result<std::string> write_kubeconfig(std::string_view name, std::string_view token) const;

  /// Since the API server started; sums of rows with equal labels. Reading them counts as one GET of no resource.
  [[nodiscard]] Result<std::vector<RequestCount>> request_counts() const;

  /// For tests of outages: signal() it, kill() it, restart it on the same port and data.
  [[nodiscard]] DaemonProcess& api_server() { return *m_api_server; }
  /// A restarted server has an empty watch cache: a watch from an older resourceVersion is then answered 410.
  Status restart_api_server();
  /// On the same port and data.
  [[nodiscard]] DaemonProcess& etcd() { return *m_etcd_process; }
  Status restart_etcd();
  /// After an outage the controllers look again only when their back-off allows it, which may take a minute: these look
  /// at once. The restarts above do it, too.
  Status restart_controllers();
  /// Makes etcd forget all history. Continue tokens of lists begun before are answered 410 after a restart too: until
  /// then the server answers them from snapshots in its memory.
  Status compact_history();
  /// The first program that ended by itself, for programs that watch over a plane.
  [[nodiscard]] std::optional<std::string> ended_program();

 private:
  ControlPlane() = default;
  Status start_all();
  Status write_credentials();
  Status start_etcd();
  Status start_api_server();
  Status start_controllers();
  Status wait_for(const ApiCall& call, std::string_view what);
  Status make_reader();
  Result<DaemonProcess> run(const std::string& program, std::vector<std::string> flags) const;

  ControlPlaneOptions m_options;
  std::string m_programs;
  std::string m_folder;
  std::string m_server;
  std::string m_etcd;
  std::string m_etcd_peer;
  std::string m_admin_token;
  unsigned m_port = 0;
  std::uint64_t m_names = 0;
  // Ended in the reverse order: those that talk to the API server first, etcd last.
  std::optional<DaemonProcess> m_etcd_process;
  std::optional<DaemonProcess> m_api_server;
  std::optional<DaemonProcess> m_controller_manager;
  std::optional<DaemonProcess> m_scheduler;
};

/// The one plane of this test binary (with a controller manager), started by its first user and ended at exit; every
/// test works in namespaces of its own. Throws std::runtime_error, which fails a doctest, when it cannot be had.
ControlPlane& shared_control_plane();

/// The folder of the programs: RECONCILED_CONTROLPLANE, else where tests/cluster/build puts them. An error when one is
/// missing.
Result<std::string> find_control_plane_programs();

}  // namespace reconciled
