#include "ports/queue_inbox.h"

#include <doctest/doctest.h>

#include <thread>

namespace reconciled {
namespace {

Answer make_answer(CallId id) {
  return Answer{.id = id,
                .object = Value(static_cast<std::int64_t>(id)),
                .discovery = nullptr,
                .warnings = {},
                .http_status = 200,
                .conflicts = {}};
}

TEST_CASE("messages come out in the order they went in") {
  QueueInbox inbox;
  inbox.deliver(make_answer(1));
  inbox.deliver(WatchEvent{.id = 2, .kind = WatchEvent::Kind::added, .object = {}});
  inbox.deliver(make_answer(3));
  CHECK(std::get<Answer>(*inbox.try_take()).id == 1);
  CHECK(std::get<WatchEvent>(*inbox.try_take()).id == 2);
  CHECK(std::get<Answer>(*inbox.take(monotonic_now())).id == 3);
  CHECK_FALSE(inbox.try_take());
}

TEST_CASE("an empty inbox answers nothing at the deadline") {
  QueueInbox inbox;
  CHECK_FALSE(inbox.take(monotonic_now()));
  CHECK_FALSE(inbox.take(monotonic_now() + std::chrono::milliseconds(5)));
}

TEST_CASE("a waiting reader is woken by another thread") {
  QueueInbox inbox;
  std::thread writer([&] {
    for (CallId id = 0; id < 1'000; ++id) inbox.deliver(make_answer(id));
  });
  CallId expected = 0;
  while (expected < 1'000) {
    const auto message = inbox.take(monotonic_now() + std::chrono::seconds(30));
    REQUIRE(message);
    CHECK(std::get<Answer>(*message).id == expected++);
  }
  writer.join();
}

/// Answers at once, after something that belongs to nobody.
class EchoCluster final : public Cluster {
 public:
  explicit EchoCluster(Inbox& inbox) : m_inbox(inbox) {}
  void start(Call call) override {
    m_inbox.deliver(make_answer(call.id + 100));
    m_inbox.deliver(WatchEvent{.id = call.id, .kind = WatchEvent::Kind::bookmark, .object = {}});
    if (call.verb == Verb::get) m_inbox.deliver(make_answer(call.id));
  }
  void cancel(CallId) override {}

 private:
  Inbox& m_inbox;
};

TEST_CASE("ask waits for the answer to its own call") {
  QueueInbox inbox;
  EchoCluster cluster(inbox);
  Call call;
  call.id = 7;
  const auto answer = ask(cluster, inbox, call);
  CHECK(answer.id == 7);
  CHECK(answer.object == Value(7));
}

TEST_CASE("ask that is never answered is a timeout of its own call") {
  QueueInbox inbox;
  EchoCluster cluster(inbox);
  Call call;
  call.id = 7;
  call.verb = Verb::remove;
  call.timeout = std::chrono::seconds(-30);  // so that the deadline, with its margin, is now
  const auto answer = ask(cluster, inbox, call);
  CHECK(answer.id == 7);
  REQUIRE_FALSE(answer.object);
  CHECK(answer.object.error().kind == ErrorKind::timeout);
}

}  // namespace
}  // namespace reconciled
