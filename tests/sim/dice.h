// Randomness of a simulated world: every choice comes from one of these, and all of them from the seed.
#pragma once

#include "base/clock.h"
#include "ports/random.h"

#include <cstddef>

namespace reconciled::sim {

class Dice final : public Random {
 public:
  explicit Dice(std::uint64_t seed) : m_random(seed) {}
  std::uint64_t next() override { return m_random.next(); }

  /// 0 <= result < count; count > 0.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  bool permille(unsigned chance) { return next() % 1000 < chance; }
  /// A time between the two, each millisecond as likely as the next.
  Duration between(Duration from, Duration to) {
    const auto span =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(to - from).count());
    return from + std::chrono::microseconds(span == 0 ? 0 : next() % span);
  }
  template <class Items>
  auto& pick(Items& items) {
    return items[below(items.size())];
  }

 private:
  SeededRandom m_random;
};

}  // namespace reconciled::sim
