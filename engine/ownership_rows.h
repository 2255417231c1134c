// What a run writes into the inventory: the intent before its first change, the committed entries after the last.
#pragma once

#include "diff/inventory.h"
#include "diff/plan.h"
#include "engine/run.h"

#include <string>
#include <vector>

namespace reconciled {

/// Whether executing this action writes to the cluster.
bool writes(const Action& action);

/// The row as it must stand before the first change: everything owned so far and everything about to be touched.
StackInventory make_intent_row(const StackPlan& plan, const StackInventory* before, const std::string& stack_uid,
                               const std::string& writer);

/// The row after the run. An entry leaves only when its object is known to be gone or not ours any more; what may have
/// been created stays.
StackInventory make_committed_row(const StackPlan& plan, const std::vector<ActionResult>& results,
                                  const LiveState& live, const StackInventory& intent, const std::string& revision);

/// What is remembered of a live object between runs.
ActionResult::Seen see(const Value& object);

/// Whether nobody but us ever wrote the object (status aside): then a lost answer, not somebody's object, was met.
bool written_by_us_alone(const Value& object);

}  // namespace reconciled
