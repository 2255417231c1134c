// When calls are sent, and when they are not: the fence, the pace, waiting as told, pages.
#include "kube/token_bucket.h"
#include "sandbox/server.h"
#include "tests/kube/support/kube_client.h"
#include "tests/kube/support/scripted_server.h"
#include "tests/support/tcp_proxy.h"

#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <thread>

using namespace reconciled;
using namespace std::chrono_literals;

TEST_CASE("a call whose time to start is over is refused and not sent") {
  ScriptedServer server([](const ScriptedRequest&) { return json_reply(200, k_object); });
  Client client(access_to(server.url()));
  for (const Verb verb : {Verb::apply, Verb::create, Verb::remove, Verb::merge_patch, Verb::get, Verb::watch}) {
    Call late = client.make(verb);
    late.start_before = monotonic_now();
    const Answer answer = client.run(late);
    CHECK(kind_of(answer) == ErrorKind::refused);
    CHECK(is_late_error(answer.object.error()));
    CHECK_FALSE(answer.sent_again);
  }
  CHECK(server.requests().empty());
  Call in_time = client.make(Verb::apply);
  in_time.start_before = monotonic_now() + 1h;
  CHECK(client.run(in_time).object.has_value());
}

TEST_CASE("a call is not sent again when its time to start is over") {
  ScriptedServer server([](const ScriptedRequest&) { return status_reply(503, "ServiceUnavailable", "later"); });
  KubeOptions options = quick_options();
  options.retry.first_delay = options.retry.max_delay = 400ms;  // at least 200ms with jitter
  Client client(access_to(server.url()), std::move(options));
  Call call = client.make(Verb::apply);
  call.start_before = monotonic_now() + 150ms;
  const Answer answer = client.run(call);
  CHECK(kind_of(answer) == ErrorKind::refused);
  CHECK(answer.sent_again);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a call that waited for the window until its time to start was over is not sent") {
  ScriptedServer server([](const ScriptedRequest&) {
    ScriptedReply reply = json_reply(200, k_object);
    reply.pause = 200ms;
    return reply;
  });
  KubeOptions options = quick_options();
  options.pace.window = 1;
  Client client(access_to(server.url()), std::move(options));
  client.cluster->start(client.make(Verb::get));
  for (int i = 0; i < 2000; ++i) {  // many that end while the next one is taken out of the queue
    Call call = client.make(Verb::apply);
    call.start_before = monotonic_now() + 50ms;
    client.cluster->start(std::move(call));
  }
  CHECK(std::get<Answer>(client.next()).object.has_value());
  for (int i = 0; i < 2000; ++i) CHECK(kind_of(std::get<Answer>(client.next())) == ErrorKind::refused);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("while the server is away a call ends when its time to start is over") {
  Client client(access_to(closed_port_url()));
  const MonotonicTime begun = monotonic_now();
  Call call = client.make(Verb::apply);
  call.start_before = begun + 150ms;
  CHECK(kind_of(client.run(call)) == ErrorKind::refused);
  CHECK(monotonic_now() - begun < 2s);
}

TEST_CASE("a connection that was long in coming is not written to when the time to start is over") {
  auto server = sandbox::SandboxServer::start({});
  REQUIRE(server.has_value());
  TcpProxy proxy((*server)->port());
  proxy.begin_plan({.drip_after = 0});  // the handshake hardly moves
  ClusterAccess access =
      access_to("https://127.0.0.1:" + std::to_string(proxy.port()), (*server)->token(sandbox::SandboxUser::admin));
  access.ca_pem = (*server)->authority();
  Client client(std::move(access));
  Call call = client.make(Verb::apply);
  call.namespace_ = "default";
  call.start_before = monotonic_now() + 200ms;
  client.cluster->start(call);
  std::this_thread::sleep_for(300ms);
  proxy.begin_plan({});
  CHECK(kind_of(std::get<Answer>(client.next())) == ErrorKind::refused);
  (*server)->with_model([](sandbox::ApiModel& model) { CHECK(model.log().empty()); });
  // The connection is good: who is in time uses it.
  Call get = client.make(Verb::get);
  get.namespace_ = "default";
  CHECK(kind_of(client.run(get)) == ErrorKind::api_missing);
}

TEST_CASE("a bucket lets a burst pass, then an even flow, and debts are paid by those who come later") {
  const MonotonicTime begin{1h};
  TokenBucket bucket(10, 3);
  for (int i = 0; i < 3; ++i) {
    CHECK(bucket.wait(begin) == 0s);
    bucket.take(begin);
  }
  CHECK(bucket.wait(begin) == 100ms);
  CHECK(bucket.wait(begin + 100ms) == 0s);
  bucket.take(begin + 100ms);
  bucket.take(begin + 100ms);
  CHECK(bucket.wait(begin + 100ms) == 200ms);
  CHECK(bucket.wait(begin + 1h) == 0s);
  for (int i = 0; i < 3; ++i) bucket.take(begin + 1h);
  CHECK(bucket.wait(begin + 1h) == 100ms);  // an hour of rest is no more than one burst
  TokenBucket free(0, 0);
  for (int i = 0; i < 1000; ++i) free.take(begin);
  CHECK(free.wait(begin) == 0s);
  TokenBucket least(1, 0);
  CHECK(least.wait(begin) == 0s);
  least.take(begin);
  CHECK(least.wait(begin) == 1s);
}

TEST_CASE("no more requests a second are sent than allowed, but leases and watches are") {
  ScriptedServer server([](const ScriptedRequest&) { return json_reply(200, k_object); });
  KubeOptions options = quick_options();
  options.pace.per_second = 20;
  options.pace.burst = 2;
  Client client(access_to(server.url()), std::move(options));
  const MonotonicTime begun = monotonic_now();
  std::set<CallId> calls;
  for (int i = 0; i < 8; ++i) {
    Call call = client.make(Verb::get);
    calls.insert(call.id);
    client.cluster->start(std::move(call));
  }
  Call lease = client.make(Verb::get);
  lease.type = k_leases;
  client.cluster->start(lease);
  std::vector<CallId> order;
  for (int i = 0; i < 9; ++i) order.push_back(std::get<Answer>(client.next()).id);
  CHECK(monotonic_now() - begun >= 300ms);
  CHECK(monotonic_now() - begun < 3s);
  CHECK(order.back() != lease.id);
  CHECK(calls.contains(order.back()));
}

TEST_CASE("clusters have windows of their own and one for all together, which they share fairly") {
  ScriptedServer server([](const ScriptedRequest&) {
    ScriptedReply reply = json_reply(200, k_object);
    reply.pause = 30ms;
    return reply;
  });
  std::map<std::string, ClusterAccess> clusters;
  clusters.emplace("a", access_to(server.url()));
  clusters.emplace("b", access_to(server.url()));
  KubeOptions options = quick_options();
  options.pace.window = 30;
  options.paces["b"].window = 2;
  options.parallel_requests = 4;
  Client client(std::move(clusters), std::move(options));
  for (int i = 0; i < 40; ++i) {
    Call call = client.make(Verb::get);
    call.scope.cluster = i < 30 ? "a" : "b";
    client.cluster->start(std::move(call));
  }
  int last_of_b = 0;
  for (int i = 0; i < 40; ++i) {
    const Answer answer = std::get<Answer>(client.next());
    CHECK(answer.object.has_value());
    if (answer.id > 30) last_of_b = i;
  }
  CHECK(server.most_at_once() == 4);
  CHECK(last_of_b < 36);  // not after all of "a"
}

TEST_CASE("a call that is told to wait lets others pass") {
  std::atomic<int> asked = 0;
  ScriptedServer server([&](const ScriptedRequest& request) {
    if (request.target.find("/slow") == std::string::npos) return json_reply(200, k_object);
    if (++asked > 1) return json_reply(200, R"({"kind":"ConfigMap","metadata":{"name":"slow","namespace":"n"}})");
    ScriptedReply reply = status_reply(429, "TooManyRequests", "slow down");
    reply.headers.emplace_back("Retry-After", "1");
    return reply;
  });
  KubeOptions options = quick_options();
  options.pace.window = 1;
  Client client(access_to(server.url()), std::move(options));
  Call slow = client.make(Verb::get);
  slow.name = "slow";
  const MonotonicTime begun = monotonic_now();
  client.cluster->start(slow);
  for (int i = 0; i < 5; ++i) client.cluster->start(client.make(Verb::get));
  for (int i = 0; i < 5; ++i) CHECK(std::get<Answer>(client.next()).id != slow.id);
  CHECK(monotonic_now() - begun < 900ms);
  const Answer last = std::get<Answer>(client.next());
  CHECK(last.id == slow.id);
  CHECK(last.object.has_value());
  CHECK(monotonic_now() - begun >= 1s);
}

TEST_CASE("a server that tells everybody to wait is not asked by ever more calls") {
  ScriptedServer server([&](const ScriptedRequest&) {
    ScriptedReply reply = status_reply(429, "TooManyRequests", "slow down");
    reply.headers.emplace_back("Retry-After", "2");
    return reply;
  });
  KubeOptions options = quick_options();
  options.pace.window = 3;
  Client client(access_to(server.url()), std::move(options));
  for (int i = 0; i < 50; ++i) client.cluster->start(client.make(Verb::get));
  CHECK_FALSE(client.inbox.take(monotonic_now() + 300ms).has_value());
  CHECK(server.requests().size() == 6);
}

TEST_CASE("a list with a limit is one page with the token of the next, and a page that expired is gone") {
  ScriptedServer server([](const ScriptedRequest& request) {
    if (request.target.find("continue=old") != std::string::npos) {
      return status_reply(410, "Expired", "The provided continue parameter is too old");
    }
    if (request.target.find("continue=") == std::string::npos) {
      return json_reply(
          200,
          R"({"kind":"ConfigMapList","metadata":{"resourceVersion":"7","continue":"next/1"},"items":[{"metadata":{"name":"a"}}]})");
    }
    return json_reply(
        200, R"({"kind":"ConfigMapList","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"b"}}]})");
  });
  Client client(access_to(server.url()));
  Call list = client.make(Verb::list);
  list.limit = 1;
  const Answer first = client.run(list);
  REQUIRE(first.object.has_value());
  CHECK((*first.object)["items"].size() == 1);
  CHECK(first.object->at({"metadata", "continue"}).as_string() == "next/1");
  list.id = ++client.last_id;
  list.continue_token = "next/1";
  const Answer second = client.run(list);
  REQUIRE(second.object.has_value());
  CHECK(second.object->at({"metadata", "continue"}).is_null());
  CHECK(server.requests()[1].target == "/api/v1/namespaces/n/configmaps?limit=1&continue=next%2F1");
  list.id = ++client.last_id;
  list.continue_token = "old";
  CHECK(kind_of(client.run(list)) == ErrorKind::api_gone);
  CHECK(server.requests().size() == 3);
  list.id = ++client.last_id;
  list.limit = 0;
  CHECK(kind_of(client.run(list)) == ErrorKind::internal);
}

TEST_CASE("all answers that are being received are bounded together, and the room is given back") {
  KubeOptions options = quick_options();
  options.max_buffered_bytes = 30'000;
  options.retry.max_attempts = 2;
  std::size_t size = 50'000;
  ScriptedServer server([&](const ScriptedRequest&) {
    return json_reply(200, R"({"metadata":{"name":"a","namespace":"n"},"x":")" + std::string(size, 'x') + "\"}");
  });
  Client client(access_to(server.url()), std::move(options));
  const Answer answer = client.run(Verb::get);
  CHECK(kind_of(answer) == ErrorKind::api_transient);
  CHECK(answer.object.error().message.find("all answers under way are larger than 30000 bytes") != std::string::npos);
  size = 20'000;
  for (int i = 0; i < 5; ++i) CHECK(client.run(Verb::get).object.has_value());
}
