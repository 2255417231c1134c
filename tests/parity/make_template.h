// Random templates over the values that make_template_values gives.
#pragma once

#include "tests/parity/generator.h"

#include <set>
#include <string>
#include <string_view>

namespace reconciled::parity {

/// Of all functions that calls are made of.
const std::set<std::string_view>& function_names();

std::string make_template(Dice& dice);           ///< statements of every kind
std::string make_function_template(Dice& dice);  ///< one call
std::string make_printf_template(Dice& dice);
std::string make_semver_template(Dice& dice);

}  // namespace reconciled::parity
