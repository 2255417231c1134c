// How long an intent in the inventory keeps other writers away: command lines and daemon exclude each other by it.
#pragma once

#include "base/clock.h"

namespace reconciled {

/// Writes of a stack's run may start for so long after the write of its intent was begun; a run that takes longer
/// writes its intent again, with a higher epoch.
constexpr Duration k_intent_life = std::chrono::seconds(10);

/// An intent that did not change for so long, from when it was first seen, is of a writer that is gone: its life by a
/// clock that is slower by a third, and the time that a request may linger on its way.
constexpr Duration k_intent_patience = std::chrono::seconds(30);

}  // namespace reconciled
