#include "tests/cluster/control_plane.h"

#include "tests/cluster/test_certificates.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <thread>

namespace reconciled {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view k_reader_rules =
    R"([{"apiGroups":["*"],"resources":["*"],"verbs":["get","list","watch"]},
        {"nonResourceURLs":["*"],"verbs":["get"]}])";
constexpr auto k_start_limit = std::chrono::seconds(60);

struct NamedUser {
  TestUser user;
  const char* name;
};
constexpr std::array k_users{NamedUser{TestUser::admin, "admin"},
                             NamedUser{TestUser::admin_certificate, "admin-certificate"},
                             NamedUser{TestUser::reader, "reader"}, NamedUser{TestUser::nobody, "nobody"}};

Status write_private_file(const std::string& path, std::string_view content) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = file >= 0 && write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  if (file >= 0) close(file);
  if (!written) return fail(ErrorKind::local, "cannot write", {path, 0, 0, {}});
  return {};
}

/// A loopback port that nobody listens on, below the range that the kernel gives to outgoing connections, so that only
/// another server could take it before ours does.
Result<unsigned> free_port() {
  static std::mt19937 random{std::random_device{}()};
  for (int attempt = 0; attempt < 100; ++attempt) {
    const unsigned port = std::uniform_int_distribution<unsigned>(15000, 32000)(random);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool free = bind(socket_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(socket_fd);
    if (free) return port;
  }
  return fail(ErrorKind::local, "found no free loopback port");
}

std::string random_token() {
  std::random_device random;
  std::string text;
  for (int i = 0; i < 8; ++i) text += std::to_string(random());
  return text;
}

/// `user` is the YAML of the user's credentials.
std::string kubeconfig_text(const std::string& server, const std::string& ca_file, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: test\n"
         "clusters:\n- name: test\n  cluster:\n    server: " +
         server + "\n    certificate-authority: " + ca_file +
         "\ncontexts:\n- name: test\n  context: {cluster: test, user: test}\n"
         "users:\n- name: test\n  user: " +
         user + "\n";
}

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump();
}

}  // namespace

Result<std::unique_ptr<ControlPlane>> ControlPlane::start(const ControlPlaneOptions& options) {
  constexpr int k_attempts = 3;  // another program may take a port between our look and our server's bind
  for (int attempt = 1;; ++attempt) {
    std::unique_ptr<ControlPlane> plane(new ControlPlane());
    plane->m_options = options;
    auto started = plane->start_all();
    if (started) return plane;
    const bool port_taken = started.error().message.find("address already in use") != std::string::npos;
    if (!port_taken || attempt == k_attempts) return fail(std::move(started).error().in("start a control plane"));
  }
}

Status ControlPlane::start_all() {
  TRY_ASSIGN(m_programs, find_control_plane_programs());
  std::error_code failed;
  std::string folder = (std::filesystem::temp_directory_path(failed) / "reconciled-cluster-XXXXXX").string();
  if (failed || mkdtemp(folder.data()) == nullptr) {
    return fail(ErrorKind::local, "cannot make a temporary folder", {folder, 0, 0, {}});
  }
  m_folder = folder;
  TRY(start_etcd());
  TRY_ASSIGN(m_port, free_port());
  m_server = "https://127.0.0.1:" + std::to_string(m_port);
  TRY(write_credentials());
  TRY(start_api_server());
  TRY(start_controllers());
  return make_reader();
}

ControlPlane::~ControlPlane() {
  for (auto* process : {&m_scheduler, &m_controller_manager, &m_api_server, &m_etcd_process}) process->reset();
  std::error_code ignored;
  if (!m_folder.empty()) std::filesystem::remove_all(m_folder, ignored);
}

Result<DaemonProcess> ControlPlane::run(const std::string& program, std::vector<std::string> flags) const {
  flags.insert(flags.begin(), m_programs + "/" + program);
  return DaemonProcess::start(
      {std::move(flags), {{"HOME", m_folder}, {"PATH", "/usr/bin:/bin"}}, m_folder, m_folder + "/" + program + ".log"});
}

Status ControlPlane::write_credentials() {
  const std::string at = m_folder + "/";
  TRY_ASSIGN(const KeyPair server_authority, make_authority("reconciled-test-server-ca"));
  TRY_ASSIGN(const KeyPair client_authority, make_authority("reconciled-test-client-ca"));
  TRY_ASSIGN(const KeyPair server,
             make_server_certificate(server_authority, {{"localhost", "kubernetes.default.svc"}, {"127.0.0.1"}}));
  TRY_ASSIGN(const KeyPair client, make_client_certificate(client_authority, "admin-certificate", {"system:masters"}));
  TRY_ASSIGN(const SigningKey signing_key, make_signing_key());
  m_admin_token = random_token();
  const std::string nobody_token = random_token();
  const std::vector<std::pair<const char*, std::string>> files{
      {"ca.crt", server_authority.certificate},
      {"client-ca.crt", client_authority.certificate},
      {"server.crt", server.certificate},
      {"server.key", server.key},
      {"admin-certificate.crt", client.certificate},
      {"admin-certificate.key", client.key},
      {"service-accounts.key", signing_key.private_key},
      {"service-accounts.pub", signing_key.public_key},
      {"admin.token", m_admin_token},
      {"nobody.token", nobody_token},
      {"server.url", m_server},
      {"tokens.csv", m_admin_token + ",admin,admin,\"system:masters\"\n" + nobody_token + ",nobody,nobody,\n"},
      {"admin-certificate.kubeconfig",
       kubeconfig_text(
           m_server, ca_file(),
           "{client-certificate: " + at + "admin-certificate.crt, client-key: " + at + "admin-certificate.key}")}};
  for (const auto& [name, content] : files) TRY(write_private_file(at + name, content));
  TRY(write_kubeconfig("admin", m_admin_token));
  TRY(write_kubeconfig("nobody", nobody_token));
  return {};
}

Status ControlPlane::start_etcd() {
  if (m_etcd.empty()) {
    TRY_ASSIGN(const unsigned client_port, free_port());
    TRY_ASSIGN(const unsigned peer_port, free_port());
    m_etcd = "http://127.0.0.1:" + std::to_string(client_port);
    m_etcd_peer = "http://127.0.0.1:" + std::to_string(peer_port);
  }
  TRY_ASSIGN(m_etcd_process,
             run("etcd", {"--data-dir=" + m_folder + "/etcd", "--listen-client-urls=" + m_etcd,
                          "--advertise-client-urls=" + m_etcd, "--listen-peer-urls=" + m_etcd_peer,
                          "--initial-advertise-peer-urls=" + m_etcd_peer, "--initial-cluster=default=" + m_etcd_peer,
                          "--unsafe-no-fsync", "--log-level=error"}));
  return {};
}

Status ControlPlane::start_api_server() {
  const std::string at = m_folder + "/";
  std::vector<std::string> flags{"--etcd-servers=" + m_etcd,
                                 "--bind-address=127.0.0.1",
                                 "--secure-port=" + std::to_string(m_port),
                                 "--cert-dir=" + m_folder,
                                 "--tls-cert-file=" + at + "server.crt",
                                 "--tls-private-key-file=" + at + "server.key",
                                 "--client-ca-file=" + at + "client-ca.crt",
                                 "--token-auth-file=" + at + "tokens.csv",
                                 "--service-account-key-file=" + at + "service-accounts.pub",
                                 "--service-account-signing-key-file=" + at + "service-accounts.key",
                                 "--service-account-issuer=https://kubernetes.default.svc",
                                 "--service-cluster-ip-range=10.96.0.0/16",
                                 "--authorization-mode=RBAC"};
  flags.insert(flags.end(), m_options.api_server_flags.begin(), m_options.api_server_flags.end());
  TRY_ASSIGN(m_api_server, run("kube-apiserver", std::move(flags)));
  return wait_for({.path = "/readyz"}, "a ready API server");
}

Status ControlPlane::start_controllers() {
  if (m_options.controllers == Controllers::none) return {};
  const std::string kubeconfig_flag = "--kubeconfig=" + kubeconfig(TestUser::admin);
  TRY_ASSIGN(m_controller_manager,
             run("kube-controller-manager",
                 {kubeconfig_flag, "--leader-elect=false", "--secure-port=0", "--root-ca-file=" + ca_file(),
                  "--service-account-private-key-file=" + m_folder + "/service-accounts.key"}));
  if (m_options.controllers == Controllers::manager_and_scheduler) {
    TRY_ASSIGN(m_scheduler, run("kube-scheduler", {kubeconfig_flag, "--leader-elect=false", "--secure-port=0"}));
  }
  return wait_for({.path = "/api/v1/namespaces/default/serviceaccounts/default"}, "the first service account");
}

Status ControlPlane::wait_for(const ApiCall& call, std::string_view what) {
  const auto limit = steady_clock::now() + k_start_limit;
  while (true) {
    const auto answer = this->call(call);
    if (answer && answer->status == 200) return {};
    m_api_server->wait(milliseconds(20));  // the pause between two looks
    if (const auto ended = ended_program()) {
      return fail(ErrorKind::local, *ended + " ended before there was " + std::string(what) + "; its log ends:\n" +
                                        read_log_tail(m_folder + "/" + *ended + ".log"));
    }
    if (steady_clock::now() > limit) {
      return fail(ErrorKind::timeout, "waited in vain for " + std::string(what) +
                                          "; the log of kube-apiserver ends:\n" + m_api_server->log_tail());
    }
  }
}

Status ControlPlane::make_reader() {
  TRY_ASSIGN(const std::string token, make_service_account("kube-system", "reader", k_reader_rules));
  TRY(write_private_file(m_folder + "/reader.token", token));
  TRY(write_kubeconfig("reader", token));
  return {};
}

std::string ControlPlane::kubeconfig(TestUser user) const {
  const char* name = "";
  for (const NamedUser& known : k_users) {
    if (known.user == user) name = known.name;
  }
  return m_folder + "/" + name + ".kubeconfig";
}

Result<std::string> ControlPlane::call_ok(const ApiCall& wanted) const {
  TRY_ASSIGN(ApiAnswer answer, call(wanted));
  if (answer.status < 200 || answer.status > 299) {
    return fail(ErrorKind::api_rejected, wanted.method + " " + wanted.path + " answered " +
                                             std::to_string(answer.status) + ": " + answer.body.substr(0, 600));
  }
  return std::move(answer.body);
}

std::string ControlPlane::fresh_name(std::string_view prefix) {
  return std::string(prefix) + "-" + std::to_string(++m_names);
}

Result<std::string> ControlPlane::make_namespace(std::string_view prefix) {
  std::string name = fresh_name(prefix);
  TRY(call_ok({"POST", "/api/v1/namespaces", R"({"metadata":{"name":)" + json_text(name) + "}}"}));
  return name;
}

Result<std::string> ControlPlane::make_service_account(std::string_view in_namespace, std::string_view name,
                                                       std::string_view rules) {
  const std::string accounts = "/api/v1/namespaces/" + std::string(in_namespace) + "/serviceaccounts";
  const std::string role = json_text("test:" + std::string(in_namespace) + ":" + std::string(name));
  const std::string rbac = "/apis/rbac.authorization.k8s.io/v1/";
  TRY(call_ok({"POST", accounts, R"({"metadata":{"name":)" + json_text(name) + "}}"}));
  TRY(call_ok(
      {"POST", rbac + "clusterroles", R"({"metadata":{"name":)" + role + R"(},"rules":)" + std::string(rules) + "}"}));
  TRY(call_ok({"POST", rbac + "clusterrolebindings",
               R"({"metadata":{"name":)" + role +
                   R"(},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":)" + role +
                   R"(},"subjects":[{"kind":"ServiceAccount","namespace":)" + json_text(in_namespace) + R"(,"name":)" +
                   json_text(name) + "}]}"}));
  TRY_ASSIGN(const std::string answer, call_ok({"POST", accounts + "/" + std::string(name) + "/token",
                                                R"({"spec":{"expirationSeconds":86400}})"}));
  const auto parsed = nlohmann::json::parse(answer, nullptr, false);
  const auto token = nlohmann::json::json_pointer("/status/token");
  if (parsed.is_discarded() || !parsed.contains(token))
    return fail(ErrorKind::api_rejected, "a token request answered without a token");
  return parsed[token].get<std::string>();
}

Result<std::string> ControlPlane::write_kubeconfig(std::string_view name, std::string_view token) const {
  std::string path = m_folder + "/" + std::string(name) + ".kubeconfig";
  TRY(write_private_file(path, kubeconfig_text(m_server, ca_file(), "{token: " + json_text(token) + "}")));
  return path;
}

Status ControlPlane::restart_api_server() {
  m_api_server->kill();
  TRY(start_api_server());
  return restart_controllers();
}

Status ControlPlane::restart_etcd() {
  m_etcd_process->kill();
  TRY(start_etcd());
  TRY(wait_for({.path = "/readyz"}, "an API server that has its etcd again"));
  return restart_controllers();
}

Status ControlPlane::restart_controllers() {
  for (auto* process : {&m_controller_manager, &m_scheduler}) {
    if (*process) (*process)->kill();
  }
  return start_controllers();
}

Status ControlPlane::compact_history() {
  const ApiServerAccess etcd{m_etcd, {}, {}};
  TRY_ASSIGN(const ApiAnswer head, call_api(etcd, {"POST", "/v3/kv/range", R"({"key":"AA=="})"}));
  const auto parsed = nlohmann::json::parse(head.body, nullptr, false);
  const auto revision = nlohmann::json::json_pointer("/header/revision");
  if (parsed.is_discarded() || !parsed.contains(revision))
    return fail(ErrorKind::local, "etcd does not tell its revision: " + head.body);
  TRY_ASSIGN(const ApiAnswer done, call_api(etcd, {"POST", "/v3/kv/compaction",
                                                   R"({"physical":true,"revision":)" + parsed[revision].dump() + "}"}));
  if (done.status != 200) return fail(ErrorKind::local, "etcd refuses to compact: " + done.body);
  return {};
}

std::optional<std::string> ControlPlane::ended_program() {
  const std::array<std::pair<const char*, std::optional<DaemonProcess>*>, 4> programs{
      {{"etcd", &m_etcd_process},
       {"kube-apiserver", &m_api_server},
       {"kube-controller-manager", &m_controller_manager},
       {"kube-scheduler", &m_scheduler}}};
  for (const auto& [name, process] : programs) {
    if (*process && !(*process)->running()) return name;
  }
  return std::nullopt;
}

ControlPlane& shared_control_plane() {
  static const auto plane = ControlPlane::start({Controllers::manager, {}});
  if (!plane) throw std::runtime_error(format_error(plane.error()));
  return **plane;
}

}  // namespace reconciled
