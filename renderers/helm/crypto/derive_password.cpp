#include "renderers/helm/crypto/derive_password.h"

#include "base/digest.h"

#include <openssl/evp.h>

#include <array>
#include <span>

namespace reconciled::helm {
namespace {

constexpr std::array<std::string_view, 2> k_maximum{"anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"};
constexpr std::array<std::string_view, 21> k_long{
    "CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv", "CvccCvcvnoCvcv", "CvccCvcvCvcvno",
    "CvcvnoCvccCvcv", "CvcvCvccnoCvcv", "CvcvCvccCvcvno", "CvcvnoCvcvCvcc", "CvcvCvcvnoCvcc", "CvcvCvcvCvccno",
    "CvccnoCvccCvcv", "CvccCvccnoCvcv", "CvccCvccCvcvno", "CvcvnoCvccCvcc", "CvcvCvccnoCvcc", "CvcvCvccCvccno",
    "CvccnoCvcvCvcc", "CvccCvcvnoCvcc", "CvccCvcvCvccno"};
constexpr std::array<std::string_view, 2> k_medium{"CvcnoCvc", "CvcCvcno"};
constexpr std::array<std::string_view, 1> k_short{"Cvcn"};
constexpr std::array<std::string_view, 3> k_basic{"aaanaaan", "aannaaan", "aaannaaa"};
constexpr std::array<std::string_view, 1> k_pin{"nnnn"};

std::span<const std::string_view> templates_of(std::string_view type) {
  if (type == "maximum") return k_maximum;
  if (type == "long") return k_long;
  if (type == "medium") return k_medium;
  if (type == "short") return k_short;
  if (type == "basic") return k_basic;
  if (type == "pin") return k_pin;
  return {};
}

std::string_view characters_of(char element) {
  switch (element) {
    case 'V': return "AEIOU";
    case 'C': return "BCDFGHJKLMNPQRSTVWXYZ";
    case 'v': return "aeiou";
    case 'c': return "bcdfghjklmnpqrstvwxyz";
    case 'a': return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
    case 'n': return "0123456789";
    case 'o': return "@&%?,=[]_:-+*$#!'^~;()/.";
    default: return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()";
  }
}

std::string big_endian(std::uint64_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xFF);
  return bytes;
}

}  // namespace

std::string derive_password(std::string_view type, std::string_view password, const PasswordSite& site) {
  const auto templates = templates_of(type);
  if (templates.empty()) return "cannot find password template " + std::string(type);
  const std::string scope = "com.lyndir.masterpassword";
  const std::string salt = scope + big_endian(site.user.size()) + std::string(site.user);
  std::string key(64, '\0');
  constexpr std::uint64_t k_most_memory = 64U << 20;
  if (EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()), salt.size(),
                     32768, 8, 2, k_most_memory, reinterpret_cast<unsigned char*>(key.data()), key.size()) != 1) {
    return "failed to derive password: scrypt failed";
  }
  const Digest seed =
      hmac_sha256(key, scope + big_endian(site.site.size()) + std::string(site.site) + big_endian(site.counter));
  const std::string_view chosen = templates[seed.bytes[0] % templates.size()];
  std::string derived;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const std::string_view characters = characters_of(chosen[i]);
    derived += characters[seed.bytes[i + 1] % characters.size()];
  }
  return derived;
}

}  // namespace reconciled::helm
