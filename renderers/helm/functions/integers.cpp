// Arithmetic of int64, which wraps around, and numbers in a row.
#include "renderers/helm/functions/cast.h"
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/go_number.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/values/format.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace reconciled::helm {
namespace {

using enum GoParameter;

GoValue int64_value(std::int64_t number) {
  return GoValue::integer(number, GoType::int64);
}
GoValue int64_value(std::uint64_t bits) {
  return int64_value(static_cast<std::int64_t>(bits));
}
std::uint64_t bits_of(GoValue value) {
  return static_cast<std::uint64_t>(to_int64(value));
}

Result<GoValue> call_add(FunctionCall& call) {
  std::uint64_t sum = 0;
  for (const GoValue& value : call.arguments) sum += bits_of(value);
  return int64_value(sum);
}

Result<GoValue> call_add1(FunctionCall& call) {
  return int64_value(bits_of(call.arguments[0]) + 1);
}

Result<GoValue> call_sub(FunctionCall& call) {
  return int64_value(bits_of(call.arguments[0]) - bits_of(call.arguments[1]));
}

Result<GoValue> call_mul(FunctionCall& call) {
  std::uint64_t product = 1;
  for (const GoValue& value : call.arguments) product *= bits_of(value);
  return int64_value(product);
}

enum class Division { quotient, remainder };

Result<GoValue> divide(FunctionCall& call, Division division) {
  const std::int64_t left = to_int64(call.arguments[0]);
  const std::int64_t right = to_int64(call.arguments[1]);
  if (right == 0) return panic("runtime error: integer divide by zero");
  if (right == -1) return int64_value(division == Division::quotient ? 0 - static_cast<std::uint64_t>(left) : 0);
  return int64_value(division == Division::quotient ? left / right : left % right);
}

Result<GoValue> call_div(FunctionCall& call) {
  return divide(call, Division::quotient);
}

Result<GoValue> call_mod(FunctionCall& call) {
  return divide(call, Division::remainder);
}

template <class Better>
Result<GoValue> best(FunctionCall& call, Better better) {
  std::int64_t found = to_int64(call.arguments[0]);
  for (const GoValue& value : call.arguments.subspan(1)) {
    const std::int64_t number = to_int64(value);
    if (better(number, found)) found = number;
  }
  return int64_value(found);
}

Result<GoValue> call_max(FunctionCall& call) {
  return best(call, std::greater<>());
}

Result<GoValue> call_min(FunctionCall& call) {
  return best(call, std::less<>());
}

/// A number out of range gives the nearest one, as the error is thrown away and the value kept.
Result<GoValue> call_atoi(FunctionCall& call) {
  const auto parsed = parse_go_int(call.arguments[0].as_text(), 10);
  return GoValue::integer(parsed ? parsed->value : 0);
}

Result<GoValue> call_int(FunctionCall& call) {
  return GoValue::integer(to_int64(call.arguments[0]));
}

Result<GoValue> call_int64(FunctionCall& call) {
  return int64_value(to_int64(call.arguments[0]));
}

/// Reads the digits as octal, as file modes are written.
Result<GoValue> call_to_decimal(FunctionCall& call) {
  TRY_ASSIGN(const std::string_view text, format_v(call.arguments[0], call.arena()));
  const auto parsed = parse_go_int(text, 8);
  return int64_value(parsed && parsed->in_range ? parsed->value : 0);
}

constexpr std::array k_functions{
    GoFunction{"add", k_takes<any>, k_variadic, &call_add},
    GoFunction{"add1", k_takes<any>, k_fixed, &call_add1},
    GoFunction{"atoi", k_takes<string>, k_fixed, &call_atoi},
    GoFunction{"biggest", k_takes<any, any>, k_variadic, &call_max},
    GoFunction{"div", k_takes<any, any>, k_fixed, &call_div},
    GoFunction{"int", k_takes<any>, k_fixed, &call_int},
    GoFunction{"int64", k_takes<any>, k_fixed, &call_int64},
    GoFunction{"max", k_takes<any, any>, k_variadic, &call_max},
    GoFunction{"min", k_takes<any, any>, k_variadic, &call_min},
    GoFunction{"mod", k_takes<any, any>, k_fixed, &call_mod},
    GoFunction{"mul", k_takes<any, any>, k_variadic, &call_mul},
    GoFunction{"sub", k_takes<any, any>, k_fixed, &call_sub},
    GoFunction{"toDecimal", k_takes<any>, k_fixed, &call_to_decimal},
};

}  // namespace

std::span<const GoFunction> integer_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
