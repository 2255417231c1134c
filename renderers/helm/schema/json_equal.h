// Equality as JSON Schema means it, between values of charts and of schemas.
#pragma once

#include "base/value.h"
#include "renderers/helm/values/go_value.h"

#include <string>

namespace reconciled::helm {

/// Numbers are equal by value, whatever their types.
bool json_equal(GoValue a, GoValue b);
bool json_equal(GoValue a, const Value& b);
bool is_number(GoValue value);
double number_of(GoValue value);
/// A value of a schema as messages show it: 'text', 1.5, true, <nil>.
std::string shown(const Value& value);

}  // namespace reconciled::helm
