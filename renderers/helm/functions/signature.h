// The parameters of a function, written where its table is.
#pragma once

#include "renderers/helm/values/go_function.h"

#include <array>

namespace reconciled::helm {

/// `GoFunction{"trunc", k_takes<int_, string>, false, &trunc}`: the parameter types live for ever.
template <GoParameter... parameters>
inline constexpr std::array<GoParameter, sizeof...(parameters)> k_takes{parameters...};

/// The value of `GoFunction::variadic`, in words.
inline constexpr bool k_fixed = false;
inline constexpr bool k_variadic = true;

}  // namespace reconciled::helm
