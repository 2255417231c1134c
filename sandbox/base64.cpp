#include "sandbox/base64.h"

#include <cstdint>

namespace reconciled::sandbox {
namespace {
constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

std::string encode_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
    std::uint32_t bits = 0;
    for (std::size_t index = 0; index < 3; ++index)
      bits = bits << 8 | (index < count ? static_cast<unsigned char>(bytes[at + index]) : 0U);
    for (std::size_t index = 0; index < 4; ++index)
      out.push_back(index <= count ? k_alphabet[bits >> (18 - 6 * index) & 63] : '=');
  }
  return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    std::uint32_t bits = 0;
    std::size_t padding = 0;
    for (std::size_t index = 0; index < 4; ++index) {
      const char c = text[at + index];
      const std::size_t digit = k_alphabet.find(c);
      if (c == '=' && at + 4 == text.size() && index >= 2) {
        ++padding;
        bits <<= 6;
      } else if (digit == std::string_view::npos || padding > 0) {
        return std::nullopt;
      } else {
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
      }
    }
    for (std::size_t index = 0; index < 3 - padding; ++index)
      out.push_back(static_cast<char>(bits >> (16 - 8 * index) & 255));
  }
  return out;
}

}  // namespace reconciled::sandbox
