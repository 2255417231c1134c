#include "tests/cluster/daemon/fleet.h"

#include "base/digest.h"
#include "base/file.h"

#include <stdexcept>

namespace reconciled {
namespace {

using nlohmann::json;

HttpsGitServer& git_server() {
  static const auto server = HttpsGitServer::start();
  if (!server) throw std::runtime_error(format_error(server.error()));
  return **server;
}

/// The address that a listener says it found, in the lines of the log; empty: not yet.
std::string address_of(const std::string& log, const std::string& listener) {
  const std::string key = R"("name":")" + listener + R"(","address":")";
  const auto at = log.find(key);
  if (at == std::string::npos) return {};
  const auto from = at + key.size();
  return "http://" + log.substr(from, log.find('"', from) - from);
}

}  // namespace

RunningDaemon::RunningDaemon(DaemonProcess process, std::string log_file)
    : m_process(std::move(process)), m_log_file(std::move(log_file)) {
  const bool serving = comes_true(std::chrono::seconds(20), [&] {
    m_webhooks = address_of(log(), "webhooks");
    m_status = address_of(log(), "status");
    m_metrics = address_of(log(), "metrics");
    return (!m_webhooks.empty() && !m_status.empty() && !m_metrics.empty()) || !m_process.running();
  });
  REQUIRE_MESSAGE((serving && m_process.running()), log_end());
}

std::string RunningDaemon::get(const std::string& server, const std::string& path) const {
  ApiCall call;
  call.path = path;
  call.patience = std::chrono::seconds(5);
  const auto answer = call_api({server, "", ""}, call);
  return answer && answer->status == 200 ? answer->body : "";
}

long RunningDaemon::deliver(const std::string& body, std::string_view secret) const {
  ApiCall call;
  call.method = "POST";
  call.path = "/webhook";
  call.body = body;
  call.headers = {"X-GitHub-Event: push", "X-GitHub-Delivery: " + sha256(body).hex(),
                  "X-Hub-Signature-256: sha256=" + hmac_sha256(secret, body).hex()};
  return take(call_api({m_webhooks, "", ""}, call)).status;
}

double RunningDaemon::metric(const std::string& series) const {
  const std::string text = "\n" + get(m_metrics, "/metrics");
  const auto at = text.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
}

json RunningDaemon::status() const {
  const std::string text = get(m_status, "/api/v1/status");
  return text.empty() ? json() : json::parse(text);
}

json RunningDaemon::environment() const {
  const json all = status();
  return all.is_null() ? json() : all.at("environments").at(0);
}

json RunningDaemon::stack(std::string_view path) const {
  const json all = environment();
  if (all.is_null()) return {};
  for (const json& stack : all.at("stacks")) {
    if (stack.at("layer").get<std::string>() + "/" + stack.at("name").get<std::string>() == path) return stack;
  }
  return {};
}

std::string RunningDaemon::state_of(std::string_view path) const {
  const json found = stack(path);
  if (found.is_null()) return "nothing";
  return found.at("sync").get<std::string>() + " " + found.at("health").get<std::string>();
}

bool RunningDaemon::leads() const {
  const json found = environment();
  return !found.is_null() && found.at("leader").get<bool>();
}

Fleet::Fleet(std::string_view name) : Scene(name, audited_control_plane()), m_audit(audit_position()) {
  const std::string repository = plane().fresh_name(name) + ".git";
  m_bare = git_server().root() + "/" + repository;
  m_url = git_server().url("git", repository);
  m_account = make_account("daemon");
  m_kubeconfig = write_kubeconfig("daemon", plane().server(), "{token: " + m_account.token + "}");
  use({});
  write("reconcile.yaml",
        "apiVersion: reconcile/v1\nkind: Repository\n"
        "layers:\n  platform: {}\n  observability: {}\n  applications: {after: [platform]}\n"
        "environments: {prod: {}}\ndefaults: {namespace: $NS}\n");
}

Fleet::~Fleet() {
  std::string bare;
  for (const auto* name : {"daemon", "first", "second"})
    bare += find_bare_deletes(audit(), "system:serviceaccount:" + space() + ":" + name);
  CHECK_MESSAGE(bare.empty(), bare);
}

Fleet::Account Fleet::make_account(std::string_view name) const {
  const auto token = take(plane().make_service_account(
      space(), name,
      R"([{"apiGroups":["*"],"resources":["*"],"verbs":["*"]},{"nonResourceURLs":["*"],"verbs":["get"]}])"));
  return {"system:serviceaccount:" + space() + ":" + std::string(name), token};
}

std::string Fleet::write_kubeconfig(std::string_view name, const std::string& server, const std::string& user) const {
  std::string path = folder() + "/" + std::string(name) + ".kubeconfig";
  check_ok(write_file_atomically(path,
                                 "apiVersion: v1\nkind: Config\ncurrent-context: test\n"
                                 "clusters:\n- name: test\n  cluster: {server: \"" +
                                     server + "\", certificate-authority: \"" + plane().ca_file() +
                                     "\"}\ncontexts:\n- name: test\n  context: {cluster: test, user: test}\n"
                                     "users:\n- name: test\n  user: " +
                                     user + "\n"));
  return path;
}

void Fleet::use(const Choices& choices) const {
  const std::string& kubeconfig = choices.kubeconfig.empty() ? m_kubeconfig : choices.kubeconfig;
  settings("sources:\n  - {name: fleet, url: \"" + m_url + "\", ref: main, interval: 1h, auth: {caFile: \"" +
           git_server().ca_file() + "\"}}\n" + "clusters:\n  - {name: test, kubeconfig: \"" + kubeconfig +
           "\", namespace: $NS-state, requests: {" + choices.requests +
           "}}\n"
           "environments:\n  - {name: prod, source: fleet, cluster: test}\n"
           "listen: {webhooks: \"127.0.0.1:0\", status: \"127.0.0.1:0\", metrics: \"127.0.0.1:0\"}\n"
           "webhooks: {secrets: [" +
           std::string(k_secret) + "]}\nworkers: {count: 1}\nlog: {format: json, level: debug}\n" + choices.more);
}

RunningDaemon Fleet::start(const std::string& cache) {
  const std::string log = folder() + "/daemon-" + std::to_string(++m_starts) + ".log";
  auto process = take(DaemonProcess::start(
      {{RECONCILED_PROGRAM, "--config", settings_file()},
       {{"HOME", folder()}, {"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"CACHE_DIRECTORY", folder() + "/" + cache}},
       folder(),
       log}));
  return {std::move(process), log};
}

std::string Fleet::push() {
  std::string id = commit("change");
  check_ok(repository().push_to(m_bare));
  return id;
}

std::string Fleet::push_body(const std::string& commit) const {
  return json{
      {"ref", "refs/heads/main"}, {"after", commit}, {"repository", {{"clone_url", m_url}, {"default_branch", "main"}}}}
      .dump();
}

void Fleet::tell(const RunningDaemon& daemon, const std::string& commit) const {
  const long answer = daemon.deliver(push_body(commit), k_secret);
  CHECK_MESSAGE(answer == 202, "the delivery was answered " << answer);
}

std::string Fleet::value_of(std::string_view name) const {
  const json object = config_map(name);
  return object.is_null() ? "" : object.at("data").at("v").get<std::string>();
}

}  // namespace reconciled
