#include "daemon/http/board.h"

namespace reconciled {

void Board::publish(std::shared_ptr<const DaemonView> view) {
  const std::scoped_lock lock(m_mutex);
  m_view.swap(view);  // the old one ends after the lock
}

std::shared_ptr<const DaemonView> Board::view() const {
  const std::scoped_lock lock(m_mutex);
  return m_view;
}

Trust trust_of(const Board& board, MonotonicTime now) {
  if (board.view() == nullptr) return Trust::none;
  return now - board.last_beat() > k_stalled_after ? Trust::stalled : Trust::current;
}

}  // namespace reconciled
