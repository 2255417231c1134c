// Arithmetic of float64: exact in decimals for the functions that end in f.
#include "base/go_float.h"
#include "renderers/helm/functions/cast.h"
#include "renderers/helm/functions/decimal.h"
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/signature.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <string>

namespace reconciled::helm {
namespace {

using enum GoParameter;

Result<Decimal> to_decimal(GoValue value) {
  const double number = to_float64(value);
  if (!std::isfinite(number)) return panic("Cannot create a Decimal from " + format_go_float(number, 'g', -1));
  return Decimal(number);
}

using Operation = Result<Decimal> (Decimal::*)(const Decimal&, Budget&) const;

Result<GoValue> compute(FunctionCall& call, GoValue first, std::span<const GoValue> others, Operation operation) {
  TRY_ASSIGN(Decimal result, to_decimal(first));
  for (const GoValue& other : others) {
    TRY_ASSIGN(const Decimal operand, to_decimal(other));
    if (operation == &Decimal::divided_by && operand.is_zero()) return panic("decimal division by 0");
    TRY_ASSIGN(result, (result.*operation)(operand, call.arena().budget()));
  }
  return GoValue::number(result.to_double());
}

Result<GoValue> call_addf(FunctionCall& call) {
  return compute(call, GoValue::number(0), call.arguments, &Decimal::plus);
}

Result<GoValue> call_add1f(FunctionCall& call) {
  const GoValue one = GoValue::integer(1);
  return compute(call, call.arguments[0], {&one, 1}, &Decimal::plus);
}

Result<GoValue> call_subf(FunctionCall& call) {
  return compute(call, call.arguments[0], call.arguments.subspan(1), &Decimal::minus);
}

Result<GoValue> call_mulf(FunctionCall& call) {
  return compute(call, call.arguments[0], call.arguments.subspan(1), &Decimal::times);
}

Result<GoValue> call_divf(FunctionCall& call) {
  return compute(call, call.arguments[0], call.arguments.subspan(1), &Decimal::divided_by);
}

/// As Go's math.Max: NaN wins over all but infinity, and 0 over -0.
double maximum(double left, double right) {
  if (left == INFINITY || right == INFINITY) return INFINITY;
  if (std::isnan(left) || std::isnan(right)) return NAN;
  if (left == 0 && right == 0) return std::signbit(left) ? right : left;
  return left > right ? left : right;
}

double minimum(double left, double right) {
  return -maximum(-left, -right);
}

Result<GoValue> best(FunctionCall& call, double (*choose)(double, double)) {
  double found = to_float64(call.arguments[0]);
  for (const GoValue& value : call.arguments.subspan(1)) found = choose(found, to_float64(value));
  return GoValue::number(found);
}

Result<GoValue> call_maxf(FunctionCall& call) {
  return best(call, &maximum);
}

Result<GoValue> call_minf(FunctionCall& call) {
  return best(call, &minimum);
}

Result<GoValue> call_ceil(FunctionCall& call) {
  return GoValue::number(std::ceil(to_float64(call.arguments[0])));
}

Result<GoValue> call_floor(FunctionCall& call) {
  return GoValue::number(std::floor(to_float64(call.arguments[0])));
}

Result<GoValue> call_float64(FunctionCall& call) {
  return GoValue::number(to_float64(call.arguments[0]));
}

/// 10^exponent by squaring, with the very rounding of Go's math.Pow.
double power_of_ten(std::int64_t exponent) {
  constexpr int k_largest_exponent = 1 << 12;
  int factor_exponent = 0;
  double factor = std::frexp(10.0, &factor_exponent);
  double result = 1;
  int result_exponent = 0;
  std::uint64_t left = exponent < 0 ? 0 - static_cast<std::uint64_t>(exponent) : static_cast<std::uint64_t>(exponent);
  for (; left != 0; left >>= 1) {
    if (factor_exponent > k_largest_exponent) {
      result_exponent += factor_exponent;
      break;
    }
    if ((left & 1) != 0) {
      result *= factor;
      result_exponent += factor_exponent;
    }
    factor *= factor;
    factor_exponent *= 2;
    if (factor < 0.5) {
      factor += factor;
      --factor_exponent;
    }
  }
  if (exponent < 0) return std::ldexp(1 / result, -result_exponent);
  return std::ldexp(result, result_exponent);
}

/// To `places` digits after the point; the third argument is from which fraction on it goes up. Below zero a fraction
/// is negative, so there it always goes down.
Result<GoValue> call_round(FunctionCall& call) {
  const double threshold = call.arguments.size() > 2 ? call.arguments[2].as_double() : 0.5;
  const double power = power_of_ten(call.arguments[1].as_int());
  const double digits = power * to_float64(call.arguments[0]);
  double whole = 0;
  const double fraction = std::isfinite(digits) ? std::modf(digits, &whole) : NAN;
  return GoValue::number((fraction >= threshold ? std::ceil(digits) : std::floor(digits)) / power);
}

constexpr std::array k_functions{
    GoFunction{"add1f", k_takes<any>, k_fixed, &call_add1f},
    GoFunction{"addf", k_takes<any>, k_variadic, &call_addf},
    GoFunction{"ceil", k_takes<any>, k_fixed, &call_ceil},
    GoFunction{"divf", k_takes<any, any>, k_variadic, &call_divf},
    GoFunction{"float64", k_takes<any>, k_fixed, &call_float64},
    GoFunction{"floor", k_takes<any>, k_fixed, &call_floor},
    GoFunction{"maxf", k_takes<any, any>, k_variadic, &call_maxf},
    GoFunction{"minf", k_takes<any, any>, k_variadic, &call_minf},
    GoFunction{"mulf", k_takes<any, any>, k_variadic, &call_mulf},
    GoFunction{"round", k_takes<any, int_, float64>, k_variadic, &call_round},
    GoFunction{"subf", k_takes<any, any>, k_variadic, &call_subf},
};

}  // namespace

std::span<const GoFunction> float_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
