// Randomness as a port.
#pragma once

#include <cstdint>
#include <string>

namespace reconciled {

class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;
  /// A version 4 UUID in its usual form.
  std::string uuid();
};

/// The kernel's randomness.
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

/// The same numbers for the same seed, on every machine (splitmix64).
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : m_state(seed) {}
  std::uint64_t next() override;

 private:
  std::uint64_t m_state;
};

}  // namespace reconciled
