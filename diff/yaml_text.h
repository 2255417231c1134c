// YAML for people to read in a diff. Not the emitter that charts hash: nothing is made of its output.
#pragma once

#include "base/value.h"

#include <string>
#include <vector>

namespace reconciled {

/// Block style, two spaces; texts that would read as something else are quoted, long ones stand as literals.
std::vector<std::string> format_yaml_lines(const Value& value);

}  // namespace reconciled
