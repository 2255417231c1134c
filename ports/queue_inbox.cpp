#include "ports/queue_inbox.h"

namespace reconciled {

void QueueInbox::put(Message message) {
  {
    const std::lock_guard lock(m_mutex);
    m_messages.push_back(std::move(message));
  }
  m_arrived.notify_one();
}

std::optional<Message> QueueInbox::take(MonotonicTime deadline) {
  std::unique_lock lock(m_mutex);
  if (!m_arrived.wait_until(lock, deadline, [this] { return !m_messages.empty(); })) return std::nullopt;
  std::optional<Message> message(std::move(m_messages.front()));
  m_messages.pop_front();
  return message;
}

std::optional<Message> QueueInbox::try_take() {
  const std::lock_guard lock(m_mutex);
  if (m_messages.empty()) return std::nullopt;
  std::optional<Message> message(std::move(m_messages.front()));
  m_messages.pop_front();
  return message;
}

Answer ask(Cluster& cluster, QueueInbox& inbox, Call call) {
  const CallId id = call.id;
  // The adapter ends every call at its timeout; the margin is for its own bookkeeping.
  const MonotonicTime deadline = monotonic_now() + call.timeout + std::chrono::seconds(30);
  cluster.start(std::move(call));
  while (auto message = inbox.take(deadline)) {
    if (auto* answer = std::get_if<Answer>(&*message); answer != nullptr && answer->id == id) return std::move(*answer);
  }
  return Answer{.id = id,
                .object = fail(ErrorKind::timeout, "the API server did not answer in time"),
                .discovery = nullptr,
                .warnings = {},
                .http_status = 0,
                .conflicts = {}};
}

}  // namespace reconciled
