#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

namespace reconciled {
namespace {

/// SHA-256 of OpenSSL's default provider cannot fail but for want of memory.
void require(int ok) {
  if (ok != 1) std::abort();
}

/// Fetched once: looking an algorithm up costs more than summing a small object.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* sum = EVP_MD_CTX_new();
  State() { require(EVP_DigestInit_ex2(sum, sha256_algorithm(), nullptr)); }
  ~State() { EVP_MD_CTX_free(sum); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Sha256::Sha256() : m_state(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::add(std::string_view bytes) {
  require(EVP_DigestUpdate(m_state->sum, bytes.data(), bytes.size()));
  return *this;
}

Sha256& Sha256::field(std::string_view bytes) {
  std::array<char, 8> length{};
  for (std::size_t i = 0; i < length.size(); ++i) length[i] = static_cast<char>(bytes.size() >> (8 * i));
  return add({length.data(), length.size()}).add(bytes);
}

Digest Sha256::finish() {
  Digest digest;
  require(EVP_DigestFinal_ex(m_state->sum, digest.bytes.data(), nullptr));
  require(EVP_DigestInit_ex2(m_state->sum, sha256_algorithm(), nullptr));
  return digest;
}

Digest sha256(std::string_view bytes) {
  Digest digest;
  require(EVP_Digest(bytes.data(), bytes.size(), digest.bytes.data(), nullptr, sha256_algorithm(), nullptr));
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest digest;
  unsigned length = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (HMAC(sha256_algorithm(), key.empty() ? "" : key.data(), static_cast<int>(key.size()), data, bytes.size(),
           digest.bytes.data(), &length) == nullptr) {
    std::abort();
  }
  return digest;
}

std::string Digest::hex() const {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += k_digits[byte >> 4];
    text += k_digits[byte & 15];
  }
  return text;
}

std::string Digest::short_hex() const {
  return hex().substr(0, 12);
}

Result<Digest> Digest::parse(std::string_view hex) {
  Digest digest;
  bool good = hex.size() == digest.bytes.size() * 2;
  for (std::size_t i = 0; good && i < digest.bytes.size(); ++i) {
    const int high = digit_value(hex[2 * i]);
    const int low = digit_value(hex[2 * i + 1]);
    good = high >= 0 && low >= 0;
    if (good) digest.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  if (good) return digest;
  return fail(ErrorKind::render, "\"" + std::string(hex.substr(0, 80)) + "\" is not a SHA-256 digest", {},
              "a digest has 64 lower-case hexadecimal digits");
}

}  // namespace reconciled
