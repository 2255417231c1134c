// Random texts with Flux's expressions, and variables for them.
#pragma once

#include "renderers/helm/values/go_value.h"
#include "tests/parity/generator.h"

#include <string>

namespace reconciled::parity {

/// Mostly well-formed: every operator, nested, with pieces that look like the grammar's own.
std::string make_expressions(Dice& dice);
/// A map of texts: most of the names that make_expressions uses.
helm::GoValue make_variables(Dice& dice, helm::Arena& arena);
/// An object of lists, maps and scalars, with expressions in many of its texts and some of its keys.
helm::GoValue make_object(Dice& dice, helm::Arena& arena);

}  // namespace reconciled::parity
