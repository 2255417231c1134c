// Random templates over the values that make_template_values gives.
#pragma once

#include "tests/parity/generator.h"

#include <string>

namespace reconciled::parity {

std::string make_template(Dice& dice);           ///< statements of every kind
std::string make_function_template(Dice& dice);  ///< one call
std::string make_printf_template(Dice& dice);
std::string make_semver_template(Dice& dice);

}  // namespace reconciled::parity
