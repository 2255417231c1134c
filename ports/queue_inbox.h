// An Inbox that a loop takes messages from, one by one.
#pragma once

#include "ports/cluster.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <variant>

namespace reconciled {

using Message = std::variant<Answer, WatchEvent>;

/// Thread-safe. Unbounded by itself: it holds at most what its adapter's window of calls can answer, and watches are
/// bounded by their reader.
class QueueInbox final : public Inbox {
 public:
  void deliver(Answer answer) override { put(std::move(answer)); }
  void deliver(WatchEvent event) override { put(std::move(event)); }
  /// The oldest message, or nullopt at the deadline.
  std::optional<Message> take(MonotonicTime deadline);
  std::optional<Message> try_take();

 private:
  void put(Message message);
  std::mutex m_mutex;
  std::condition_variable m_arrived;
  std::deque<Message> m_messages;
};

/// Starts one call and waits for its answer; for commands and tests that do one thing at a time. Messages of other
/// calls that arrive meanwhile are dropped, so there must be none.
Answer ask(Cluster& cluster, QueueInbox& inbox, Call call);

}  // namespace reconciled
