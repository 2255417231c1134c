#include "renderers/helm/crypto/certificate.h"

#include "renderers/helm/crypto/der.h"

#include <doctest/doctest.h>
#include <openssl/bio.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace reconciled::helm {
namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr std::chrono::sys_seconds k_now{std::chrono::seconds(1'700'000'000)};

Certificate parse(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return {d2i_X509(nullptr, &at, static_cast<long>(der.size())), &X509_free};
}

/// As `openssl x509 -text` prints the extensions.
std::string extensions_of(X509* certificate) {
  BIO* out = BIO_new(BIO_s_mem());
  X509V3_extensions_print(out, "", X509_get0_extensions(certificate), 0, 0);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(out);
  return text;
}

CertificateRequest request_for(std::string_view name) {
  CertificateRequest request;
  request.common_name = name;
  request.not_before = k_now;
  request.not_after = k_now + std::chrono::days(365);
  request.serial = std::string("\x80\x01", 2);
  return request;
}

TEST_CASE("an authority signs itself, and a leaf that names it") {
  Budget budget;
  SeededRandom random(11);
  const PrivateKey authority_key = *PrivateKey::make_rsa(2048, random, budget);
  auto request = request_for("my-ca");
  request.role = CertificateRole::authority;
  const std::string authority_der = *make_certificate(request, authority_key);
  const Certificate authority = parse(authority_der);
  REQUIRE(authority);
  CHECK(X509_get_version(authority.get()) == 2);
  CHECK(X509_verify(authority.get(), X509_get0_pubkey(authority.get())) == 1);
  CHECK(X509_check_ca(authority.get()) == 1);

  const PrivateKey leaf_key = *PrivateKey::make_ecdsa(random);
  auto leaf_request = request_for("*.example.com");
  leaf_request.dns_names = {"a.example.com", "b.example.com"};
  leaf_request.addresses = {parse_address("127.0.0.1"), parse_address("::1")};
  const CertificateIssuer issuer = *read_issuer(authority_der);
  const std::string leaf_der = *make_certificate(leaf_request, leaf_key, issuer, authority_key);
  const Certificate leaf = parse(leaf_der);
  REQUIRE(leaf);
  CHECK(X509_verify(leaf.get(), X509_get0_pubkey(authority.get())) == 1);
  CHECK(X509_check_issued(authority.get(), leaf.get()) == X509_V_OK);
  const std::string text = extensions_of(leaf.get());
  CAPTURE(text);
  CHECK(text.find("X509v3 Key Usage: critical\n        Digital Signature, Key Encipherment\n") != std::string::npos);
  CHECK(text.find("TLS Web Server Authentication, TLS Web Client Authentication") != std::string::npos);
  CHECK(text.find("X509v3 Basic Constraints: critical\n        CA:FALSE") != std::string::npos);
  CHECK(text.find("DNS:a.example.com, DNS:b.example.com, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1") !=
        std::string::npos);
  CHECK(text.find("Subject Key Identifier") == std::string::npos);
  CHECK(text.find("Authority Key Identifier") != std::string::npos);
}

TEST_CASE("what X.509 cannot hold is refused in Go's words") {
  SeededRandom random(3);
  const PrivateKey key = *PrivateKey::make_ed25519(random);
  const auto error = [&](const CertificateRequest& request) { return make_certificate(request, key).error().message; };
  auto request = request_for("a\xff");
  CHECK(error(request) == "asn1: string not valid UTF-8");
  request = request_for("a");
  request.dns_names = {"é"};
  CHECK(error(request) == "x509: \"é\" cannot be encoded as an IA5String");
  request = request_for("a");
  request.not_after = std::chrono::sys_seconds(std::chrono::seconds(253'402'300'800));
  CHECK(error(request) == "asn1: structure error: cannot represent time as GeneralizedTime");
  Budget budget;
  request = request_for("a");
  const PrivateKey dsa = *PrivateKey::make_dsa(random, budget);
  CHECK(make_certificate(request, dsa).error().message ==
        "x509: certificate private key does not implement crypto.Signer");
  const PrivateKey other = *PrivateKey::make_ed25519(random);
  CHECK(make_certificate(request, key, {"", "", key.public_info()}, other).error().message ==
        "x509: provided PrivateKey doesn't match parent's PublicKey");
  CHECK(read_issuer("x").error().message == "x509: malformed certificate");
}

TEST_CASE("DER") {
  CHECK(der::integer(std::string_view("\0\0\x80", 3)) == std::string("\x02\x02\0\x80", 4));
  CHECK(der::object_id("1.2.840.113549") == "\x06\x06\x2A\x86\x48\x86\xF7\x0D");
  CHECK(der::value(0x04, std::string(200, 'x')).substr(0, 3) == "\x04\x81\xC8");
  CHECK(*der::text("a b'c") ==
        "\x13\x05"
        "a b'c");
  CHECK(*der::text("*.a") == "\x0C\x03*.a");
  CHECK(*der::time(k_now) ==
        "\x17\x0D"
        "231114221320Z");
  CHECK(*der::time(std::chrono::sys_days(std::chrono::year(2050) / 1 / 1)) ==
        "\x18\x0F"
        "20500101000000Z");
}

TEST_CASE("addresses") {
  CHECK(parse_address("10.0.0.1") == std::string("\x0A\0\0\x01", 4));
  CHECK(parse_address("::ffff:10.0.0.1") == std::string("\x0A\0\0\x01", 4));
  CHECK(parse_address("fe80::1").size() == 16);
  for (const std::string_view bad : {"", "10.0.0", "010.0.0.1", "10.0.0.1 ", "fe80::1%eth0", "1.2.3.4.5"}) {
    CAPTURE(bad);
    CHECK(parse_address(bad).empty());
  }
}

}  // namespace
}  // namespace reconciled::helm
