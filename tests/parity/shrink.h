// Makes a case that differs as small as it gets.
#pragma once

#include "tests/parity/kinds.h"

#include <functional>
#include <vector>

namespace reconciled::parity {

/// Cases that are a little smaller than this one, the smallest first.
std::vector<Case> smaller_cases(const Case& subject, helm::Arena& arena);

}  // namespace reconciled::parity
