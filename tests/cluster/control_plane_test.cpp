#include "tests/cluster/control_plane.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>

namespace reconciled {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

json parsed(const Result<std::string>& body) {
  REQUIRE_MESSAGE(body, format_error(body.error()));
  return json::parse(*body);
}

std::string config_map(const std::string& name) {
  return R"({"metadata":{"name":")" + name + "\"}}";
}

long status_of(const ApiServerAccess& access, const ApiCall& call) {
  const auto answer = call_api(access, call);
  REQUIRE_MESSAGE(answer, format_error(answer.error()));
  return answer->status;
}

std::string content_of(const std::string& path) {
  std::ifstream in(path);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::uint64_t sum(const std::vector<RequestCount>& counts, std::string_view verb, std::string_view resource) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [&](std::uint64_t total, const RequestCount& row) {
                           return total + (row.verb == verb && row.resource == resource ? row.count : 0);
                         });
}

class TemporaryFile {
 public:
  TemporaryFile() : m_path((std::filesystem::temp_directory_path() / "reconciled-test-XXXXXX").string()) {
    const int file = mkstemp(m_path.data());
    REQUIRE(file >= 0);
    close(file);
  }
  ~TemporaryFile() { unlink(m_path.c_str()); }
  [[nodiscard]] const std::string& path() const { return m_path; }

 private:
  std::string m_path;
};

/// For the length of a test.
class EnvironmentVariable {
 public:
  EnvironmentVariable(const char* name, const std::string& value) : m_name(name) {
    if (const char* const old = getenv(name)) m_old = old;
    setenv(name, value.c_str(), 1);
  }
  ~EnvironmentVariable() {
    if (m_old) {
      setenv(m_name, m_old->c_str(), 1);
    } else {
      unsetenv(m_name);
    }
  }

 private:
  const char* m_name;
  std::optional<std::string> m_old;
};

TEST_CASE("the API server tells the version that its module has") {
  const json version = parsed(shared_control_plane().call_ok({.path = "/version"}));
  CHECK(version["gitVersion"] == "v1.35.4");
  CHECK(version["major"] == "1");
  CHECK(version["minor"] == "35");
}

TEST_CASE("every user has the rights that its name says") {
  ControlPlane& plane = shared_control_plane();
  const std::string in = plane.make_namespace("rights").value();
  const ApiCall read{.path = "/api/v1/namespaces/" + in + "/configmaps"};
  const ApiCall write{.method = "POST", .path = read.path, .body = config_map("a")};
  const auto as = [&](const char* user) { return plane.access(content_of(plane.folder() + "/" + user + ".token")); };
  CHECK(status_of(plane.access("nonsense"), read) == 401);
  CHECK(status_of(plane.access(std::string()), read) == 403);
  CHECK(status_of(as("nobody"), read) == 403);
  CHECK(status_of(as("nobody"), {.path = "/apis"}) == 200);
  CHECK(status_of(as("reader"), read) == 200);
  CHECK(status_of(as("reader"), write) == 403);
  CHECK(status_of(as("reader"), {.path = "/api/v1/secrets"}) == 200);
  CHECK(status_of(as("admin"), write) == 201);
}

TEST_CASE("every kubeconfig names the server, its authority and a credential") {
  ControlPlane& plane = shared_control_plane();
  for (const TestUser user : {TestUser::admin, TestUser::admin_certificate, TestUser::reader, TestUser::nobody}) {
    const std::string text = content_of(plane.kubeconfig(user));
    CHECK(text.find(plane.server()) != std::string::npos);
    CHECK(text.find(plane.ca_file()) != std::string::npos);
    CHECK((text.find("token: ") != std::string::npos) != (text.find("client-key: ") != std::string::npos));
  }
}

TEST_CASE("a service account that a test makes has its rules and no more") {
  ControlPlane& plane = shared_control_plane();
  const std::string in = plane.make_namespace("account").value();
  const auto token =
      plane.make_service_account(in, "writer", R"([{"apiGroups":[""],"resources":["configmaps"],"verbs":["create"]}])");
  REQUIRE_MESSAGE(token, format_error(token.error()));
  const std::string path = "/api/v1/namespaces/" + in + "/configmaps";
  CHECK(status_of(plane.access(*token), {.method = "POST", .path = path, .body = config_map("a")}) == 201);
  CHECK(status_of(plane.access(*token), {.path = path}) == 403);
  const auto again = plane.make_service_account(in, "writer", "[]");
  REQUIRE_FALSE(again);
  CHECK(again.error().message.find("409") != std::string::npos);
}

TEST_CASE("the controller manager works: a deleted namespace goes away with what is in it") {
  ControlPlane& plane = shared_control_plane();
  const std::string path = "/api/v1/namespaces/" + plane.make_namespace("going").value();
  REQUIRE(plane.call_ok({.method = "POST", .path = path + "/configmaps", .body = config_map("a")}));
  REQUIRE(plane.call_ok({.method = "DELETE", .path = path}));
  long status = 200;
  for (int look = 0; look < 600 && status != 404; ++look) {
    status = status_of(plane.access(), {.path = path});
    if (status != 404) usleep(50'000);
  }
  CHECK(status == 404);
}

TEST_CASE("request counts grow by exactly the requests that were sent") {
  ControlPlane& plane = shared_control_plane();
  const std::string path = "/api/v1/namespaces/" + plane.make_namespace("counted").value() + "/limitranges";
  const auto before = plane.request_counts();
  REQUIRE_MESSAGE(before, format_error(before.error()));
  for (int i = 0; i < 3; ++i) {
    const std::string name = "r" + std::to_string(i);
    const std::string body =
        R"({"apiVersion":"v1","kind":"LimitRange","metadata":{"name":")" + name + R"("},"spec":{"limits":[]}})";
    REQUIRE(plane.call_ok({.method = "PATCH",
                           .path = path + "/" + name + "?fieldManager=test",
                           .body = body,
                           .content_type = "application/apply-patch+yaml"}));
  }
  const auto after = plane.request_counts();
  REQUIRE(after);
  CHECK(sum(*after, "APPLY", "limitranges") - sum(*before, "APPLY", "limitranges") == 3);
}

TEST_CASE(
    "after a compaction and a restart the objects are there, and lists and watches from before are answered 410") {
  ControlPlane& plane = shared_control_plane();
  const std::string path = "/api/v1/namespaces/" + plane.make_namespace("old").value() + "/configmaps";
  const json made = parsed(plane.call_ok({.method = "POST", .path = path, .body = config_map("a")}));
  REQUIRE(plane.call_ok({.method = "POST", .path = path, .body = config_map("b")}));
  const json page = parsed(plane.call_ok({.path = path + "?limit=1"}));
  const std::string next = page["metadata"]["continue"];
  REQUIRE_FALSE(next.empty());
  const ApiCall rest{.path = path + "?limit=1&continue=" + next};
  const std::string version = made["metadata"]["resourceVersion"];
  const ApiCall watch{.path = path + "?watch=true&timeoutSeconds=1&resourceVersion=" + version};
  const auto is_gone = [&plane](const ApiCall& call) {
    const auto answer = plane.call(call);
    REQUIRE_MESSAGE(answer, format_error(answer.error()));
    // A watch may also begin with 200 and tell the 410 in its first event.
    return answer->status == 410 || answer->body.find("\"code\":410") != std::string::npos;
  };
  CHECK_FALSE(is_gone(rest));
  CHECK_FALSE(is_gone(watch));

  REQUIRE(plane.call_ok({.method = "POST", .path = path, .body = config_map("c")}));
  const pid_t before = plane.api_server().pid();
  const Status compacted = plane.compact_history();
  REQUIRE_MESSAGE(compacted, format_error(compacted.error()));
  const Status restarted = plane.restart_api_server();
  REQUIRE_MESSAGE(restarted, format_error(restarted.error()));
  CHECK(plane.api_server().pid() != before);
  CHECK(status_of(plane.access(), {.path = path + "/b"}) == 200);
  CHECK(is_gone(rest));
  CHECK(is_gone(watch));
}

TEST_CASE("a plane leaves no process and no folder behind") {
  auto plane = ControlPlane::start();
  REQUIRE_MESSAGE(plane, format_error(plane.error()));
  const std::string folder = (*plane)->folder();
  const pid_t server = (*plane)->api_server().pid();
  CHECK(kill(server, 0) == 0);
  plane->reset();
  CHECK(kill(server, 0) == -1);
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("an API server that does not start fails the start with the end of its log") {
  const auto plane = ControlPlane::start({.api_server_flags = {"--no-such-flag"}});
  REQUIRE_FALSE(plane);
  CHECK(plane.error().message.find("kube-apiserver ended") != std::string::npos);
  CHECK(plane.error().message.find("no-such-flag") != std::string::npos);
}

TEST_CASE("a missing program is named, with the script that builds it") {
  const EnvironmentVariable elsewhere("RECONCILED_CONTROLPLANE", "/var/empty-of-programs");
  const auto plane = ControlPlane::start();
  REQUIRE_FALSE(plane);
  const std::string text = format_error(plane.error());
  CHECK(text.find("etcd") != std::string::npos);
  CHECK(text.find("/var/empty-of-programs") != std::string::npos);
  CHECK(text.find("tests/cluster/build") != std::string::npos);
}

TEST_CASE("the programs are looked for where the build script puts them") {
  const EnvironmentVariable unset("RECONCILED_CONTROLPLANE", "");
  const EnvironmentVariable cache("RECONCILED_CACHE", "/var/no-such-cache");
  const auto folder = find_control_plane_programs();
  REQUIRE_FALSE(folder);
  CHECK(folder.error().where.file.starts_with("/var/no-such-cache/controlplane/"));
}

TEST_CASE("a daemon dies with the process that started it") {
  const TemporaryFile log;
  int line[2] = {};
  REQUIRE(pipe(line) == 0);
  const pid_t owner = fork();
  if (owner == 0) {
    auto daemon = DaemonProcess::start({{"/bin/sleep", "100"}, {}, {}, log.path()});
    const pid_t pid = daemon ? daemon->pid() : 0;
    if (write(line[1], &pid, sizeof pid) < 0) _exit(1);
    raise(SIGKILL);
  }
  pid_t pid = 0;
  REQUIRE(read(line[0], &pid, sizeof pid) == sizeof pid);
  REQUIRE(pid > 0);
  waitpid(owner, nullptr, 0);
  // An orphan's zombie may wait for the init process; it does not run any more.
  bool running = true;
  for (int look = 0; look < 200 && running; ++look) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    running = static_cast<bool>(stat >> number >> name >> state) && state != "Z";
    if (running) usleep(10'000);
  }
  CHECK_FALSE(running);
  close(line[0]);
  close(line[1]);
}

TEST_CASE("a daemon tells its exit status and what it said") {
  const TemporaryFile log;
  auto daemon =
      DaemonProcess::start({{"/bin/sh", "-c", "echo to $NAME; exit 7"}, {{"NAME", "somebody"}}, "/", log.path()});
  REQUIRE(daemon);
  CHECK(daemon->wait(10s) == 7);
  CHECK_FALSE(daemon->running());
  CHECK(daemon->log_tail() == "to somebody\n");
  CHECK(daemon->log_tail(5) == "body\n");
  CHECK_FALSE(DaemonProcess::start({{"/no/such/program"}, {}, {}, log.path()}));
  CHECK_FALSE(DaemonProcess::start({{}, {}, {}, log.path()}));
  CHECK_FALSE(DaemonProcess::start({{"/bin/sleep", "1"}, {}, {}, "/no/such/folder/log"}));
}

}  // namespace
}  // namespace reconciled
