#include "renderers/helm/functions/certificates.h"

#include "base/base64.h"
#include "renderers/helm/crypto/certificate.h"
#include "renderers/helm/crypto/pem.h"
#include "renderers/helm/crypto/random_bytes.h"
#include "renderers/helm/functions/methods.h"
#include "renderers/helm/values/format.h"

#include <optional>

namespace reconciled::helm {
namespace {

/// sprig.certificate: both in PEM.
class CertificateObject final : public GoObject {
 public:
  CertificateObject(std::string_view certificate, std::string_view key) : m_certificate(certificate), m_key(key) {}
  [[nodiscard]] std::string_view certificate() const { return m_certificate; }
  [[nodiscard]] std::string_view key() const { return m_key; }

  [[nodiscard]] std::string_view type_name() const override { return "sprig.certificate"; }
  [[nodiscard]] bool is_pointer() const override { return false; }
  bool field(std::string_view name, Arena&, GoValue& field) const override {
    if (name != "Cert" && name != "Key") return false;
    field = GoValue::string(name == "Cert" ? m_certificate : m_key);
    return true;
  }
  [[nodiscard]] const GoFunction* method(std::string_view) const override { return nullptr; }
  bool text(Arena&, Receiver, std::string_view&) const override { return false; }
  std::span<const GoMap::Entry> fields(Arena& arena) const override {
    auto* fields = arena.make_array<GoMap::Entry>(2);
    fields[0] = {"Cert", GoValue::string(m_certificate)};
    fields[1] = {"Key", GoValue::string(m_key)};
    return {fields, 2};
  }

 private:
  std::string_view m_certificate;
  std::string_view m_key;
};

GoValue make_pair(Arena& arena, std::string_view certificate, std::string_view key) {
  return GoValue::object(arena.make<CertificateObject>(arena.copy(certificate), arena.copy(key)));
}

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorKind::render, std::move(message));
}

/// The error with what was being done before it, as Go's fmt.Errorf("...: %s").
template <class T>
Result<T> doing(std::string_view what, Result<T> result) {
  if (result) return result;
  Error error = std::move(result).error();
  error.message = std::string(what) + ": " + error.message;
  return fail(std::move(error));
}

/// What the parameters of all these functions say; lists may be nil.
struct Wanted {
  GoValue common_name;
  GoValue addresses;
  GoValue dns_names;
  GoValue days;
};

Result<CertificateRequest> make_request(FunctionCall& call, const Wanted& wanted) {
  constexpr std::size_t k_serial_bytes = 16;
  CertificateRequest request;
  request.common_name = wanted.common_name.as_text();
  for (const GoValue item : wanted.addresses.items()) {
    TRY_ASSIGN(const std::string_view text, format_v(item, call.arena()));
    if (!item.is_string()) return refuse("error parsing ip: " + std::string(text) + " is not a string");
    request.addresses.push_back(parse_address(text));
    if (request.addresses.back().empty()) return refuse("error parsing ip: " + std::string(text));
  }
  for (const GoValue item : wanted.dns_names.items()) {
    TRY_ASSIGN(const std::string_view text, format_v(item, call.arena()));
    if (!item.is_string()) {
      return refuse("error processing alternate dns name: " + std::string(text) + " is not a string");
    }
    request.dns_names.push_back(text);
  }
  // A time.Duration counts nanoseconds and wraps.
  constexpr std::uint64_t k_day = 86'400ULL * 1'000'000'000ULL;
  const auto valid =
      std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<std::uint64_t>(wanted.days.as_int()) * k_day));
  const auto now = std::chrono::time_point_cast<std::chrono::nanoseconds>(call.world.now);
  request.not_before = std::chrono::floor<std::chrono::seconds>(now);
  // Seconds first: the sum of nanoseconds might not fit.
  const auto whole = std::chrono::floor<std::chrono::seconds>(valid);
  request.not_after = request.not_before + whole +
                      std::chrono::floor<std::chrono::seconds>((now - request.not_before) + (valid - whole));
  request.serial = random_bytes(call.world.random, k_serial_bytes);
  call.world.used_random = true;
  call.world.used_time = true;
  return request;
}

Result<PrivateKey> draw_key(FunctionCall& call) {
  constexpr unsigned k_bits = 2048;
  call.world.used_random = true;
  return doing("error generating rsa key", PrivateKey::make_rsa(k_bits, call.world.random, call.arena().budget()));
}

Result<PrivateKey> read_key(GoValue text) {
  return doing("parsing private key", PrivateKey::read_pem(text.as_text()));
}

GoValue finish(FunctionCall& call, std::string_view certificate, const PrivateKey& key) {
  return make_pair(call.arena(), format_pem("CERTIFICATE", certificate), key.pem());
}

Result<GoValue> sign_by_itself(FunctionCall& call, const Wanted& wanted, CertificateRole role, const PrivateKey& key) {
  TRY_ASSIGN(CertificateRequest request, make_request(call, wanted));
  request.role = role;
  TRY_ASSIGN(const std::string certificate, doing("error creating certificate", make_certificate(request, key)));
  return finish(call, certificate, key);
}

Result<GoValue> sign_by(FunctionCall& call, const Wanted& wanted, GoValue authority, const PrivateKey& key) {
  const auto& pair = *static_cast<const CertificateObject*>(authority.as_object());
  const auto block = read_pem(pair.certificate());
  if (!block) return refuse("unable to decode certificate");
  TRY_ASSIGN(const CertificateIssuer issuer,
             doing("error parsing certificate: decodedSignerCert.Bytes", read_issuer(block->bytes)));
  TRY_ASSIGN(const PrivateKey issuer_key, doing("error parsing private key", PrivateKey::read_pem(pair.key())));
  TRY_ASSIGN(const CertificateRequest request, make_request(call, wanted));
  TRY_ASSIGN(const std::string certificate,
             doing("error creating certificate", make_certificate(request, key, issuer, issuer_key)));
  return finish(call, certificate, key);
}

Wanted authority_wanted(const FunctionCall& call) {
  return {call.arguments[0], {}, {}, call.arguments[1]};
}
Wanted leaf_wanted(const FunctionCall& call) {
  return {call.arguments[0], call.arguments[1], call.arguments[2], call.arguments[3]};
}

}  // namespace

Result<GoValue> call_gen_ca(FunctionCall& call) {
  TRY_ASSIGN(const PrivateKey key, draw_key(call));
  return sign_by_itself(call, authority_wanted(call), CertificateRole::authority, key);
}

Result<GoValue> call_gen_ca_with_key(FunctionCall& call) {
  TRY_ASSIGN(const PrivateKey key, read_key(call.arguments[2]));
  return sign_by_itself(call, authority_wanted(call), CertificateRole::authority, key);
}

Result<GoValue> call_gen_self_signed_cert(FunctionCall& call) {
  TRY_ASSIGN(const PrivateKey key, draw_key(call));
  return sign_by_itself(call, leaf_wanted(call), CertificateRole::leaf, key);
}

Result<GoValue> call_gen_self_signed_cert_with_key(FunctionCall& call) {
  TRY_ASSIGN(const PrivateKey key, read_key(call.arguments[4]));
  return sign_by_itself(call, leaf_wanted(call), CertificateRole::leaf, key);
}

Result<GoValue> call_gen_signed_cert(FunctionCall& call) {
  TRY_ASSIGN(const PrivateKey key, draw_key(call));
  return sign_by(call, leaf_wanted(call), call.arguments[4], key);
}

Result<GoValue> call_gen_signed_cert_with_key(FunctionCall& call) {
  TRY_ASSIGN(const PrivateKey key, read_key(call.arguments[5]));
  return sign_by(call, leaf_wanted(call), call.arguments[4], key);
}

Result<GoValue> call_build_custom_cert(FunctionCall& call) {
  const auto certificate = decode_base64(call.arguments[0].as_text());
  if (!certificate) return refuse("unable to decode base64 certificate");
  const auto key = decode_base64(call.arguments[1].as_text());
  if (!key) return refuse("unable to decode base64 private key");
  const auto block = read_pem(*certificate);
  if (!block) return refuse("unable to decode certificate");
  TRY(doing("error parsing certificate: decodedCert.Bytes", read_issuer(block->bytes)));
  TRY(doing("error parsing private key", PrivateKey::read_pem(*key)));
  return make_pair(call.arena(), *certificate, *key);
}

}  // namespace reconciled::helm
