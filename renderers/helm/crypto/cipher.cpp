#include "renderers/helm/crypto/cipher.h"

#include "renderers/helm/crypto/openssl.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace reconciled::helm {
namespace {

constexpr std::size_t k_block = 16;
using CipherContext = Owned<EVP_CIPHER_CTX, &EVP_CIPHER_CTX_free>;

enum class Direction : std::uint8_t { decrypt, encrypt };

/// Of whole blocks.
std::string run(Direction direction, std::string_view password, std::string_view vector, std::string_view text) {
  std::string key(password.substr(0, 32));
  key.resize(32, '\0');
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string result(text.size() + k_block, '\0');
  int size = 0;
  if (!context ||
      EVP_CipherInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, bytes_of(key), bytes_of(vector),
                        direction == Direction::encrypt ? 1 : 0) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_CipherUpdate(context.get(), bytes_of(result), &size, bytes_of(text), static_cast<int>(text.size())) != 1) {
    throw std::runtime_error("AES is not to be had");
  }
  result.resize(static_cast<std::size_t>(size));
  return result;
}

tl::unexpected<Error> panic(const std::string& text) {
  return fail(ErrorKind::render, text);
}

}  // namespace

std::string encrypt_aes(std::string_view password, std::string_view text, std::string_view vector) {
  const std::size_t padding = k_block - text.size() % k_block;
  const std::string padded = std::string(text) + std::string(padding, static_cast<char>(padding));
  return std::string(vector) + run(Direction::encrypt, password, vector, padded);
}

Result<std::string> decrypt_aes(std::string_view password, std::string_view encrypted, std::size_t capacity) {
  if (capacity < k_block) {
    return panic("runtime error: slice bounds out of range [:16] with capacity " + std::to_string(capacity));
  }
  if (encrypted.size() < k_block) {
    return panic("runtime error: slice bounds out of range [16:" + std::to_string(encrypted.size()) + "]");
  }
  const std::string_view text = encrypted.substr(k_block);
  if (text.size() % k_block != 0) return panic("crypto/cipher: input not full blocks");
  if (text.empty()) return panic("runtime error: index out of range [-1]");
  std::string decrypted = run(Direction::decrypt, password, encrypted.substr(0, k_block), text);
  const auto padding = static_cast<unsigned char>(decrypted.back());
  if (padding > decrypted.size()) {
    return panic("runtime error: slice bounds out of range [:-" + std::to_string(padding - decrypted.size()) + "]");
  }
  decrypted.resize(decrypted.size() - padding);
  return decrypted;
}

}  // namespace reconciled::helm
