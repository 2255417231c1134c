// Everything that reaches the daemon's loop, from whichever thread.
#pragma once

#include "engine/loading.h"
#include "ports/cluster.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <variant>

namespace reconciled {

/// Pushes wait in the HTTP front.
struct PushesWait {};
struct SignalArrived {
  int number = 0;
};

struct DaemonMessage {
  std::size_t to = 0;  ///< number of the agent or lease that started the call; of no meaning for the last two
  std::variant<Answer, WatchEvent, LoadAnswer, PushesWait, SignalArrived> event;
};

/// Thread-safe. Holds at most what the windows of the adapters can answer, and the events of their watches.
class DaemonInbox {
 public:
  void put(DaemonMessage message);
  /// All that is there, once something is or the deadline has come.
  std::deque<DaemonMessage> take(MonotonicTime deadline);

 private:
  std::mutex m_mutex;
  std::condition_variable m_arrived;
  std::deque<DaemonMessage> m_messages;  // guarded by m_mutex
};

/// The Inbox of one adapter.
class NumberedInbox final : public Inbox {
 public:
  NumberedInbox(DaemonInbox& inbox, std::size_t number) : m_inbox(inbox), m_number(number) {}
  void deliver(Answer answer) override { m_inbox.put({m_number, std::move(answer)}); }
  void deliver(WatchEvent event) override { m_inbox.put({m_number, std::move(event)}); }

 private:
  DaemonInbox& m_inbox;
  std::size_t m_number;
};

}  // namespace reconciled
