#include "renderers/helm/crypto/private_key.h"

#include "renderers/helm/crypto/der.h"
#include "renderers/helm/crypto/pem.h"
#include "renderers/helm/crypto/private_key_state.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <stdexcept>

namespace reconciled::helm {
namespace {

using Number = Owned<BIGNUM, &BN_clear_free>;

/// What one of OpenSSL's i2d functions writes.
template <class T>
std::string encode(int (*write)(T, unsigned char**), T object) {
  const int size = write(object, nullptr);
  if (size <= 0) throw std::runtime_error("a key cannot be written: " + take_openssl_error());
  std::string bytes(static_cast<std::size_t>(size), '\0');
  auto* at = bytes_of(bytes);
  write(object, &at);
  return bytes;
}

std::string dsa_number(const EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) throw std::runtime_error("a DSA key is not whole");
  const Number number(raw);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, bytes_of(bytes));
  return der::integer(bytes);
}

/// Version, P, Q, G, Y, X: the form that OpenSSL itself once had.
std::string encode_dsa(const EVP_PKEY* key) {
  const std::string zero = der::integer(std::string_view("\0", 1));
  return der::sequence({zero, dsa_number(key, OSSL_PKEY_PARAM_FFC_P), dsa_number(key, OSSL_PKEY_PARAM_FFC_Q),
                        dsa_number(key, OSSL_PKEY_PARAM_FFC_G), dsa_number(key, OSSL_PKEY_PARAM_PUB_KEY),
                        dsa_number(key, OSSL_PKEY_PARAM_PRIV_KEY)});
}

std::string encode_pkcs8(EVP_PKEY* key) {
  const Owned<PKCS8_PRIV_KEY_INFO, &PKCS8_PRIV_KEY_INFO_free> info(EVP_PKEY2PKCS8(key));
  if (!info) throw std::runtime_error("a key cannot be written: " + take_openssl_error());
  return encode<const PKCS8_PRIV_KEY_INFO*>(&i2d_PKCS8_PRIV_KEY_INFO, info.get());
}

struct CurveRow {
  std::string_view name;
  std::string_view algorithm;
  const EVP_MD* (*digest)();
};
constexpr std::array k_curves{
    CurveRow{"secp224r1", "1.2.840.10045.4.3.2", &EVP_sha256},
    CurveRow{"prime256v1", "1.2.840.10045.4.3.2", &EVP_sha256},
    CurveRow{"secp384r1", "1.2.840.10045.4.3.3", &EVP_sha384},
    CurveRow{"secp521r1", "1.2.840.10045.4.3.4", &EVP_sha512},
};

const CurveRow* curve_of(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) return nullptr;
  for (const CurveRow& row : k_curves) {
    if (row.name == std::string_view(name.data(), size)) return &row;
  }
  return nullptr;
}

Result<PrivateKey> parse_key(int type, const PemBlock& block, std::string_view doing) {
  const auto* at = bytes_of(block.bytes);
  EVP_PKEY* key = d2i_PrivateKey(type, nullptr, &at, static_cast<long>(block.bytes.size()));
  if (key == nullptr || at != bytes_of(block.bytes) + block.bytes.size()) {
    EVP_PKEY_free(key);
    return fail(ErrorKind::render, std::string(doing) + ": " + take_openssl_error());
  }
  return own_key(key);
}

Result<PrivateKey> parse_pkcs8(const PemBlock& block) {
  const auto* at = bytes_of(block.bytes);
  const Owned<PKCS8_PRIV_KEY_INFO, &PKCS8_PRIV_KEY_INFO_free> info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(block.bytes.size())));
  EVP_PKEY* key = info ? EVP_PKCS82PKEY(info.get()) : nullptr;
  if (key == nullptr) return fail(ErrorKind::render, "decoding PEM as PKCS#8: " + take_openssl_error());
  return own_key(key);
}

}  // namespace

void free_key(evp_pkey_st* key) {
  EVP_PKEY_free(key);
}

PrivateKey::PrivateKey(std::unique_ptr<State> state) : m_state(std::move(state)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::read_pem(std::string_view text) {
  constexpr std::string_view k_suffix = " PRIVATE KEY";
  const auto block = helm::read_pem(text);
  if (!block) return fail(ErrorKind::render, "no PEM data in input");
  if (block->type == "PRIVATE KEY") return parse_pkcs8(*block);
  if (!block->type.ends_with(k_suffix)) {
    return fail(ErrorKind::render, "no private key data in PEM block of type " + block->type);
  }
  const std::string kind = block->type.substr(0, block->type.size() - k_suffix.size());
  if (kind == "RSA") return parse_key(EVP_PKEY_RSA, *block, "parsing RSA private key from PEM");
  if (kind == "EC") return parse_key(EVP_PKEY_EC, *block, "parsing EC private key from PEM");
  if (kind == "DSA") return parse_key(EVP_PKEY_DSA, *block, "parsing DSA private key from PEM");
  return fail(ErrorKind::render, "invalid private key type " + kind);
}

KeyKind PrivateKey::kind() const {
  switch (EVP_PKEY_get_base_id(m_state->key.get())) {
    case EVP_PKEY_RSA: return KeyKind::rsa;
    case EVP_PKEY_DSA: return KeyKind::dsa;
    case EVP_PKEY_EC: return KeyKind::ecdsa;
    default: return KeyKind::ed25519;
  }
}

std::string PrivateKey::pem() const {
  EVP_PKEY* key = m_state->key.get();
  switch (kind()) {
    case KeyKind::rsa: return format_pem("RSA PRIVATE KEY", encode<const EVP_PKEY*>(&i2d_PrivateKey, key));
    case KeyKind::dsa: return format_pem("DSA PRIVATE KEY", encode_dsa(key));
    case KeyKind::ecdsa: return format_pem("EC PRIVATE KEY", encode<const EVP_PKEY*>(&i2d_PrivateKey, key));
    case KeyKind::ed25519: return format_pem("PRIVATE KEY", encode_pkcs8(key));
  }
  return {};
}

std::string PrivateKey::public_info() const {
  return encode<const EVP_PKEY*>(&i2d_PUBKEY, m_state->key.get());
}

std::string PrivateKey::public_bits() const {
  X509_PUBKEY* raw = nullptr;
  if (X509_PUBKEY_set(&raw, m_state->key.get()) != 1) throw std::runtime_error("a public key cannot be written");
  const Owned<X509_PUBKEY, &X509_PUBKEY_free> info(raw);
  const unsigned char* bytes = nullptr;
  int size = 0;
  X509_PUBKEY_get0_param(nullptr, &bytes, &size, nullptr, raw);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

Result<std::string> PrivateKey::signature_algorithm() const {
  switch (kind()) {
    case KeyKind::rsa: return der::sequence({der::object_id("1.2.840.113549.1.1.11"), der::null()});
    case KeyKind::ecdsa:
      if (const CurveRow* curve = curve_of(m_state->key.get()))
        return der::sequence({der::object_id(curve->algorithm)});
      return fail(ErrorKind::render, "x509: unsupported elliptic curve");
    case KeyKind::ed25519: return der::sequence({der::object_id("1.3.101.112")});
    case KeyKind::dsa: break;
  }
  return fail(ErrorKind::render, "x509: certificate private key does not implement crypto.Signer");
}

Result<std::string> PrivateKey::sign(std::string_view message) const {
  EVP_PKEY* key = m_state->key.get();
  const EVP_MD* digest = EVP_sha256();
  if (kind() == KeyKind::ed25519) digest = nullptr;
  if (kind() == KeyKind::ecdsa) {
    const CurveRow* curve = curve_of(key);
    if (curve == nullptr) return fail(ErrorKind::render, "x509: unsupported elliptic curve");
    digest = curve->digest();
  }
  const Owned<EVP_MD_CTX, &EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  std::size_t size = 0;
  std::string signature;
  if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) == 1) {
    signature.resize(size);
    if (EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(message), message.size()) == 1) {
      signature.resize(size);
      return signature;
    }
  }
  return fail(ErrorKind::render, "x509: signing failed: " + take_openssl_error());
}

}  // namespace reconciled::helm
