// Go values as requests carry them, and as both sides tell what they decoded.
#pragma once

#include "renderers/helm/values/go_value.h"

#include <string>

namespace reconciled::parity {

/// null, true and false as they are; a list as a list; all else as an object with one key: "s" string and "b" bytes in
/// base64; "i" int, "l" int64, "u" uint64, "d" Duration in decimal; "f" float64 and "g" float32 as the bits of a double
/// in hexadecimal; "m" and "ms" maps as lists of key and value; "ss" and "si" []string and []int; "nm" and "na" a nil
/// map and slice.
void append_typed(std::string& out, helm::GoValue value);

/// All of a value, with types and all digits.
std::string dumped(helm::GoValue value);

void append_base64_string(std::string& out, std::string_view text);

}  // namespace reconciled::parity
