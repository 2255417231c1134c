// How long an intent in the inventory keeps other writers away: command lines and daemon exclude each other by it.
#pragma once

#include "base/clock.h"
#include "diff/inventory.h"

#include <map>
#include <optional>
#include <string>

namespace reconciled {

/// Writes of a stack's run may start for so long after the write of its intent was begun; a run that takes longer
/// writes its intent again, with a higher epoch.
constexpr Duration k_intent_life = std::chrono::seconds(10);

/// An intent that did not change for so long, from when it was first seen, is of a writer that is gone: its life by a
/// clock that is slower by a third, and the time that a request may linger on its way.
constexpr Duration k_intent_patience = std::chrono::seconds(30);

/// The open intents of other writers, watched for whether they still move.
class OpenIntents {
 public:
  /// "NAME is syncing it" while the row's intent, which is not empty, moved within k_intent_patience. `stack` is a
  /// StackId::key(), `now` the monotonic time.
  std::optional<std::string> find_writer(const std::string& stack, const StackInventory& row, MonotonicTime now);
  void forget(const std::string& stack) { m_seen.erase(stack); }

 private:
  struct Seen {
    std::uint64_t epoch = 0;
    MonotonicTime since{};
  };
  std::map<std::string, Seen> m_seen;
};

}  // namespace reconciled
