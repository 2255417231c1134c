// The adapter against a real kube-apiserver: what a scripted server cannot show.
#include "base/file.h"
#include "base/json.h"
#include "kube/kube_cluster.h"
#include "kube/kubeconfig.h"
#include "ports/queue_inbox.h"
#include "ports/watched_list.h"
#include "tests/cluster/control_plane.h"
#include "tests/support/tcp_proxy.h"

#include <doctest/doctest.h>

#include <csignal>

using namespace reconciled;
using namespace std::chrono_literals;

namespace {

const ResourceType k_config_maps{{"", "v1", "ConfigMap"}, "configmaps", ObjectScope::namespaced, {}};

ClusterAccess read_access(const std::string& kubeconfig) {
  KubeConfigOptions options;
  options.path = kubeconfig;
  auto access = read_kubeconfig(options, process_environment());
  REQUIRE_MESSAGE(access.has_value(), format_error(access.error()));
  return std::move(*access);
}

ClusterAccess read_access(TestUser user = TestUser::admin) {
  return read_access(shared_control_plane().kubeconfig(user));
}

struct Client {
  SystemClock clock;
  SeededRandom random{1};
  QueueInbox inbox;
  std::unique_ptr<Cluster> cluster;
  CallId last_id = 0;

  explicit Client(ClusterAccess access, KubeOptions options = {}) {
    std::map<std::string, ClusterAccess> clusters;
    clusters.emplace("c", std::move(access));
    auto made = make_kube_cluster(std::move(clusters), std::move(options), clock, random, inbox);
    REQUIRE(made.has_value());
    cluster = std::move(*made);
  }
  Call make(Verb verb, const ResourceType& type, std::string space, std::string name = {}) {
    Call call;
    call.id = ++last_id;
    call.scope.cluster = "c";
    call.verb = verb;
    call.type = type;
    call.namespace_ = std::move(space);
    call.name = std::move(name);
    call.field_manager = "tests";
    return call;
  }
  Call make_apply(const std::string& space, const std::string& name, Value data) {
    Call call = make(Verb::apply, k_config_maps, space, name);
    call.body = Value::map({{"apiVersion", "v1"},
                            {"kind", "ConfigMap"},
                            {"metadata", Value::map({{"name", name}, {"namespace", space}})},
                            {"data", std::move(data)}});
    return call;
  }
  Answer run(Call call) { return ask(*cluster, inbox, std::move(call)); }
};

ErrorKind kind_of(const Answer& answer) {
  REQUIRE_FALSE(answer.object.has_value());
  return answer.object.error().kind;
}

std::uint64_t count_requests(std::string_view verb, std::string_view resource) {
  std::uint64_t sum = 0;
  const auto counts = shared_control_plane().request_counts();
  REQUIRE(counts.has_value());
  for (const RequestCount& row : *counts) {
    if (row.verb == verb && row.resource == resource) sum += row.count;
  }
  return sum;
}

}  // namespace

TEST_CASE("discovery finds the built-in kinds in three requests") {
  Client client(read_access());
  Call call = client.make(Verb::discover, {}, "");
  const Answer answer = client.run(call);
  REQUIRE(answer.discovery != nullptr);
  CHECK(answer.discovery->server_version.starts_with("v1."));
  CHECK(answer.discovery->failed_groups.empty());
  const ResourceType* deployment = answer.discovery->find(GroupVersionKind{"apps", "v1", "Deployment"});
  REQUIRE(deployment != nullptr);
  CHECK(deployment->plural == "deployments");
  CHECK(deployment->scope == ObjectScope::namespaced);
  CHECK(answer.discovery->find(GroupKind{"", "Namespace"})->scope == ObjectScope::cluster);
  CHECK(answer.discovery->find(GroupKind{"autoscaling", "HorizontalPodAutoscaler"})->gvk.version == "v2");
}

TEST_CASE("an object is applied, read, contested, patched and removed") {
  const std::string space = shared_control_plane().make_namespace().value();
  Client client(read_access());
  Answer answer = client.run(client.make_apply(space, "a", Value::map({{"k", "1"}})));
  REQUIRE(answer.object.has_value());
  CHECK(answer.http_status == 201);
  const std::string uid((*answer.object).at({"metadata", "uid"}).as_string());
  answer = client.run(client.make_apply(space, "a", Value::map({{"k", "2"}})));
  CHECK(answer.http_status == 200);

  Call other = client.make_apply(space, "a", Value::map({{"k", "3"}}));
  other.field_manager = "rival";
  answer = client.run(other);
  CHECK(kind_of(answer) == ErrorKind::api_conflict);
  CHECK(answer.conflicts == std::vector<std::string>{"tests: .data.k"});
  other.id = ++client.last_id;
  other.force = Force::yes;
  other.dry_run = DryRun::yes;
  answer = client.run(other);
  REQUIRE(answer.object.has_value());
  CHECK((*answer.object).at({"data", "k"}).as_string() == "3");

  answer = client.run(client.make(Verb::get, k_config_maps, space, "a"));
  REQUIRE(answer.object.has_value());
  CHECK((*answer.object).at({"data", "k"}).as_string() == "2");
  Call metadata = client.make(Verb::get, k_config_maps, space, "a");
  metadata.representation = Representation::metadata;
  answer = client.run(metadata);
  REQUIRE(answer.object.has_value());
  CHECK((*answer.object)["kind"].as_string() == "ConfigMap");
  CHECK((*answer.object).find("data") == nullptr);

  Call patch = client.make(Verb::merge_patch, k_config_maps, space, "a");
  patch.body = Value::map({{"data", Value::map({{"x", "y"}})}});
  answer = client.run(patch);
  REQUIRE(answer.object.has_value());
  const std::string version((*answer.object).at({"metadata", "resourceVersion"}).as_string());

  Call remove = client.make(Verb::remove, k_config_maps, space, "a");
  remove.uid = "00000000-0000-0000-0000-000000000000";
  remove.resource_version = version;
  CHECK(kind_of(client.run(remove)) == ErrorKind::api_conflict);
  remove.id = ++client.last_id;
  remove.uid = uid;
  remove.resource_version = "1";
  CHECK(kind_of(client.run(remove)) == ErrorKind::api_conflict);
  remove.id = ++client.last_id;
  remove.resource_version = version;
  CHECK(client.run(remove).object.has_value());
  CHECK(kind_of(client.run(client.make(Verb::get, k_config_maps, space, "a"))) == ErrorKind::api_missing);
}

TEST_CASE("unknown fields come back as warnings, and wrong ones as the server's message") {
  const std::string space = shared_control_plane().make_namespace().value();
  Client client(read_access());
  Call call = client.make_apply(space, "a", Value::map({{"k", "1"}}));
  call.verb = Verb::create;
  call.body.set("colour", "red");
  const Answer answer = client.run(call);
  REQUIRE(answer.object.has_value());
  REQUIRE(answer.warnings.size() == 1);
  CHECK(answer.warnings[0].find("unknown field \"colour\"") != std::string::npos);
  Call wrong = client.make_apply(space, "b", Value::map({{"not a key!", "1"}}));
  const Answer refused = client.run(wrong);
  CHECK(kind_of(refused) == ErrorKind::api_rejected);
  CHECK(refused.object.error().message.find("data[not a key!]") != std::string::npos);
}

TEST_CASE("what the server says about a Secret does not repeat its value") {
  const std::string space = shared_control_plane().make_namespace().value();
  Client client(read_access());
  Call call = client.make(Verb::apply, {{"", "v1", "Secret"}, "secrets", ObjectScope::namespaced, {}}, space, "s");
  call.body = Value::map({{"apiVersion", "v1"},
                          {"kind", "Secret"},
                          {"metadata", Value::map({{"name", "s"}})},
                          {"data", Value::map({{"k", "hunter2-not-base64!"}})}});
  Answer answer = client.run(call);
  CHECK(kind_of(answer) == ErrorKind::api_rejected);
  CHECK(format_error(answer.object.error()).find("hunter2") == std::string::npos);
  call.id = ++client.last_id;
  call.body.set("data", Value::map({{"k", 12345678}}));
  answer = client.run(call);
  CHECK(kind_of(answer) == ErrorKind::api_rejected);
  CHECK(format_error(answer.object.error()).find("12345678") == std::string::npos);
}

TEST_CASE("a list in small pages is whole, and costs as many requests as it has pages") {
  const std::string space = shared_control_plane().make_namespace().value();
  KubeOptions options;
  options.limits.page_size = 10;
  Client client(read_access(), std::move(options));
  constexpr int k_objects = 35;
  for (int i = 0; i < k_objects; ++i)
    client.cluster->start(client.make_apply(space, "m" + std::to_string(i), Value::map()));
  for (int i = 0; i < k_objects; ++i)
    REQUIRE(std::get<Answer>(*client.inbox.take(monotonic_now() + 20s)).object.has_value());
  const std::uint64_t before = count_requests("LIST", "configmaps");
  Call all = client.make(Verb::list, k_config_maps, space);
  all.field_selector = "metadata.name!=kube-root-ca.crt";  // the controller manager's
  const Answer answer = client.run(all);
  REQUIRE(answer.object.has_value());
  CHECK((*answer.object)["items"].size() == k_objects);
  CHECK((*answer.object).at({"metadata", "continue"}).is_null());
  CHECK(count_requests("LIST", "configmaps") - before == 4);
  Call selected = client.make(Verb::list, k_config_maps, space);
  selected.field_selector = "metadata.name=m7";
  CHECK((*client.run(selected).object)["items"].size() == 1);
}

TEST_CASE("rights are those of the credentials, and of the impersonated identity") {
  const std::string space = shared_control_plane().make_namespace().value();
  Client reader(read_access(TestUser::reader));
  CHECK(reader.run(reader.make(Verb::list, k_config_maps, space)).object.has_value());
  CHECK(kind_of(reader.run(reader.make_apply(space, "a", Value::map()))) == ErrorKind::api_auth);
  Client nobody(read_access(TestUser::nobody));
  CHECK(kind_of(nobody.run(nobody.make(Verb::list, k_config_maps, space))) == ErrorKind::api_auth);
  Client certificate(read_access(TestUser::admin_certificate));
  CHECK(certificate.run(certificate.make_apply(space, "a", Value::map())).object.has_value());

  Client admin(read_access());
  Call call = admin.make(Verb::list, k_config_maps, space);
  call.scope.identity = {"system:serviceaccount:" + space + ":weak", {"system:authenticated"}};
  const Answer answer = admin.run(call);
  CHECK(kind_of(answer) == ErrorKind::api_auth);
  CHECK(answer.object.error().message.find("system:serviceaccount:" + space + ":weak") != std::string::npos);
}

TEST_CASE("wrong credentials are refused and not tried again") {
  ClusterAccess access = read_access();
  access.token = SecretString("wrong-token-000");
  Client client(std::move(access));
  const Answer answer = client.run(client.make(Verb::list, k_config_maps, "default"));
  CHECK(kind_of(answer) == ErrorKind::api_auth);
  CHECK(answer.http_status == 401);
  CHECK(format_error(answer.object.error()).find("wrong-token-000") == std::string::npos);
}

TEST_CASE("a server is trusted by its certificate and name, or not at all") {
  const auto outcome = [](ClusterAccess access) {
    Client client(std::move(access));
    Call call = client.make(Verb::list, k_config_maps, "default");
    call.timeout = 5s;
    return client.run(call);
  };
  ClusterAccess system = read_access();
  system.ca_pem.clear();
  system.ca_file.clear();
  const Answer untrusted = outcome(std::move(system));
  CHECK(kind_of(untrusted) == ErrorKind::api_auth);
  CHECK(untrusted.object.error().message.starts_with("no trusted connection"));
  ClusterAccess renamed = read_access();
  renamed.tls_server_name = "other.example";
  CHECK(kind_of(outcome(std::move(renamed))) == ErrorKind::api_auth);
  ClusterAccess named = read_access();
  named.tls_server_name = "kubernetes.default.svc";
  const Answer by_name = outcome(std::move(named));
  CHECK_MESSAGE(by_name.object.has_value(), (by_name.object ? "" : format_error(by_name.object.error())));
  ClusterAccess skipped = read_access();
  skipped.ca_pem.clear();
  skipped.ca_file.clear();
  skipped.verification = TlsVerification::skip;
  CHECK(outcome(std::move(skipped)).object.has_value());
}

TEST_CASE("a certificate authority that was replaced is read again when the old one fails") {
  ClusterAccess access = read_access();
  const std::string right = access.ca_pem;
  const auto other = read_file(shared_control_plane().folder() + "/ca.crt");
  REQUIRE(other.has_value());
  access.ca_file = "/ca";
  access.ca_pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  KubeOptions options;
  options.read = [right](const std::string&) -> Result<std::optional<std::string>> {
    return std::optional<std::string>(right);
  };
  Client client(std::move(access), std::move(options));
  const Answer answer = client.run(client.make(Verb::list, k_config_maps, "default"));
  CHECK_MESSAGE(answer.object.has_value(), (answer.object ? "" : format_error(answer.object.error())));
}

TEST_CASE("HTTP/1.1 alone works as well") {
  KubeOptions options;
  options.version = HttpVersion::http1;
  const std::string space = shared_control_plane().make_namespace().value();
  Client client(read_access(), std::move(options));
  for (int i = 0; i < 20; ++i) client.cluster->start(client.make_apply(space, "m" + std::to_string(i), Value::map()));
  for (int i = 0; i < 20; ++i) CHECK(std::get<Answer>(*client.inbox.take(monotonic_now() + 20s)).object.has_value());
}

TEST_CASE("a watched list follows changes, an outage and the loss of the server's history") {
  auto plane = ControlPlane::start();
  REQUIRE_MESSAGE(plane.has_value(), format_error(plane.error()));
  ControlPlane& server = **plane;
  const std::string space = server.make_namespace().value();
  Client writer(read_access(server.kubeconfig()));
  Client watcher(read_access(server.kubeconfig()));
  Call what = watcher.make(Verb::list, k_config_maps, space);
  WatchedList::Options options;
  options.first_pause = 50ms;
  options.max_pause = 500ms;
  WatchedList list(*watcher.cluster, watcher.random, what, [&] { return ++watcher.last_id; }, options);
  std::map<std::string, std::string> seen;  // name -> data
  const auto follow_until = [&](const auto& done) {
    const MonotonicTime deadline = monotonic_now() + 30s;
    while (!done() && monotonic_now() < deadline) {
      const MonotonicTime until = std::min(deadline, list.wake_at().value_or(deadline));
      auto message = watcher.inbox.take(until);
      std::vector<ObjectChange> changes;
      if (!message) {
        list.wake(monotonic_now());
      } else if (auto* event = std::get_if<WatchEvent>(&*message)) {
        changes = list.take(std::move(*event), monotonic_now());
      } else {
        changes = list.take(std::move(std::get<Answer>(*message)), monotonic_now());
      }
      for (const ObjectChange& change : changes) {
        const std::string name(change.object.at({"metadata", "name"}).as_string());
        if (change.kind == ObjectChange::Kind::deleted) {
          seen.erase(name);
        } else {
          seen[name] = change.object.at({"data", "k"}).as_string();
        }
      }
    }
    return done();
  };
  const auto apply = [&](const std::string& name, const std::string& value) {
    const Answer answer = writer.run(writer.make_apply(space, name, Value::map({{"k", value}})));
    REQUIRE_MESSAGE(answer.object.has_value(), format_error(answer.object.error()));
    return answer;
  };
  const auto remove = [&](const std::string& name) {
    const Answer now = writer.run(writer.make(Verb::get, k_config_maps, space, name));
    REQUIRE(now.object.has_value());
    Call call = writer.make(Verb::remove, k_config_maps, space, name);
    call.uid = (*now.object).at({"metadata", "uid"}).as_string();
    call.resource_version = (*now.object).at({"metadata", "resourceVersion"}).as_string();
    REQUIRE(writer.run(call).object.has_value());
  };

  apply("a", "1");
  list.start(monotonic_now());
  CHECK(follow_until([&] { return seen == std::map<std::string, std::string>{{"a", "1"}}; }));
  apply("b", "1");
  apply("a", "2");
  CHECK(follow_until([&] { return seen == std::map<std::string, std::string>{{"a", "2"}, {"b", "1"}}; }));
  remove("b");
  CHECK(follow_until([&] { return seen.size() == 1; }));

  // While the watch is away: a change, a new object, a deletion, then no history to replay them from.
  list.stop();
  apply("c", "1");
  CHECK(server.compact_history().has_value());
  CHECK(server.restart_api_server().has_value());
  apply("a", "3");
  remove("c");
  apply("d", "1");
  list.start(monotonic_now());
  CHECK(follow_until([&] { return seen == std::map<std::string, std::string>{{"a", "3"}, {"d", "1"}}; }));

  // The server dies under the watch and comes back.
  server.api_server().kill();
  CHECK(follow_until([&] { return list.error().has_value(); }));
  CHECK(seen.size() == 2);
  CHECK(server.restart_api_server().has_value());
  apply("e", "1");
  CHECK(follow_until([&] { return seen.contains("e"); }));
  CHECK(seen.size() == 3);
}

namespace {

/// The way to the shared control plane through a proxy.
struct Detour {
  TcpProxy proxy{port_of(shared_control_plane().server())};

  static std::uint16_t port_of(const std::string& url) {
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }
  [[nodiscard]] ClusterAccess access() const {
    ClusterAccess access = read_access();
    access.server = access.server.substr(0, access.server.rfind(':') + 1) + std::to_string(proxy.port());
    return access;
  }
};

}  // namespace

TEST_CASE("a frozen HTTP/2 connection is ended by the first request that runs out of time, for all that wait on it") {
  const std::string space = shared_control_plane().make_namespace().value();
  Detour detour;
  Client client(detour.access());
  REQUIRE(client.run(client.make_apply(space, "a", Value::map())).object.has_value());
  const auto get = [&](Duration timeout) {
    Call call = client.make(Verb::get, k_config_maps, space, "a");
    call.timeout = timeout;
    return call;
  };
  detour.proxy.freeze_open();
  const MonotonicTime frozen = monotonic_now();
  client.cluster->start(get(16s));  // whose first attempt may take two thirds
  for (int i = 0; i < 10; ++i) client.cluster->start(get(2min));
  for (int i = 0; i < 11; ++i) {
    const auto message = client.inbox.take(frozen + 30s);
    REQUIRE(message.has_value());
    CHECK(std::get<Answer>(*message).object.has_value());
  }
  CHECK(monotonic_now() - frozen >= 10s);
  CHECK(monotonic_now() - frozen < 15s);
  const MonotonicTime later = monotonic_now();
  for (int i = 0; i < 10; ++i) CHECK(client.run(get(30s)).object.has_value());
  CHECK(monotonic_now() - later < 2s);
}

TEST_CASE("a server that is slow keeps its connection, and what else is under way on it") {
  const std::string space = shared_control_plane().make_namespace().value();
  Detour detour;
  Client client(detour.access());
  REQUIRE(client.run(client.make_apply(space, "a", Value::map())).object.has_value());
  detour.proxy.begin_plan({.drip_after = 0});  // a byte each 50ms: alive, but no answer in time
  Call call = client.make(Verb::get, k_config_maps, space, "a");
  call.timeout = 300ms;
  CHECK(kind_of(client.run(call)) == ErrorKind::api_transient);
  Call patient = client.make(Verb::get, k_config_maps, space, "a");
  client.cluster->start(patient);
  detour.proxy.begin_plan({});
  const auto message = client.inbox.take(monotonic_now() + 10s);
  REQUIRE(message.has_value());
  CHECK(std::get<Answer>(*message).object.has_value());
  CHECK_FALSE(std::get<Answer>(*message).sent_again);
}

TEST_CASE("a watch on a frozen connection is found with the silence that everybody has, within 30 s") {
  const std::string space = shared_control_plane().make_namespace().value();
  Detour detour;
  Client writer(read_access());
  Client watcher(detour.access());
  WatchedList list(*watcher.cluster, watcher.random, watcher.make(Verb::list, k_config_maps, space),
                   [&] { return ++watcher.last_id; });
  const auto follow_until = [&](const auto& done) {
    const MonotonicTime deadline = monotonic_now() + 40s;
    while (!done() && monotonic_now() < deadline) {
      auto message = watcher.inbox.take(std::min(deadline, list.wake_at().value_or(deadline)));
      if (!message) list.wake(monotonic_now());
      if (message && std::holds_alternative<Answer>(*message))
        list.take(std::get<Answer>(std::move(*message)), monotonic_now());
      if (message && std::holds_alternative<WatchEvent>(*message))
        list.take(std::get<WatchEvent>(std::move(*message)), monotonic_now());
    }
    return done();
  };
  list.start(monotonic_now());
  REQUIRE(follow_until([&] { return list.synced(); }));
  REQUIRE(writer.run(writer.make_apply(space, "a", Value::map())).object.has_value());
  REQUIRE(follow_until([&] { return list.size() == 1; }));
  // A watch that had just ended by itself is opened anew beside the frozen connection: then the next one is frozen.
  Duration took{};
  for (std::size_t objects = 2; objects < 5 && took <= 1s; ++objects) {
    detour.proxy.freeze_open();
    const MonotonicTime frozen = monotonic_now();
    REQUIRE(writer.run(writer.make_apply(space, "b" + std::to_string(objects), Value::map())).object.has_value());
    REQUIRE(follow_until([&] { return list.size() == objects; }));
    took = monotonic_now() - frozen;
  }
  CHECK(took > 1s);  // it was frozen indeed
  CHECK(took <= 30s);
}

TEST_CASE("a watched list reads a kind in pages, and goes on quietly when a watch has lasted its time") {
  const std::string space = shared_control_plane().make_namespace().value();
  Client client(read_access());
  for (int i = 0; i < 7; ++i) client.cluster->start(client.make_apply(space, "m" + std::to_string(i), Value::map()));
  for (int i = 0; i < 7; ++i) REQUIRE(std::get<Answer>(*client.inbox.take(monotonic_now() + 20s)).object.has_value());
  const std::uint64_t lists = count_requests("LIST", "configmaps");
  Call what = client.make(Verb::list, k_config_maps, space);
  what.representation = Representation::metadata;
  what.field_selector = "metadata.name!=kube-root-ca.crt";
  WatchedList::Options options;
  options.page_size = 3;
  options.silence = 8s;  // the server ends each watch after six
  WatchedList list(*client.cluster, client.random, what, [&] { return ++client.last_id; }, options);
  const MonotonicTime begun = monotonic_now();
  list.start(begun);
  std::size_t added = 0;
  int ends = 0;
  while (monotonic_now() - begun < 14s) {
    auto message = client.inbox.take(begun + 14s);
    if (!message) break;
    if (std::holds_alternative<WatchEvent>(*message)) {
      list.take(std::get<WatchEvent>(std::move(*message)), monotonic_now());
    } else {
      ends += list.synced() ? 1 : 0;
      added += list.take(std::get<Answer>(std::move(*message)), monotonic_now()).size();
    }
    CHECK_FALSE(list.error().has_value());
  }
  CHECK(added == 7);
  CHECK(list.size() == 7);
  CHECK(ends == 2);
  CHECK(count_requests("LIST", "configmaps") - lists == 3);
}

TEST_CASE("calls outlive a short outage of the server, and end in time when it is long") {
  auto plane = ControlPlane::start();
  REQUIRE_MESSAGE(plane.has_value(), format_error(plane.error()));
  ControlPlane& server = **plane;
  const std::string space = server.make_namespace().value();
  Client client(read_access(server.kubeconfig()));
  REQUIRE(client.run(client.make_apply(space, "a", Value::map())).object.has_value());
  server.api_server().kill();
  for (int i = 0; i < 100; ++i) client.cluster->start(client.make_apply(space, "m" + std::to_string(i), Value::map()));
  CHECK(server.restart_api_server().has_value());
  int applied = 0;
  for (int i = 0; i < 100; ++i)
    applied += std::get<Answer>(*client.inbox.take(monotonic_now() + 40s)).object.has_value() ? 1 : 0;
  CHECK(applied == 100);

  server.api_server().signal(SIGSTOP);
  Call call = client.make(Verb::get, k_config_maps, space, "a");
  call.timeout = 500ms;
  const MonotonicTime begun = monotonic_now();
  CHECK(kind_of(client.run(call)) == ErrorKind::api_transient);
  CHECK(monotonic_now() - begun < 3s);
  server.api_server().signal(SIGCONT);
  CHECK(client.run(client.make(Verb::get, k_config_maps, space, "a")).object.has_value());
}
