// The order of stacks: after what their layers and their dependsOn say.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "stacks/stack.h"

#include <set>
#include <string>

namespace reconciled {

/// Checks every dependsOn, moves stacks that break a rule (unknown, themselves, a later layer, a cycle) to `broken`,
/// sorts the rest and fills `before`. A dependency on a stack that exists and is not in this environment is dropped
/// with a warning where its own stack.yaml excludes the environment, silently where the environment lacks its layer.
/// `known` are all stack folders of the repository.
Status order_stacks(const Repository& repository, const std::set<std::string>& known, StackGraph& graph,
                    Budget& budget);

}  // namespace reconciled
