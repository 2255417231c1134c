// Values as YAML for people: block style, keys in their order.
#pragma once

#include "base/value.h"

#include <string>

namespace reconciled {

/// One document without markers, ending in a newline. A string is quoted where it would read back as something else,
/// and written as a literal block where it has several lines. read_yaml gives the same Value back.
std::string format_yaml(const Value& value);

}  // namespace reconciled
