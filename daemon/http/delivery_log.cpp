#include "daemon/http/delivery_log.h"

namespace reconciled {

void DeliveryLog::forget(MonotonicTime now) {
  while (!m_order.empty() && (m_order.size() > m_capacity || now - m_order.front().at > m_kept_for)) {
    m_keys.erase(m_order.front().key);
    m_order.pop_front();
  }
}

DeliveryLog::Seen DeliveryLog::note(const Delivery& delivery, MonotonicTime now) {
  forget(now);
  Seen seen = Seen::no;
  for (const std::string* part : {&delivery.id, &delivery.digest}) {
    if (part->empty()) continue;
    // The first digit keeps an id from standing for a digest.
    std::string key = (part == &delivery.id ? "i" : "d") + std::string(name_of(delivery.provider)) + " " + *part;
    if (m_keys.insert(key).second)
      m_order.push_back({std::move(key), now});
    else
      seen = Seen::yes;
  }
  forget(now);
  return seen;
}

}  // namespace reconciled
