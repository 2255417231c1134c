// The expressions in a text that Flux substitutes, taken apart.
#pragma once

#include "base/budget.h"
#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::substitution {

struct FluxExpression;

/// A text, or an expression where there is one.
struct FluxPiece {
  std::string text;
  std::unique_ptr<FluxExpression> expression;
};

struct FluxExpression {
  std::string variable;
  std::string function;  ///< see apply_flux_function
  std::vector<FluxPiece> arguments;
};

/// Nested at most as deep as the budget allows; the texts are charged to it.
Result<std::vector<FluxPiece>> parse_flux_text(std::string_view text, Budget& budget);

}  // namespace reconciled::substitution
