// Which deliveries were seen before: a bounded memory that forgets the oldest.
#pragma once

#include "base/clock.h"
#include "daemon/http/webhook.h"

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_set>

namespace reconciled {

class DeliveryLog {
 public:
  /// At most `capacity` keys, each for `kept_for`.
  explicit DeliveryLog(std::size_t capacity = 10'000, Duration kept_for = std::chrono::hours(1))
      : m_capacity(capacity), m_kept_for(kept_for) {}

  enum class Seen : bool { no, yes };
  /// Whether the delivery's id or its unique body came before; remembers both. One without either is always new.
  Seen note(const Delivery& delivery, MonotonicTime now);
  [[nodiscard]] std::size_t size() const { return m_order.size(); }

 private:
  struct Noted {
    std::string key;
    MonotonicTime at;
  };
  void forget(MonotonicTime now);

  std::size_t m_capacity;
  Duration m_kept_for;
  std::deque<Noted> m_order;
  std::unordered_set<std::string> m_keys;
};

}  // namespace reconciled
