// Random trees of kustomizations: three levels, components, generators at each.
#pragma once

#include "tests/parity/generator.h"

#include <string>

namespace reconciled::parity {

/// Files in one text: a line "=== PATH" begins one. What is built lies in app/.
std::string make_kustomizations(Dice& dice);

}  // namespace reconciled::parity
