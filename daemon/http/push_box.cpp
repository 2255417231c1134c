#include "daemon/http/push_box.h"

namespace reconciled {

void PushBox::put(const std::string& environment, MonotonicTime now) {
  bool was_empty = false;
  {
    const std::scoped_lock lock(m_mutex);
    was_empty = m_waiting.empty();
    m_waiting.try_emplace(environment, now);
  }
  if (was_empty && m_notify) m_notify();
}

std::vector<PushBox::Push> PushBox::take() {
  std::map<std::string, MonotonicTime> taken;
  {
    const std::scoped_lock lock(m_mutex);
    taken.swap(m_waiting);
  }
  std::vector<Push> pushes;
  for (const auto& [environment, arrived] : taken) pushes.push_back({environment, arrived});
  return pushes;
}

}  // namespace reconciled
