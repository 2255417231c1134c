#include "renderers/helm/crypto/certificate.h"

#include "renderers/helm/crypto/der.h"
#include "renderers/helm/crypto/digests.h"
#include "renderers/helm/crypto/openssl.h"

#include <arpa/inet.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <optional>

namespace reconciled::helm {
namespace {

using Certificate = Owned<X509, &X509_free>;

enum class Importance : std::uint8_t { usual, critical };

std::string extension(std::string_view id, Importance importance, std::string_view content) {
  const std::string critical = importance == Importance::critical ? der::boolean_true() : std::string();
  return der::sequence({der::object_id(id), critical, der::octets(content)});
}

std::string extended_key_usage() {
  return der::sequence({der::object_id("1.3.6.1.5.5.7.3.1"), der::object_id("1.3.6.1.5.5.7.3.2")});  // server, client
}

Result<std::string> alternative_names(const CertificateRequest& request) {
  constexpr std::uint8_t k_dns_name = 0x82;
  constexpr std::uint8_t k_address = 0x87;
  std::string names;
  for (const std::string_view name : request.dns_names) {
    if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7F; })) {
      return fail(ErrorKind::render, "x509: \"" + std::string(name) + "\" cannot be encoded as an IA5String");
    }
    names += der::value(k_dns_name, name);
  }
  for (const std::string& address : request.addresses) names += der::value(k_address, address);
  return der::sequence({names});
}

Result<std::string> name_of(std::string_view common_name) {
  if (common_name.empty()) return der::sequence({});
  const auto text = der::text(common_name);
  if (!text) return fail(ErrorKind::render, "asn1: string not valid UTF-8");
  return der::sequence({der::set(der::sequence({der::object_id("2.5.4.3"), *text}))});
}

Result<std::string> validity(const CertificateRequest& request) {
  const auto from = der::time(request.not_before);
  const auto until = der::time(request.not_after);
  if (!from || !until) {
    return fail(ErrorKind::render, "asn1: structure error: cannot represent time as GeneralizedTime");
  }
  return der::sequence({*from, *until});
}

/// The leftmost 160 bits of the key's SHA-256 (RFC 7093).
std::string key_id(const PrivateKey& key) {
  return digest_bytes(SumKind::sha256, key.public_bits()).substr(0, 20);
}

Result<std::string> extensions(const CertificateRequest& request, const PrivateKey& key,
                               std::string_view authority_id) {
  constexpr std::uint8_t k_key_identifier = 0x80;
  constexpr std::uint8_t k_explicit_3 = 0xA3;
  const bool is_authority = request.role == CertificateRole::authority;
  // digitalSignature, keyEncipherment; of an authority also keyCertSign.
  const std::string usage = is_authority ? der::bits("\xA4", 2) : der::bits("\xA0", 5);
  std::string all = extension("2.5.29.15", Importance::critical, usage);
  all += extension("2.5.29.37", Importance::usual, extended_key_usage());
  all += extension("2.5.29.19", Importance::critical,
                   is_authority ? der::sequence({der::boolean_true()}) : der::sequence({}));
  if (is_authority) all += extension("2.5.29.14", Importance::usual, der::octets(key_id(key)));
  if (!authority_id.empty()) {
    all += extension("2.5.29.35", Importance::usual, der::sequence({der::value(k_key_identifier, authority_id)}));
  }
  if (!request.dns_names.empty() || !request.addresses.empty()) {
    TRY_ASSIGN(const std::string names, alternative_names(request));
    all += extension("2.5.29.17", request.common_name.empty() ? Importance::critical : Importance::usual, names);
  }
  return der::value(k_explicit_3, der::sequence({all}));
}

}  // namespace

Result<CertificateIssuer> read_issuer(std::string_view certificate) {
  const auto* at = bytes_of(certificate);
  const Certificate parsed(d2i_X509(nullptr, &at, static_cast<long>(certificate.size())));
  if (!parsed) {
    take_openssl_error();
    return fail(ErrorKind::render, "x509: malformed certificate");
  }
  if (at != bytes_of(certificate) + certificate.size()) return fail(ErrorKind::render, "x509: trailing data");
  CertificateIssuer issuer;
  unsigned char* bytes = nullptr;
  if (const int size = i2d_X509_NAME(X509_get_subject_name(parsed.get()), &bytes); size > 0) {
    issuer.subject.assign(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
  OPENSSL_free(bytes);
  bytes = nullptr;
  if (const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(parsed.get()), &bytes); size > 0) {
    issuer.public_info.assign(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
  OPENSSL_free(bytes);
  if (const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(parsed.get())) {
    issuer.key_id.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(id)),
                         static_cast<std::size_t>(ASN1_STRING_length(id)));
  }
  return issuer;
}

Result<std::string> make_certificate(const CertificateRequest& request, const PrivateKey& key) {
  TRY_ASSIGN(const std::string subject, name_of(request.common_name));
  if (key.kind() == KeyKind::dsa) TRY(key.signature_algorithm());
  return make_certificate(request, key, {subject, {}, key.public_info()}, key);
}

Result<std::string> make_certificate(const CertificateRequest& request, const PrivateKey& key,
                                     const CertificateIssuer& issuer, const PrivateKey& issuer_key) {
  constexpr std::uint8_t k_explicit_0 = 0xA0;
  TRY_ASSIGN(const std::string algorithm, issuer_key.signature_algorithm());
  if (key.kind() == KeyKind::dsa) return fail(ErrorKind::render, "x509: unsupported public key type: *dsa.PublicKey");
  TRY_ASSIGN(const std::string subject, name_of(request.common_name));
  if (issuer_key.public_info() != issuer.public_info) {
    return fail(ErrorKind::render, "x509: provided PrivateKey doesn't match parent's PublicKey");
  }
  const std::string_view authority_id = issuer.subject == subject ? std::string_view() : issuer.key_id;
  TRY_ASSIGN(const std::string all_extensions, extensions(request, key, authority_id));
  TRY_ASSIGN(const std::string valid, validity(request));
  const std::string version_3 = der::value(k_explicit_0, der::integer("\x02"));
  const std::string content = der::sequence({version_3, der::integer(request.serial), algorithm, issuer.subject, valid,
                                             subject, key.public_info(), all_extensions});
  TRY_ASSIGN(const std::string signature, issuer_key.sign(content));
  return der::sequence({content, algorithm, der::bits(signature)});
}

std::string parse_address(std::string_view text) {
  const std::string name(text);
  if (name.find('\0') != std::string::npos) return {};
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, name.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, name.c_str(), bytes.data()) != 1) return {};
  // An address of the old kind in the new form is written in the old one.
  constexpr std::string_view k_mapped("\0\0\0\0\0\0\0\0\0\0\xFF\xFF", 12);
  if (std::string_view(bytes.data(), 12) == k_mapped) return {bytes.data() + 12, 4};
  return {bytes.data(), 16};
}

}  // namespace reconciled::helm
