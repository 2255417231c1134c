// Functions that choose between values, and those that stop a render.
#include "renderers/helm/functions/emptiness.h"
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/values/warning.h"

#include <algorithm>
#include <array>

namespace reconciled::helm {
namespace {

using enum GoParameter;

Result<GoValue> call_default(FunctionCall& call) {
  return call.arguments.size() > 1 && !is_empty(call.arguments[1]) ? call.arguments[1] : call.arguments[0];
}

Result<GoValue> call_empty(FunctionCall& call) {
  return GoValue::boolean(is_empty(call.arguments[0]));
}

Result<GoValue> call_coalesce(FunctionCall& call) {
  const auto* found = std::find_if_not(call.arguments.data(), call.arguments.data() + call.arguments.size(), &is_empty);
  return found == call.arguments.data() + call.arguments.size() ? GoValue::nil() : *found;
}

Result<GoValue> call_all(FunctionCall& call) {
  return GoValue::boolean(std::none_of(call.arguments.begin(), call.arguments.end(), &is_empty));
}

Result<GoValue> call_any(FunctionCall& call) {
  return GoValue::boolean(!std::all_of(call.arguments.begin(), call.arguments.end(), &is_empty));
}

Result<GoValue> call_ternary(FunctionCall& call) {
  return call.arguments[2].as_bool() ? call.arguments[0] : call.arguments[1];
}

Result<GoValue> call_fail(FunctionCall& call) {
  return panic(as_warning(call.arguments[0].as_text()));
}

/// Only nil and "" are missing; 0, false and {} are not.
Result<GoValue> call_required(FunctionCall& call) {
  const GoValue value = call.arguments[1];
  const bool missing = value.is_nil() || (value.is_string() && value.as_text().empty());
  if (missing) return panic(as_warning(call.arguments[0].as_text()));
  return value;
}

constexpr std::array k_functions{
    GoFunction{"all", k_takes<any>, k_variadic, &call_all},
    GoFunction{"any", k_takes<any>, k_variadic, &call_any},
    GoFunction{"coalesce", k_takes<any>, k_variadic, &call_coalesce},
    GoFunction{"default", k_takes<any, any>, k_variadic, &call_default},
    GoFunction{"empty", k_takes<any>, k_fixed, &call_empty},
    GoFunction{"fail", k_takes<string>, k_fixed, &call_fail},
    GoFunction{"required", k_takes<string, any>, k_fixed, &call_required},
    GoFunction{"ternary", k_takes<any, any, boolean>, k_fixed, &call_ternary},
};

}  // namespace

std::span<const GoFunction> default_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
