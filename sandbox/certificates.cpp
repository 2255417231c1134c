#include "sandbox/certificates.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>

namespace reconciled::sandbox {
namespace {

constexpr long k_validity_seconds = 10L * 365 * 24 * 3600;
constexpr long k_clock_skew_seconds = -3600;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

Error openssl_error(const std::string& doing) {
  char text[256] = {};
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  return Error(ErrorKind::internal, doing + ": " + text);
}

std::string pem_of(X509* certificate) {
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(memory.get(), certificate);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(EVP_PKEY* key) {
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

bool add_extension(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool set_names(X509* certificate, X509* issuer, const char* name) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>(name);
  if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0) != 1) return false;
  return X509_set_issuer_name(certificate, issuer == nullptr ? subject : X509_get_subject_name(issuer)) == 1;
}

bool set_serial(X509* certificate) {
  unsigned char bytes[8] = {};
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  std::uint64_t serial = 0;
  for (const unsigned char byte : bytes) serial = serial << 8 | byte;
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1;
}

/// `issuer` null: signs itself, as an authority.
Certificate make_certificate(EVP_PKEY* key, const char* name, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new(), &X509_free);
  X509* const raw = certificate.get();
  bool good = raw != nullptr && X509_set_version(raw, 2) == 1 && set_serial(raw) && set_names(raw, issuer, name);
  good = good && X509_gmtime_adj(X509_getm_notBefore(raw), k_clock_skew_seconds) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(raw), k_validity_seconds) != nullptr && X509_set_pubkey(raw, key) == 1;
  if (issuer == nullptr) {
    good = good && add_extension(raw, raw, NID_basic_constraints, "critical,CA:TRUE") &&
           add_extension(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add_extension(raw, raw, NID_subject_key_identifier, "hash");
  } else {
    good = good && add_extension(raw, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(raw, issuer, NID_key_usage, "critical,digitalSignature") &&
           add_extension(raw, issuer, NID_ext_key_usage, "serverAuth") &&
           add_extension(raw, issuer, NID_subject_alt_name, "IP:127.0.0.1,IP:::1,DNS:localhost");
  }
  if (!good || X509_sign(raw, issuer == nullptr ? key : issuer_key, EVP_sha256()) == 0) certificate.reset();
  return certificate;
}

}  // namespace

Result<ServerCertificate> make_server_certificate() {
  const Key authority_key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const Key server_key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  if (!authority_key || !server_key) return fail(openssl_error("making a key"));
  const Certificate authority = make_certificate(authority_key.get(), "reconcile sandbox authority", nullptr, nullptr);
  if (!authority) return fail(openssl_error("making the authority's certificate"));
  const Certificate server =
      make_certificate(server_key.get(), "reconcile sandbox", authority.get(), authority_key.get());
  if (!server) return fail(openssl_error("making the server's certificate"));
  return ServerCertificate{pem_of(authority.get()), pem_of(server.get()), pem_of(server_key.get())};
}

}  // namespace reconciled::sandbox
