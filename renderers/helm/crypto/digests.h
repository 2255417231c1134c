// The sums that templates ask for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::helm {

enum class SumKind : std::uint8_t { sha1, sha256, sha384, sha512 };

std::string digest_bytes(SumKind kind, std::string_view text);
/// In lower-case hexadecimal.
std::string digest_hex(SumKind kind, std::string_view text);
std::uint32_t adler32(std::string_view text);

}  // namespace reconciled::helm
