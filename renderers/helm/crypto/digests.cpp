#include "renderers/helm/crypto/digests.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace reconciled::helm {
namespace {

const EVP_MD* algorithm(SumKind kind) {
  switch (kind) {
    case SumKind::sha1: return EVP_sha1();
    case SumKind::sha256: return EVP_sha256();
    case SumKind::sha384: return EVP_sha384();
    case SumKind::sha512: return EVP_sha512();
  }
  throw std::logic_error("no such sum");
}

}  // namespace

std::string digest_bytes(SumKind kind, std::string_view text) {
  std::string bytes(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(bytes.data()), &size, algorithm(kind),
                 nullptr) != 1) {
    throw std::runtime_error("a digest cannot be made");
  }
  bytes.resize(size);
  return bytes;
}

std::string digest_hex(SumKind kind, std::string_view text) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string hex;
  for (const char c : digest_bytes(kind, text)) {
    const auto byte = static_cast<unsigned char>(c);
    hex += k_digits[byte >> 4];
    hex += k_digits[byte & 0xF];
  }
  return hex;
}

std::uint32_t adler32(std::string_view text) {
  constexpr std::uint32_t k_modulus = 65521;
  std::uint32_t sum = 1;
  std::uint32_t sum_of_sums = 0;
  for (const char c : text) {
    sum = (sum + static_cast<unsigned char>(c)) % k_modulus;
    sum_of_sums = (sum_of_sums + sum) % k_modulus;
  }
  return sum_of_sums << 16 | sum;
}

}  // namespace reconciled::helm
