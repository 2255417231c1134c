// What the process does to stay small over months.
#pragma once

#include "base/clock.h"

namespace reconciled {

/// Call before the first thread: one heap for all threads, and large blocks that go back to the system when freed.
void keep_heap_small();

/// Gives back what is not needed any more: freed heap every ten seconds, and, once the daemon has settled, the pages of
/// program and libraries that only its start needed. They are read again from their files should they be needed.
class MemoryTrim {
 public:
  explicit MemoryTrim(MonotonicTime now) : m_trimmed(now), m_started(now) {}
  void tick(MonotonicTime now);

 private:
  MonotonicTime m_trimmed;
  MonotonicTime m_started;
  bool m_settled = false;
};

}  // namespace reconciled
