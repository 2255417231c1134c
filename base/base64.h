// Base64 as kubeconfigs, Secrets and continue tokens carry it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

/// RFC 4648 with padding; line breaks are skipped as Go's decoder does. nullopt for anything else.
std::optional<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);
/// As go-yaml writes !!binary: from 70 characters on in lines of 70, each with its break.
std::string encode_base64_lines(std::string_view bytes);

}  // namespace reconciled
