// Base64 as Secrets and continue tokens use it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reconciled::sandbox {

std::string encode_base64(std::string_view bytes);
/// nullopt when the text is not standard base64 with its padding.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace reconciled::sandbox
