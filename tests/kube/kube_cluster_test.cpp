// The adapter against a server that does as the test says.
#include "base/json.h"
#include "tests/kube/support/kube_client.h"
#include "tests/kube/support/scripted_server.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <atomic>

using namespace reconciled;
using namespace std::chrono_literals;

namespace {

std::string gzip(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

TEST_CASE("a request carries token, agent and identity, and the answer its object and warnings") {
  ScriptedServer server([](const ScriptedRequest&) {
    ScriptedReply reply = json_reply(201, k_object);
    reply.headers.emplace_back("Warning", R"(299 - "unknown field \"spec.x\"")");
    reply.headers.emplace_back("Warning", R"(299 - "deprecated")");
    return reply;
  });
  Client client(access_to(server.url()));
  Call call = client.make(Verb::apply);
  call.field_manager = "m";
  call.scope.identity = {"system:serviceaccount:shop:deployer", {"g1", "g2"}};
  const Answer answer = client.run(call);
  REQUIRE(answer.object.has_value());
  CHECK(answer.http_status == 201);
  CHECK_FALSE(answer.sent_again);
  CHECK(answer.warnings == std::vector<std::string>{"unknown field \"spec.x\"", "deprecated"});
  const auto requests = server.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "PATCH");
  CHECK(requests[0].target == "/api/v1/namespaces/n/configmaps/a?fieldManager=m&force=false&fieldValidation=Warn");
  CHECK(requests[0].body == R"({"kind":"ConfigMap"})");
  CHECK(requests[0].header("authorization") == "Bearer t0ken-1");
  CHECK(requests[0].header("user-agent") == "reconciled");
  CHECK(requests[0].header("content-type") == "application/apply-patch+yaml");
  CHECK(requests[0].header("impersonate-user") == "system:serviceaccount:shop:deployer");
  CHECK(requests[0].all("impersonate-group") == std::vector<std::string>{"g1", "g2"});
}

TEST_CASE("an answer that belongs to another request, as its Audit-Id says, is not believed: the call is sent again") {
  int asked = 0;
  ScriptedServer server([&](const ScriptedRequest& request) {
    ScriptedReply reply = json_reply(200, k_object);
    reply.headers.emplace_back("Audit-Id", ++asked == 1 ? "of-another" : request.header("audit-id"));
    return reply;
  });
  Client client(access_to(server.url()), quick_options());
  const Answer answer = client.run(Verb::get);
  CHECK(answer.object.has_value());
  CHECK(answer.sent_again);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(!requests[0].header("audit-id").empty());
  CHECK(requests[0].header("audit-id").size() <= 64);
  CHECK(requests[0].header("audit-id") != requests[1].header("audit-id"));
}

TEST_CASE("the kubeconfig's own impersonation is used where a call names none") {
  ScriptedServer server([](const ScriptedRequest&) { return json_reply(200, k_object); });
  ClusterAccess access = access_to(server.url());
  access.identity = {"bob", {}};
  Client client(std::move(access));
  CHECK(client.run(Verb::get).object.has_value());
  Call call = client.make(Verb::get);
  call.scope.identity.user = "eve";
  CHECK(client.run(call).object.has_value());
  CHECK(server.requests()[0].header("impersonate-user") == "bob");
  CHECK(server.requests()[1].header("impersonate-user") == "eve");
}

TEST_CASE("every method has its verb, and handles that are used again carry nothing over") {
  ScriptedServer server([](const ScriptedRequest&) { return json_reply(200, k_object); });
  Client client(access_to(server.url()));
  for (const Verb verb : {Verb::apply, Verb::get, Verb::remove, Verb::create, Verb::get, Verb::merge_patch})
    CHECK(client.run(verb).object.has_value());
  const auto requests = server.requests();
  REQUIRE(requests.size() == 6);
  CHECK(requests[1].method == "GET");
  CHECK(requests[1].body.empty());
  CHECK(requests[1].header("content-type").empty());
  CHECK(requests[2].method == "DELETE");
  CHECK(requests[2].body.find("preconditions") != std::string::npos);
  CHECK(requests[3].method == "POST");
  CHECK(requests[4].body.empty());
  CHECK(requests[5].header("content-type") == "application/merge-patch+json");
}

TEST_CASE("refusals come back as kinds with the server's words and are not repeated") {
  for (const auto& [code, kind] : std::vector<std::pair<int, ErrorKind>>{{400, ErrorKind::api_rejected},
                                                                         {401, ErrorKind::api_auth},
                                                                         {403, ErrorKind::api_auth},
                                                                         {404, ErrorKind::api_missing},
                                                                         {409, ErrorKind::api_conflict},
                                                                         {410, ErrorKind::api_gone},
                                                                         {422, ErrorKind::api_rejected},
                                                                         {501, ErrorKind::api_transient}}) {
    CAPTURE(code);
    ScriptedServer server(
        [status = code](const ScriptedRequest&) { return status_reply(status, "Reason", "the server's words"); });
    Client client(access_to(server.url()));
    const Answer answer = client.run(Verb::get);
    CHECK(kind_of(answer) == kind);
    CHECK(answer.http_status == code);
    CHECK(answer.object.error().message == "the server's words");
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("a server that is busy or failing is asked again, and only so often") {
  for (const int code : {429, 500, 502, 503, 504}) {
    CAPTURE(code);
    std::atomic<int> asked = 0;
    ScriptedServer server([&](const ScriptedRequest&) {
      return ++asked < 3 ? status_reply(code, "R", "later") : json_reply(200, k_object);
    });
    Client client(access_to(server.url()));
    const Answer answer = client.run(Verb::apply);
    CHECK(answer.object.has_value());
    CHECK(answer.sent_again == (code != 429));
    CHECK(asked == 3);
  }
  std::atomic<int> asked = 0;
  int code = 503;
  ScriptedServer server([&](const ScriptedRequest&) { return ++asked, status_reply(code, "R", "always"); });
  Client client(access_to(server.url()));
  CHECK(kind_of(client.run(Verb::get)) == ErrorKind::api_transient);
  CHECK(asked == quick_options().retry.max_attempts);
  asked = 0;
  code = 500;
  CHECK(kind_of(client.run(Verb::get)) == ErrorKind::api_transient);
  CHECK(asked == 3);
}

TEST_CASE("Retry-After is honoured, and a longer one than the call has time ends it at once") {
  std::atomic<int> asked = 0;
  std::string after = "1";
  ScriptedServer server([&](const ScriptedRequest&) {
    if (++asked % 2 == 0) return json_reply(200, k_object);
    ScriptedReply reply = status_reply(429, "TooManyRequests", "slow down");
    reply.headers.emplace_back("Retry-After", after);
    return reply;
  });
  Client client(access_to(server.url()));
  const MonotonicTime begun = monotonic_now();
  CHECK(client.run(Verb::get).object.has_value());
  CHECK(monotonic_now() - begun >= 1s);
  after = "60";
  const Answer answer = client.run(Verb::get);
  CHECK(kind_of(answer) == ErrorKind::api_transient);
  CHECK(answer.object.error().message == "slow down");
}

TEST_CASE("a cut answer is asked for again, but what creates is not") {
  std::atomic<int> asked = 0;
  ScriptedServer server([&](const ScriptedRequest&) {
    ScriptedReply reply = json_reply(200, k_object);
    reply.cut = ++asked == 1;
    return reply;
  });
  Client client(access_to(server.url()));
  const Answer again = client.run(Verb::apply);
  CHECK(again.object.has_value());
  CHECK(again.sent_again);
  CHECK(asked == 2);
  asked = 0;
  CHECK(kind_of(client.run(Verb::create)) == ErrorKind::api_transient);
  CHECK(asked == 1);
}

TEST_CASE("a connection that is closed without an answer, and JSON that is none, are passing errors") {
  std::atomic<int> asked = 0;
  ScriptedServer server([&](const ScriptedRequest&) {
    if (++asked == 1) {
      ScriptedReply reply;
      reply.hang_up = true;
      return reply;
    }
    return asked == 2   ? json_reply(200, "{\"kind\":\"Conf")
           : asked == 3 ? json_reply(200, "[]")
                        : json_reply(200, k_object);
  });
  Client client(access_to(server.url()));
  CHECK(client.run(Verb::get).object.has_value());
  CHECK(asked >= 4);
}

TEST_CASE("a slow server costs a call its time and no more") {
  ScriptedServer server([&](const ScriptedRequest&) {
    ScriptedReply reply = json_reply(200, k_object);
    reply.pause = 10s;
    return reply;
  });
  Client client(access_to(server.url()));
  const MonotonicTime begun = monotonic_now();
  const Answer answer = client.run(Verb::get, 300ms);
  CHECK(kind_of(answer) == ErrorKind::api_transient);
  CHECK(monotonic_now() - begun < 5s);
}

TEST_CASE("a server that is not there is a passing error that says so, also for what creates") {
  Client client(access_to(closed_port_url()));
  for (const Verb verb : {Verb::get, Verb::create}) {
    const Answer answer = client.run(verb, 200ms);
    CHECK(kind_of(answer) == ErrorKind::api_transient);
    CHECK(answer.object.error().message.starts_with("the API server cannot be reached"));
  }
}

TEST_CASE("while a server is away one request looks for it, and all others wait for that one") {
  const std::string url = closed_port_url();
  KubeOptions options = quick_options();
  options.pace.window = 4;
  Client client(access_to(url), std::move(options));
  for (int i = 0; i < 40; ++i) client.cluster->start(client.make(Verb::get, 250ms));
  const MonotonicTime begun = monotonic_now();
  for (int i = 0; i < 40; ++i) CHECK(kind_of(std::get<Answer>(client.next())) == ErrorKind::api_transient);
  CHECK(monotonic_now() - begun < 3s);  // not ten rounds of the window one after another
}

TEST_CASE("redirects are never followed") {
  ScriptedServer other([](const ScriptedRequest&) { return json_reply(200, k_object); });
  ScriptedServer server([&](const ScriptedRequest&) {
    ScriptedReply reply;
    reply.status = 302;
    reply.headers = {{"Location", other.url() + "/login"}};
    return reply;
  });
  Client client(access_to(server.url()));
  const Answer answer = client.run(Verb::get);
  CHECK(kind_of(answer) == ErrorKind::api_rejected);
  CHECK(answer.object.error().hint.find("redirects are not followed") != std::string::npos);
  CHECK(other.requests().empty());
}

TEST_CASE("answers are bounded, also when they are inflated") {
  KubeOptions options = quick_options();
  options.limits.max_answer_bytes = 10'000;
  options.limits.max_list_bytes = 30'000;
  bool compress = false;
  ScriptedServer server([&](const ScriptedRequest& request) {
    const std::string body = R"({"kind":"X","items":[],"x":")" +
                             std::string(request.target.find("limit=") != std::string::npos ? 20'000 : 50'000, 'x') +
                             "\"}";
    ScriptedReply reply = json_reply(200, compress ? gzip(body) : body);
    if (compress) reply.headers.emplace_back("Content-Encoding", "gzip");
    return reply;
  });
  Client client(access_to(server.url()), std::move(options));
  CHECK(kind_of(client.run(Verb::get)) == ErrorKind::limit);
  CHECK(client.run(Verb::list).object.has_value());
  compress = true;
  CHECK(kind_of(client.run(Verb::get)) == ErrorKind::limit);
  const Answer list = client.run(Verb::list);
  REQUIRE(list.object.has_value());
  CHECK((*list.object)["x"].as_string().size() == 20'000);
  CHECK(server.requests()[0].header("accept-encoding") == "gzip");
}

TEST_CASE("a list reads all its pages and starts again when one expired") {
  std::atomic<int> asked = 0;
  ScriptedServer server([&](const ScriptedRequest& request) {
    const int number = ++asked;
    if (request.target.find("continue=") == std::string::npos) {
      return json_reply(
          200,
          R"({"kind":"ConfigMapList","metadata":{"resourceVersion":"7","continue":"next"},"items":[{"metadata":{"name":"a"}}]})");
    }
    if (number == 2) return status_reply(410, "Expired", "The provided continue parameter is too old");
    return json_reply(
        200, R"({"kind":"ConfigMapList","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"b"}}]})");
  });
  Client client(access_to(server.url()));
  const Answer answer = client.run(Verb::list);
  REQUIRE(answer.object.has_value());
  CHECK((*answer.object)["items"].size() == 2);
  CHECK(asked == 4);
}

TEST_CASE("conflicts of an apply are listed") {
  ScriptedServer server([](const ScriptedRequest&) {
    return json_reply(
        409,
        R"({"kind":"Status","code":409,"reason":"Conflict","message":"Apply failed with 1 conflict","details":{"causes":[
      {"reason":"FieldManagerConflict","message":"conflict with \"kubectl\" using v1","field":".data.a"}]}})");
  });
  Client client(access_to(server.url()));
  const Answer answer = client.run(Verb::apply);
  CHECK(kind_of(answer) == ErrorKind::api_conflict);
  CHECK(answer.conflicts == std::vector<std::string>{"kubectl: .data.a"});
}

TEST_CASE("no more requests are under way than the window allows, and leases do not wait for it") {
  std::atomic<bool> open = false;
  std::atomic<int> leases = 0;
  ScriptedServer server([&](const ScriptedRequest& request) {
    if (request.target.find("leases") != std::string::npos) {
      ++leases;
      return json_reply(200, k_object);
    }
    ScriptedReply reply = json_reply(200, k_object);
    if (!open) reply.pause = 150ms;
    return reply;
  });
  KubeOptions options = quick_options();
  options.pace.window = 3;
  Client client(access_to(server.url()), std::move(options));
  for (int i = 0; i < 9; ++i) client.cluster->start(client.make(Verb::get));
  Call lease = client.make(Verb::get);
  lease.type = {{"coordination.k8s.io", "v1", "Lease"}, "leases", ObjectScope::namespaced, {}};
  const CallId lease_id = lease.id;
  client.cluster->start(lease);
  CHECK(std::get<Answer>(client.next()).id == lease_id);
  for (int i = 0; i < 9; ++i) CHECK(std::get<Answer>(client.next()).object.has_value());
  CHECK(server.most_at_once() <= 4);
  CHECK(server.most_at_once() >= 3);
}

TEST_CASE("a token file that was rotated is read again after a 401, once") {
  auto token = std::make_shared<std::atomic<int>>(1);
  ScriptedServer server([&](const ScriptedRequest& request) {
    return request.header("authorization") == "Bearer token-2" ? json_reply(200, k_object)
                                                               : status_reply(401, "Unauthorized", "Unauthorized");
  });
  ClusterAccess access = access_to(server.url(), "token-1");
  access.token_file = "/token";
  KubeOptions options = quick_options();
  options.read = [token](const std::string& path) -> Result<std::optional<std::string>> {
    CHECK(path == "/token");
    return std::optional<std::string>("token-" + std::to_string(token->load()) + "\n");
  };
  Client client(std::move(access), std::move(options));
  CHECK(kind_of(client.run(Verb::get)) == ErrorKind::api_auth);
  CHECK(server.requests().size() == 1);
  *token = 2;
  CHECK(client.run(Verb::create).object.has_value());
  CHECK(server.requests().size() == 3);
}

TEST_CASE("an exec plugin gives the token, once for many calls, and again after a refusal") {
  std::string accepted = "first";
  ScriptedServer server([&](const ScriptedRequest& request) {
    return request.header("authorization") == "Bearer " + accepted ? json_reply(200, k_object)
                                                                   : status_reply(401, "Unauthorized", "Unauthorized");
  });
  ClusterAccess access = access_to(server.url(), "");
  ExecPlugin plugin;
  plugin.api_version = "client.authentication.k8s.io/v1";
  plugin.command = "/bin/sh";
  // The first run prints "first", later ones "second": the count is the length of a file that each run makes longer.
  const std::string counter = std::string(P_tmpdir) + "/reconciled-plugin-" + SystemRandom().uuid();
  plugin.arguments = {"-c",
                      "test -n \"$KUBERNETES_EXEC_INFO\" || exit 3; printf x >> \"$0\"; if test \"$(cat \"$0\")\" = x; "
                      "then t=first; else t=second; fi; "
                      "printf "
                      "'{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/"
                      "v1\",\"status\":{\"token\":\"%s\"}}' $t",
                      counter};
  plugin.environment = {{"PATH", "/usr/bin:/bin"}};
  access.exec = plugin;
  Client client(std::move(access));
  for (int i = 0; i < 5; ++i) client.cluster->start(client.make(Verb::get));
  for (int i = 0; i < 5; ++i) CHECK(std::get<Answer>(client.next()).object.has_value());
  accepted = "second";
  CHECK(client.run(Verb::get).object.has_value());
  accepted = "neither";
  CHECK(kind_of(client.run(Verb::get)) == ErrorKind::api_auth);
  std::remove(counter.c_str());
}

TEST_CASE("an exec plugin that fails fails the calls that wait for it, with its words and its hint") {
  ClusterAccess access = access_to("http://127.0.0.1:1", "");
  ExecPlugin plugin;
  plugin.api_version = "client.authentication.k8s.io/v1";
  plugin.command = "/bin/sh";
  plugin.arguments = {"-c", "echo log in first >&2; exit 4"};
  plugin.install_hint = "get it from the platform team";
  access.exec = plugin;
  Client client(std::move(access));
  const Answer answer = client.run(Verb::get);
  CHECK(kind_of(answer) == ErrorKind::api_auth);
  CHECK(answer.object.error().message == "the exec plugin /bin/sh ended with exit code 4: log in first");
  CHECK(answer.object.error().hint == "get it from the platform team");
}

TEST_CASE("a watch hands out events as they come and ends in good order") {
  ScriptedServer server([](const ScriptedRequest&) {
    ScriptedReply reply = json_reply(200, "");
    reply.chunks = {R"({"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"1"}}})"
                    "\n"
                    R"({"type":"MODI)",
                    R"(FIED","object":{"metadata":{"name":"a","resourceVersion":"2"}}})"
                    "\n",
                    R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}})"
                    "\n"};
    reply.pause = 5ms;
    return reply;
  });
  Client client(access_to(server.url()));
  Call call = client.make(Verb::watch);
  call.resource_version = "1";
  client.cluster->start(call);
  for (const WatchEvent::Kind kind :
       {WatchEvent::Kind::added, WatchEvent::Kind::modified, WatchEvent::Kind::bookmark}) {
    CHECK(std::get<WatchEvent>(client.next()).kind == kind);
  }
  const Answer end = std::get<Answer>(client.next());
  CHECK(end.object.has_value());
  CHECK(end.http_status == 200);
  CHECK(server.requests()[0].target ==
        "/api/v1/namespaces/n/configmaps?watch=true&allowWatchBookmarks=true&timeoutSeconds=4&resourceVersion=1");
}

TEST_CASE("410 ends a watch as gone, as a status and as an event") {
  bool as_event = false;
  ScriptedServer server([&](const ScriptedRequest&) {
    if (!as_event) return status_reply(410, "Expired", "too old resource version");
    ScriptedReply reply = json_reply(200, "");
    reply.chunks = {
        R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}})"
        "\n"};
    reply.hold_open = true;
    return reply;
  });
  Client client(access_to(server.url()));
  CHECK(kind_of(client.run(Verb::watch)) == ErrorKind::api_gone);
  as_event = true;
  CHECK(kind_of(client.run(Verb::watch)) == ErrorKind::api_gone);
}

TEST_CASE("a watch that is cut inside an event, or silent for too long, ends as a passing error") {
  bool silent = false;
  ScriptedServer server([&](const ScriptedRequest&) {
    ScriptedReply reply = json_reply(200, "");
    reply.chunks = {R"({"type":"ADDED","obj)"};
    reply.cut = !silent;
    reply.hold_open = silent;
    return reply;
  });
  Client client(access_to(server.url()));
  CHECK(kind_of(client.run(Verb::watch)) == ErrorKind::api_transient);
  silent = true;
  const Answer answer = client.run(Verb::watch, 150ms);
  CHECK(kind_of(answer) == ErrorKind::api_transient);
  CHECK(answer.object.error().message.starts_with("the watch was silent for"));
}

TEST_CASE("cancelled calls end in one answer each, wherever they were") {
  ScriptedServer server([](const ScriptedRequest&) {
    ScriptedReply reply = json_reply(200, k_object);
    reply.pause = 5s;
    return reply;
  });
  KubeOptions options = quick_options();
  options.pace.window = 1;
  Client client(access_to(server.url()), std::move(options));
  for (int i = 0; i < 3; ++i) client.cluster->start(client.make(Verb::get));
  client.cluster->start(client.make(Verb::watch));
  for (CallId id = 4; id >= 1; --id) client.cluster->cancel(id);
  client.cluster->cancel(1);
  client.cluster->cancel(99);
  for (int i = 0; i < 4; ++i) CHECK(kind_of(std::get<Answer>(client.next())) == ErrorKind::cancelled);
  CHECK_FALSE(client.inbox.take(monotonic_now() + 50ms).has_value());
}

TEST_CASE("calls for an unknown cluster, with a used id or without preconditions are answered, not sent") {
  ScriptedServer server([](const ScriptedRequest&) {
    ScriptedReply reply = json_reply(200, k_object);
    reply.pause = 5s;
    return reply;
  });
  Client client(access_to(server.url()));
  Call elsewhere = client.make(Verb::get);
  elsewhere.scope.cluster = "d";
  CHECK(kind_of(client.run(elsewhere)) == ErrorKind::config);
  Call remove = client.make(Verb::remove);
  remove.uid.clear();
  CHECK(kind_of(client.run(remove)) == ErrorKind::internal);
  CHECK(server.requests().empty());
  const Call first = client.make(Verb::get);
  client.cluster->start(first);
  CHECK(kind_of(client.run(first)) == ErrorKind::internal);
}

TEST_CASE("a path in front of the API belongs to every request") {
  ScriptedServer server([](const ScriptedRequest&) { return json_reply(200, k_object); });
  Client client(access_to(server.url() + "/k8s/clusters/c-1"));
  CHECK(client.run(Verb::get).object.has_value());
  CHECK(server.requests()[0].target == "/k8s/clusters/c-1/api/v1/namespaces/n/configmaps/a");
}

TEST_CASE("an adapter that ends with calls under way ends quietly") {
  ScriptedServer server([](const ScriptedRequest&) {
    ScriptedReply reply = json_reply(200, k_object);
    reply.pause = 5s;
    return reply;
  });
  Client client(access_to(server.url()));
  for (int i = 0; i < 50; ++i) client.cluster->start(client.make(i % 2 == 0 ? Verb::get : Verb::watch));
  client.cluster.reset();
  CHECK_FALSE(client.inbox.try_take().has_value());
}
