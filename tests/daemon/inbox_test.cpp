#include "daemon/inbox.h"

#include <doctest/doctest.h>

#include <thread>

using namespace reconciled;

TEST_CASE("messages of several threads arrive whole, in the order of each") {
  DaemonInbox inbox;
  const auto send = [&inbox](std::size_t number) {
    NumberedInbox own(inbox, number);
    for (CallId id = 1; id <= 1000; ++id) {
      Answer answer;
      answer.id = id;
      own.deliver(std::move(answer));
    }
  };
  std::thread one(send, 1);
  std::thread two(send, 2);
  std::size_t taken = 0;
  CallId last[3] = {};
  while (taken < 2000) {
    for (const auto& message : inbox.take(monotonic_now() + std::chrono::seconds(10))) {
      const CallId id = std::get<Answer>(message.event).id;
      CHECK(id == last[message.to] + 1);
      last[message.to] = id;
      ++taken;
    }
  }
  one.join();
  two.join();
}

TEST_CASE("an empty inbox answers at its deadline") {
  DaemonInbox inbox;
  CHECK(inbox.take(monotonic_now()).empty());
}
