// X.509 certificates with the fields that sprig's certificate functions give them.
#pragma once

#include "renderers/helm/crypto/private_key.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

enum class CertificateRole : std::uint8_t { leaf, authority };

struct CertificateRequest {
  std::string_view common_name{};
  std::vector<std::string> addresses{};  ///< of IP, 4 or 16 bytes each
  std::vector<std::string_view> dns_names{};
  std::chrono::sys_seconds not_before{};
  std::chrono::sys_seconds not_after{};
  CertificateRole role = CertificateRole::leaf;
  std::string serial{};  ///< big-endian
};

/// What a certificate takes from the one that signs it.
struct CertificateIssuer {
  std::string subject{};  ///< its name in DER
  std::string key_id{};   ///< of the subject; may be empty
  std::string public_info{};
};

/// Reads a certificate in DER.
Result<CertificateIssuer> read_issuer(std::string_view certificate);

/// In DER. Without an issuer it signs itself. Messages are those of Go's x509.CreateCertificate.
Result<std::string> make_certificate(const CertificateRequest& request, const PrivateKey& key);
Result<std::string> make_certificate(const CertificateRequest& request, const PrivateKey& key,
                                     const CertificateIssuer& issuer, const PrivateKey& issuer_key);

/// The 4 or 16 bytes of an address; empty when the text is none.
std::string parse_address(std::string_view text);

}  // namespace reconciled::helm
