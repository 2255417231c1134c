#include "daemon/inbox.h"

#include <utility>

namespace reconciled {

void DaemonInbox::put(DaemonMessage message) {
  const std::lock_guard lock(m_mutex);
  m_messages.push_back(std::move(message));
  if (m_messages.size() == 1) m_arrived.notify_one();
}

std::deque<DaemonMessage> DaemonInbox::take(MonotonicTime deadline) {
  std::unique_lock lock(m_mutex);
  m_arrived.wait_until(lock, deadline, [this] { return !m_messages.empty(); });
  return std::exchange(m_messages, {});
}

}  // namespace reconciled
