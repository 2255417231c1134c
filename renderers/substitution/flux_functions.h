// What the operators of Flux's expressions do to a value.
#pragma once

#include "base/budget.h"
#include "base/result.h"

#include <span>
#include <string>
#include <string_view>

namespace reconciled::substitution {

/// What Flux crashes at: ${name:3:-1}.
inline constexpr std::string_view k_negative_length = "the substring ends before it begins";

/// `function` is the operator as it is written: "", ":=", ":", "#", "//", ... An unknown one ("^,") answers the value,
/// as ":=" does: `:+`, `:?` and their like have no meaning of their own. Offsets and lengths are bytes. Where a
/// substring ends before it begins Flux crashes: `k_negative_length` is the one ErrorKind::render.
Result<std::string> apply_flux_function(std::string_view function, std::string_view value,
                                        std::span<const std::string> arguments, Budget& budget);

}  // namespace reconciled::substitution
