// Differences that are not ours to see, and what is sent in their place.
#pragma once

#include "diff/compare.h"
#include "stacks/stack.h"

#include <string>

namespace reconciled {

enum class Autoscaled : bool { no, yes };

/// Marks the differences that a rule of the stack hides, with the rule's text in FieldChange::ignored_by. An object
/// under the control of an autoscaler has one more rule: its replicas. An empty caBundle that somebody filled in is
/// another. Returns how many are hidden.
std::uint32_t mark_ignored(std::vector<Difference>& differences, const ObjectId& id,
                           const std::vector<IgnoreRule>& rules, Autoscaled autoscaled);

/// The body without the hidden differences: a field that somebody else owns is left out, one that is only ours is sent
/// as it is in the live object.
Value leave_to_owners(Value body, const std::vector<Difference>& differences);

}  // namespace reconciled
