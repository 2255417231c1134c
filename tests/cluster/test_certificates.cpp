#include "tests/cluster/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace reconciled {
namespace {

template <auto Free>
struct FreedBy {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreedBy<X509_free>>;
using Memory = std::unique_ptr<BIO, FreedBy<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, FreedBy<X509_EXTENSION_free>>;

constexpr long k_hour = 3600;

tl::unexpected<Error> openssl_failed(const char* doing) {
  const char* const reason = ERR_reason_error_string(ERR_get_error());
  return fail(ErrorKind::local, std::string(doing) + ": " + (reason != nullptr ? reason : "OpenSSL failed"));
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(length)};
}

Result<std::string> key_pem(EVP_PKEY* key) {
  const Memory out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return openssl_failed("write a key");
  }
  return text_of(out.get());
}

struct Subject {
  std::string_view common_name;
  std::vector<std::string> organizations;
};

struct Purpose {
  int nid;
  std::string value;  ///< as in OpenSSL's configuration files
};

bool set_subject(X509* certificate, const Subject& subject) {
  X509_NAME* const name = X509_get_subject_name(certificate);
  const auto add = [name](const char* field, std::string_view text) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()), -1, 0) == 1;
  };
  for (const std::string& organization : subject.organizations) {
    if (!add("O", organization)) return false;
  }
  return add("CN", subject.common_name);
}

bool set_serial_and_dates(X509* certificate) {
  unsigned char serial[8] = {};
  if (RAND_bytes(serial, sizeof serial) != 1) return false;
  std::uint64_t number = 1;
  for (const unsigned char byte : serial) number = (number << 7) ^ byte;
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), number >> 1) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -k_hour) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), 48 * k_hour) != nullptr;
}

bool add_extensions(X509* certificate, X509* issuer, const std::vector<Purpose>& purposes) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const Purpose& purpose : purposes) {
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, purpose.nid, purpose.value.c_str()));
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) return false;
  }
  return true;
}

/// Signed by `authority`, or by itself when there is none.
Result<KeyPair> issue(const Subject& subject, const std::vector<Purpose>& purposes, const KeyPair* authority) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  if (!key || !certificate) return openssl_failed("make a key");
  Certificate issuer;
  Key issuer_key;
  if (authority != nullptr) {
    const Memory issuer_text(
        BIO_new_mem_buf(authority->certificate.data(), static_cast<int>(authority->certificate.size())));
    const Memory key_text(BIO_new_mem_buf(authority->key.data(), static_cast<int>(authority->key.size())));
    issuer.reset(PEM_read_bio_X509(issuer_text.get(), nullptr, nullptr, nullptr));
    issuer_key.reset(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
    if (!issuer || !issuer_key) return openssl_failed("read the authority");
  }
  X509* const by = issuer ? issuer.get() : certificate.get();
  if (!set_serial_and_dates(certificate.get()) || !set_subject(certificate.get(), subject) ||
      X509_set_issuer_name(certificate.get(), X509_get_subject_name(by)) != 1 ||
      X509_set_pubkey(certificate.get(), key.get()) != 1 || !add_extensions(certificate.get(), by, purposes) ||
      X509_sign(certificate.get(), issuer_key ? issuer_key.get() : key.get(), EVP_sha256()) == 0) {
    return openssl_failed("sign a certificate");
  }
  const Memory out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_X509(out.get(), certificate.get()) != 1) return openssl_failed("write a certificate");
  TRY_ASSIGN(std::string private_key, key_pem(key.get()));
  return KeyPair{text_of(out.get()), std::move(private_key)};
}

}  // namespace

Result<KeyPair> make_authority(std::string_view common_name) {
  return issue({common_name, {}},
               {{NID_basic_constraints, "critical,CA:TRUE"},
                {NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature"},
                {NID_subject_key_identifier, "hash"}},
               nullptr);
}

Result<KeyPair> make_server_certificate(const KeyPair& authority, const ServerNames& names) {
  std::string alternatives;
  for (const std::string& name : names.dns) alternatives += (alternatives.empty() ? "DNS:" : ",DNS:") + name;
  for (const std::string& address : names.ip) alternatives += (alternatives.empty() ? "IP:" : ",IP:") + address;
  const std::string_view common_name = !names.dns.empty() ? names.dns.front() : names.ip.front();
  return issue({common_name, {}},
               {{NID_basic_constraints, "critical,CA:FALSE"},
                {NID_key_usage, "critical,digitalSignature"},
                {NID_ext_key_usage, "serverAuth"},
                {NID_subject_alt_name, alternatives}},
               &authority);
}

Result<KeyPair> make_client_certificate(const KeyPair& authority, std::string_view user,
                                        const std::vector<std::string>& groups) {
  return issue({user, groups},
               {{NID_basic_constraints, "critical,CA:FALSE"},
                {NID_key_usage, "critical,digitalSignature"},
                {NID_ext_key_usage, "clientAuth"}},
               &authority);
}

Result<SigningKey> make_signing_key() {
  const Key key(EVP_EC_gen("P-256"));
  const Memory out(BIO_new(BIO_s_mem()));
  if (!key || !out || PEM_write_bio_PUBKEY(out.get(), key.get()) != 1) return openssl_failed("make a key");
  TRY_ASSIGN(std::string private_key, key_pem(key.get()));
  return SigningKey{text_of(out.get()), std::move(private_key)};
}

}  // namespace reconciled
