#include "renderers/helm/crypto/bcrypt.h"

#include "renderers/helm/crypto/pi_words.h"

#include <algorithm>
#include <span>

namespace reconciled::helm {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t k_longest = 72;
constexpr std::size_t k_subkeys = 18;

/// Bytes read as big-endian words again and again from the beginning.
class WordStream {
 public:
  explicit WordStream(Bytes bytes) : m_bytes(bytes) {}
  std::uint32_t next() {
    std::uint32_t word = 0;
    for (int i = 0; i < 4; ++i) {
      word = word << 8 | m_bytes[m_at];
      m_at = m_at + 1 == m_bytes.size() ? 0 : m_at + 1;
    }
    return word;
  }

 private:
  Bytes m_bytes;
  std::size_t m_at = 0;
};

/// Blowfish with the expensive key schedule of Provos and Mazières.
class Blowfish {
 public:
  Blowfish(Bytes key, Bytes salt, unsigned cost) : m_words(k_pi_words) {
    expand(key, salt);
    constexpr std::array<std::uint8_t, 1> k_no_salt{};
    for (std::uint64_t round = 0; round < std::uint64_t{1} << cost; ++round) {
      expand(key, k_no_salt);
      expand(salt, k_no_salt);
    }
  }

  void encrypt(std::uint32_t& left, std::uint32_t& right) const {
    for (std::size_t i = 0; i < k_subkeys - 2; i += 2) {
      left ^= m_words[i];
      right ^= mix(left);
      right ^= m_words[i + 1];
      left ^= mix(right);
    }
    left ^= m_words[k_subkeys - 2];
    right ^= m_words[k_subkeys - 1];
    std::swap(left, right);
  }

 private:
  [[nodiscard]] std::uint32_t mix(std::uint32_t word) const {
    const std::uint32_t* boxes = m_words.data() + k_subkeys;
    return ((boxes[word >> 24] + boxes[0x100 + (word >> 16 & 0xFF)]) ^ boxes[0x200 + (word >> 8 & 0xFF)]) +
           boxes[0x300 + (word & 0xFF)];
  }

  void expand(Bytes key, Bytes salt) {
    WordStream key_words(key);
    for (std::size_t i = 0; i < k_subkeys; ++i) m_words[i] ^= key_words.next();
    WordStream salt_words(salt);
    std::uint32_t left = 0;
    std::uint32_t right = 0;
    for (std::size_t i = 0; i < m_words.size(); i += 2) {
      left ^= salt_words.next();
      right ^= salt_words.next();
      encrypt(left, right);
      m_words[i] = left;
      m_words[i + 1] = right;
    }
  }

  std::array<std::uint32_t, k_pi_words.size()> m_words;  // subkeys, then the boxes
};

/// bcrypt's own base 64: another alphabet, and no padding.
void append_base64(std::string& out, Bytes bytes) {
  constexpr std::string_view k_digits = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? bytes[i + j] : 0U);
    for (std::size_t j = 0; j <= count; ++j) out += k_digits[group >> (18 - 6 * j) & 0x3F];
  }
}

}  // namespace

Result<std::string> bcrypt(std::string_view password, const BcryptSalt& salt, unsigned cost) {
  if (password.size() > k_longest) return fail(ErrorKind::render, "bcrypt: password length exceeds 72 bytes");
  std::array<std::uint8_t, k_longest + 1> key{};  // with the zero that ends it
  std::copy(password.begin(), password.end(), key.begin());
  const Blowfish cipher{Bytes{key}.first(password.size() + 1), salt, cost};

  std::array<std::uint8_t, 24> text{};
  constexpr std::string_view k_text = "OrpheanBeholderScryDoubt";
  std::copy(k_text.begin(), k_text.end(), text.begin());
  for (std::size_t block = 0; block < text.size(); block += 8) {
    WordStream words{Bytes{text}.subspan(block, 8)};
    std::uint32_t left = words.next();
    std::uint32_t right = words.next();
    for (int i = 0; i < 64; ++i) cipher.encrypt(left, right);
    for (std::size_t i = 0; i < 4; ++i) {
      text[block + i] = static_cast<std::uint8_t>(left >> (24 - 8 * i));
      text[block + 4 + i] = static_cast<std::uint8_t>(right >> (24 - 8 * i));
    }
  }
  std::string hash = "$2a$" + std::string(cost < 10 ? "0" : "") + std::to_string(cost) + '$';
  append_base64(hash, salt);
  append_base64(hash, Bytes{text}.first(23));
  return hash;
}

}  // namespace reconciled::helm
