// Which values fit which parameters, and which of a value's properties templates ask for.
#pragma once

#include "renderers/helm/values/go_function.h"

#include <string_view>

namespace reconciled::helm {

/// Whether the language takes a value for true.
bool is_true(GoValue value);
/// Whether nil can be given for the parameter.
bool can_be_nil(GoParameter parameter);
/// What nil is as that parameter: an empty list, a nil map, an untyped nil.
GoValue zero_of(GoParameter parameter);
/// Whether Go can assign a value of this dynamic type; every value fits `any` and `reflect_value`.
bool is_assignable(GoValue value, GoParameter parameter);
/// An assignable value as the function sees it: a named map or list type becomes the parameter's.
GoValue assigned(GoValue value, GoParameter parameter);
/// The type's name as reflect sees the value: `interface {}` for what lies in one.
std::string_view static_type_name(GoValue value);
/// The type's name behind pointers.
std::string_view indirect_type_name(GoValue value);

}  // namespace reconciled::helm
