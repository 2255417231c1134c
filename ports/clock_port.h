// Time as a port: the engine is given one of these and never reads a clock itself.
#pragma once

#include "base/clock.h"

namespace reconciled {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual MonotonicTime monotonic() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  WallTime wall() const override { return wall_now(); }
  MonotonicTime monotonic() const override { return monotonic_now(); }
};

/// A clock that moves only when told to.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start = WallTime{std::chrono::seconds(1'700'000'000)}) : m_wall(start) {}
  WallTime wall() const override { return m_wall; }
  MonotonicTime monotonic() const override { return m_monotonic; }
  void advance(Duration by) {
    m_wall += std::chrono::duration_cast<WallTime::duration>(by);
    m_monotonic += by;
  }

 private:
  WallTime m_wall;
  MonotonicTime m_monotonic{};
};

}  // namespace reconciled
