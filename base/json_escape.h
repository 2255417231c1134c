// How a character that cannot stand in a JSON string is written.
#pragma once

#include <string>

namespace reconciled {

/// A quote, a backslash or a control character, as Go's encoder escapes it; the hex form for any other byte.
void append_json_escape(std::string& out, unsigned char c);

}  // namespace reconciled
