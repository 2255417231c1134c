#include "renderers/helm/functions/base_encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view k_base32_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::uint8_t k_no_digit = 0xFF;
constexpr std::size_t k_base64_quantum = 4;  // characters that hold 3 bytes
constexpr std::size_t k_base32_quantum = 8;  // characters that hold 5 bytes

constexpr std::array<std::uint8_t, 256> make_digits(std::string_view alphabet) {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(k_no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return digits;
}

constexpr auto k_base64_digits = make_digits(k_base64_alphabet);
constexpr auto k_base32_digits = make_digits(k_base32_alphabet);

bool is_line_break(char c) {
  return c == '\n' || c == '\r';
}

tl::unexpected<Error> illegal(std::string_view what, std::size_t at) {
  return fail(ErrorKind::render, "illegal " + std::string(what) + " data at input byte " + std::to_string(at));
}

/// Appends the whole bytes that `count` digits of `width` bits hold.
void append_bits(std::string& out, const std::uint8_t* digits, std::size_t count, unsigned width) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < count; ++i) bits = bits << width | digits[i];
  const std::size_t held = count * width;
  for (std::size_t left = held; left >= 8; left -= 8)
    out += static_cast<char>(static_cast<unsigned char>(bits >> (left - 8)));
}

class Base64Reader {
 public:
  explicit Base64Reader(std::string_view text) : m_text(text) {}
  Result<std::string> read();

 private:
  /// Up to four characters; padding ends the text.
  Status read_quantum(std::string& out);
  Status read_padding(std::size_t count);
  void skip_line_breaks() {
    while (m_at < m_text.size() && is_line_break(m_text[m_at])) ++m_at;
  }

  std::string_view m_text;
  std::size_t m_at = 0;
};

/// After the first `=`, of which there are two when only two digits came before it.
Status Base64Reader::read_padding(std::size_t count) {
  if (count < 2) return illegal("base64", m_at - 1);
  if (count == 2) {
    skip_line_breaks();
    if (m_at == m_text.size()) return illegal("base64", m_text.size());
    if (m_text[m_at] != '=') return illegal("base64", m_at - 1);
    ++m_at;
  }
  skip_line_breaks();
  if (m_at < m_text.size()) return illegal("base64", m_at);
  return {};
}

Status Base64Reader::read_quantum(std::string& out) {
  std::array<std::uint8_t, k_base64_quantum> digits{};
  std::size_t count = 0;
  while (count < digits.size()) {
    if (m_at == m_text.size()) {
      if (count == 0) return {};
      return illegal("base64", m_at - count);
    }
    const char c = m_text[m_at++];
    const std::uint8_t digit = k_base64_digits[static_cast<unsigned char>(c)];
    if (digit != k_no_digit) {
      digits[count++] = digit;
    } else if (c == '=') {
      TRY(read_padding(count));
      break;
    } else if (!is_line_break(c)) {
      return illegal("base64", m_at - 1);
    }
  }
  append_bits(out, digits.data(), count, 6);
  return {};
}

Result<std::string> Base64Reader::read() {
  std::string out;
  while (m_at < m_text.size()) TRY(read_quantum(out));
  return out;
}

class Base32Reader {
 public:
  explicit Base32Reader(std::string_view text) : m_text(text) {}
  Result<std::string> read();

 private:
  Status read_quantum(std::string& out);
  /// After the first `=`, with `count` digits before it.
  Status read_padding(std::size_t count);

  std::string_view m_text;  // without line breaks
  std::size_t m_at = 0;
  bool m_ended = false;
};

Status Base32Reader::read_padding(std::size_t count) {
  const std::size_t left = m_text.size() - m_at;
  if (left + count < k_base32_quantum - 1) return illegal("base32", m_text.size());
  for (std::size_t i = 0; i < k_base32_quantum - 1 - count; ++i) {
    if (i < left && m_text[m_at + i] != '=') return illegal("base32", m_at + i - 1);
  }
  if (count == 3 || count == 6) return illegal("base32", m_at - 1);
  m_ended = true;
  return {};
}

Status Base32Reader::read_quantum(std::string& out) {
  std::array<std::uint8_t, k_base32_quantum> digits{};
  std::size_t count = 0;
  while (count < digits.size()) {
    if (m_at == m_text.size()) return illegal("base32", m_at - count);
    const char c = m_text[m_at++];
    if (c == '=' && count >= 2 && m_text.size() - m_at < k_base32_quantum) {
      TRY(read_padding(count));
      break;
    }
    const std::uint8_t digit = k_base32_digits[static_cast<unsigned char>(c)];
    if (digit == k_no_digit) return illegal("base32", m_at - 1);
    digits[count++] = digit;
  }
  append_bits(out, digits.data(), count, 5);
  return {};
}

Result<std::string> Base32Reader::read() {
  std::string out;
  while (m_at < m_text.size() && !m_ended) TRY(read_quantum(out));
  return out;
}

}  // namespace

Result<std::string> decode_base64_strictly(std::string_view text) {
  return Base64Reader(text).read();
}

Result<std::string> decode_base32(std::string_view text) {
  std::string plain(text);
  std::erase_if(plain, &is_line_break);
  return Base32Reader(plain).read();
}

std::string encode_base32(std::string_view bytes) {
  constexpr std::size_t k_bytes = 5;
  std::string out;
  while (!bytes.empty()) {
    const std::size_t taken = std::min(bytes.size(), k_bytes);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < k_bytes; ++i)
      bits = bits << 8 | (i < taken ? static_cast<unsigned char>(bytes[i]) : 0U);
    const std::size_t digits = (taken * 8 + 4) / 5;
    for (std::size_t i = 0; i < k_base32_quantum; ++i)
      out += i < digits ? k_base32_alphabet[bits >> (5 * (k_base32_quantum - 1 - i)) & 31] : '=';
    bytes.remove_prefix(taken);
  }
  return out;
}

}  // namespace reconciled::helm
