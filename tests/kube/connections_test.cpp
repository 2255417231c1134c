// Connections that die without a farewell.
#include "ports/watched_list.h"
#include "tests/kube/support/kube_client.h"
#include "tests/kube/support/scripted_server.h"
#include "tests/support/tcp_proxy.h"

#include <doctest/doctest.h>

#include <atomic>

using namespace reconciled;
using namespace std::chrono_literals;

namespace {

std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

std::string url_of(const TcpProxy& proxy) {
  return "http://127.0.0.1:" + std::to_string(proxy.port());
}

}  // namespace

TEST_CASE("a watch on a frozen connection is begun again after its silence, and goes on where it was") {
  std::atomic<int> watches = 0;
  ScriptedServer server([&](const ScriptedRequest& request) {
    if (request.target.find("watch=true") == std::string::npos) {
      return json_reply(200, R"({"kind":"ConfigMapList","metadata":{"resourceVersion":"5"},"items":[]})");
    }
    const bool first = ++watches == 1;
    ScriptedReply reply = json_reply(200, "");
    reply.chunks = {first ? R"({"type":"ADDED","object":{"metadata":{"name":"a","uid":"1","resourceVersion":"6"}}})"
                            "\n"
                          : R"({"type":"ADDED","object":{"metadata":{"name":"b","uid":"2","resourceVersion":"7"}}})"
                            "\n"};
    reply.hold_open = true;
    return reply;
  });
  TcpProxy proxy(port_of(server.url()));
  Client client(access_to(url_of(proxy)));
  WatchedList::Options options;
  options.silence = 1s;
  options.first_pause = 20ms;
  WatchedList list(*client.cluster, client.random, client.make(Verb::list), [&] { return ++client.last_id; }, options);
  list.start(monotonic_now());
  const auto follow_until = [&](std::size_t size) {
    const MonotonicTime deadline = monotonic_now() + 10s;
    while (list.size() != size && monotonic_now() < deadline) {
      auto message = client.inbox.take(std::min(deadline, list.wake_at().value_or(deadline)));
      const MonotonicTime now = monotonic_now();
      if (!message) list.wake(now);
      if (message && std::holds_alternative<Answer>(*message)) list.take(std::get<Answer>(std::move(*message)), now);
      if (message && std::holds_alternative<WatchEvent>(*message))
        list.take(std::get<WatchEvent>(std::move(*message)), now);
    }
    return list.size() == size;
  };
  REQUIRE(follow_until(1));
  proxy.freeze_open();
  const MonotonicTime frozen = monotonic_now();
  CHECK(follow_until(2));
  CHECK(monotonic_now() - frozen >= 500ms);
  CHECK(monotonic_now() - frozen < 4s);
  const auto requests = server.requests();
  CHECK(requests.back().target.find("resourceVersion=6") != std::string::npos);
  CHECK(requests.back().target.find("timeoutSeconds=1") != std::string::npos);
}

TEST_CASE("a watch that nobody set up otherwise is found frozen within 30 s") {
  CHECK(WatchedList::Options().silence <= 30s - 5s);
}

TEST_CASE("a frozen request connection costs the call on it one attempt, and later calls nothing") {
  ScriptedServer server([](const ScriptedRequest&) { return json_reply(200, k_object); });
  TcpProxy proxy(port_of(server.url()));
  Client client(access_to(url_of(proxy)));
  REQUIRE(client.run(Verb::get).object.has_value());
  proxy.freeze_open();
  const MonotonicTime frozen = monotonic_now();
  const Answer answer = client.run(Verb::apply, 1500ms);
  CHECK(answer.object.has_value());
  CHECK(answer.sent_again);
  CHECK(monotonic_now() - frozen >= 900ms);
  const MonotonicTime later = monotonic_now();
  for (int i = 0; i < 5; ++i) CHECK(client.run(Verb::get).object.has_value());
  CHECK(monotonic_now() - later < 500ms);
}
