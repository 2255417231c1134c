#include "renderers/substitution/flux_text.h"

#include "renderers/substitution/flux_functions.h"
#include "renderers/substitution/flux_parser.h"

#include <algorithm>
#include <array>

namespace reconciled::substitution {
namespace {

/// The operators that say what counts when the variable is not defined.
bool has_fallback(std::string_view function) {
  constexpr std::array<std::string_view, 5> k_fallbacks{"=", ":=", ":-", ":+", ":?"};
  return std::ranges::find(k_fallbacks, function) != k_fallbacks.end();
}

class Evaluation {
 public:
  Evaluation(const TextVariables& variables, UndefinedVariable undefined, Budget& budget)
      : m_variables(variables), m_undefined(undefined), m_budget(budget) {}

  Result<std::string> value_of(const FluxPiece& piece) {
    return piece.expression == nullptr ? Result<std::string>(piece.text) : value_of(*piece.expression);
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): as deep as the parser went
  Result<std::string> value_of(const FluxExpression& expression) {
    std::vector<std::string> arguments;
    for (const auto& argument : expression.arguments) {
      TRY_ASSIGN(auto text, value_of(argument));
      arguments.push_back(std::move(text));
    }
    const auto found = m_variables.find(expression.variable);
    if (found == m_variables.end() && m_undefined == UndefinedVariable::error && !has_fallback(expression.function)) {
      return fail(ErrorKind::render, "variable not set (strict mode): \"" + expression.variable + '"');
    }
    const std::string_view value = found == m_variables.end() ? std::string_view() : std::string_view(found->second);
    return apply_flux_function(expression.function, value, arguments, m_budget);
  }

  const TextVariables& m_variables;
  UndefinedVariable m_undefined;
  Budget& m_budget;
};

}  // namespace

Result<std::string> fill_flux_text(std::string_view text, const TextVariables& variables, UndefinedVariable undefined,
                                   Budget& budget) {
  TRY_ASSIGN(const auto pieces, parse_flux_text(text, budget));
  Evaluation evaluation(variables, undefined, budget);
  std::string out;
  for (const auto& piece : pieces) {
    TRY_ASSIGN(const std::string value, evaluation.value_of(piece));
    if (!budget.take(value.size())) return fail(budget.error("filling in variables"));
    out += value;
  }
  return out;
}

}  // namespace reconciled::substitution
