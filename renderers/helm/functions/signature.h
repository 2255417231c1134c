// How a function is declared in its family's table, and gives back a text.
#pragma once

#include "renderers/helm/values/go_function.h"

#include <array>
#include <string_view>

namespace reconciled::helm {

/// `GoFunction{"trunc", k_takes<int_, string>, false, &trunc}`: the parameter types live for ever.
template <GoParameter... parameters>
inline constexpr std::array<GoParameter, sizeof...(parameters)> k_takes{parameters...};

/// The value of `GoFunction::variadic`, in words.
inline constexpr bool k_fixed = false;
inline constexpr bool k_variadic = true;

/// A text as a result, copied into the arena.
inline GoValue text_result(FunctionCall& call, std::string_view text) {
  return GoValue::string(call.arena().copy(text));
}

}  // namespace reconciled::helm
