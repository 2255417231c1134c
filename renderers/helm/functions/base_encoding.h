// Base64 and base32 as Go's decoders read them, which say at which byte the text is bad.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace reconciled::helm {

/// The error is Go's: "illegal base64 data at input byte 4". Line breaks are skipped.
Result<std::string> decode_base64_strictly(std::string_view text);
/// "illegal base32 data at input byte 4", counted without line breaks.
Result<std::string> decode_base32(std::string_view text);
std::string encode_base32(std::string_view bytes);

}  // namespace reconciled::helm
