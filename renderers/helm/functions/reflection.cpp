// Functions that look at the dynamic type of a value.
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/values/deep_equal.h"

#include <array>
#include <string_view>

namespace reconciled::helm {
namespace {

using enum GoParameter;

std::string_view kind_of(GoValue value) {
  return value.is_nil() ? "invalid" : value.kind_name();
}

Result<GoValue> call_kind_is(FunctionCall& call) {
  return GoValue::boolean(call.arguments[0].as_text() == kind_of(call.arguments[1]));
}

Result<GoValue> call_kind_of(FunctionCall& call) {
  return GoValue::string(kind_of(call.arguments[0]));
}

Result<GoValue> call_type_is(FunctionCall& call) {
  return GoValue::boolean(call.arguments[0].as_text() == call.arguments[1].type_name());
}

/// Also when the value is a pointer to this type.
Result<GoValue> call_type_is_like(FunctionCall& call) {
  const std::string_view wanted = call.arguments[0].as_text();
  const std::string_view name = call.arguments[1].type_name();
  return GoValue::boolean(wanted == name || (name.starts_with('*') && wanted == name.substr(1)));
}

Result<GoValue> call_type_of(FunctionCall& call) {
  return GoValue::string(call.arguments[0].type_name());
}

Result<GoValue> call_deep_equal(FunctionCall& call) {
  TRY_ASSIGN(const bool equal, deep_equal(call.arguments[0], call.arguments[1], call.arena().budget()));
  return GoValue::boolean(equal);
}

constexpr auto& k_name_and_value = k_takes<string, any>;
constexpr std::array k_functions{
    GoFunction{"deepEqual", k_takes<any, any>, k_fixed, &call_deep_equal},
    GoFunction{"kindIs", k_name_and_value, k_fixed, &call_kind_is},
    GoFunction{"kindOf", k_takes<any>, k_fixed, &call_kind_of},
    GoFunction{"typeIs", k_name_and_value, k_fixed, &call_type_is},
    GoFunction{"typeIsLike", k_name_and_value, k_fixed, &call_type_is_like},
    GoFunction{"typeOf", k_takes<any>, k_fixed, &call_type_of},
};

}  // namespace

std::span<const GoFunction> reflection_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
