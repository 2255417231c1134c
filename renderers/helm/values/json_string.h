// Strings of JSON as encoding/json writes and reads them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::helm {

enum class JsonHtml : std::uint8_t { keep, escape };  ///< what happens to < > and &

/// Quoted and escaped; U+2028 and U+2029 always, bytes that are no UTF-8 as \ufffd.
void append_go_json_string(std::string& out, std::string_view text, JsonHtml html);

/// What stands between the quotes of a string that is known to be well-formed. Lone surrogates and bytes that are no
/// UTF-8 become U+FFFD.
std::string unescape_json_string(std::string_view inside);

}  // namespace reconciled::helm
