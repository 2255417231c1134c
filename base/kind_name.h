// What a person is told instead of a wrong value.
#pragma once

#include "base/value.h"

#include <string_view>

namespace reconciled {

/// "a text", "a list", "empty": the kind of a value, with its article, and never the value itself.
std::string_view kind_name(const Value& value);

}  // namespace reconciled
