#include "base/base64.h"

#include <array>
#include <cstdint>

namespace reconciled {

namespace {

constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_digits() {
  std::array<std::int8_t, 256> digits{};
  digits.fill(-1);
  for (std::size_t i = 0; i < k_alphabet.size(); ++i) {
    digits[static_cast<unsigned char>(k_alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return digits;
}

constexpr std::array<std::int8_t, 256> k_digits = make_digits();

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  int digits = 0;
  int padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      if (digits + ++padding > 4 || digits < 2) return std::nullopt;
      continue;
    }
    const std::int8_t digit = k_digits[static_cast<unsigned char>(c)];
    if (digit < 0 || padding > 0) return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(digit);
    if (++digits < 4) continue;
    for (int shift = 16; shift >= 0; shift -= 8) bytes += static_cast<char>(group >> shift & 0xff);
    group = 0;
    digits = 0;
  }
  if (digits == 0) return padding == 0 ? std::optional(std::move(bytes)) : std::nullopt;
  if (digits + padding != 4) return std::nullopt;
  group <<= 6 * (4 - digits);
  for (int i = 0, shift = 16; i < digits - 1; ++i, shift -= 8) bytes += static_cast<char>(group >> shift & 0xff);
  return bytes;
}

std::string encode_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += at + i <= bytes.size() ? k_alphabet[group >> (18 - 6 * i) & 0x3f] : '=';
    }
  }
  return text;
}

std::string encode_base64_lines(std::string_view bytes) {
  constexpr std::size_t k_line = 70;
  std::string whole = encode_base64(bytes);
  if (whole.size() < k_line) return whole;
  std::string lines;
  lines.reserve(whole.size() + whole.size() / k_line + 1);
  for (std::size_t at = 0; at < whole.size(); at += k_line) lines.append(whole, at, k_line).push_back('\n');
  return lines;
}

}  // namespace reconciled
