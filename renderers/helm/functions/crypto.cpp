// Sums, passwords, ciphers and keys.
#include "base/base64.h"
#include "renderers/helm/crypto/bcrypt.h"
#include "renderers/helm/crypto/cipher.h"
#include "renderers/helm/crypto/derive_password.h"
#include "renderers/helm/crypto/digests.h"
#include "renderers/helm/crypto/private_key.h"
#include "renderers/helm/crypto/random_bytes.h"
#include "renderers/helm/functions/base_encoding.h"
#include "renderers/helm/functions/certificates.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/methods.h"
#include "renderers/helm/functions/signature.h"

#include <algorithm>
#include <array>

namespace reconciled::helm {
namespace {

std::string draw(FunctionCall& call, std::size_t count) {
  call.world.used_random = true;
  return random_bytes(call.world.random, count);
}

template <SumKind kind>
Result<GoValue> call_sum(FunctionCall& call) {
  return make_string(call.arena(), digest_hex(kind, call.arguments[0].as_text()));
}

Result<GoValue> call_adler32sum(FunctionCall& call) {
  return make_string(call.arena(), std::to_string(adler32(call.arguments[0].as_text())));
}

/// Never fails: what went wrong is the text.
std::string hash_password(FunctionCall& call, std::string_view password) {
  BcryptSalt salt{};
  const std::string bytes = draw(call, salt.size());
  std::copy(bytes.begin(), bytes.end(), salt.begin());
  auto hash = bcrypt(password, salt);
  return hash ? std::move(*hash) : "failed to encrypt string with bcrypt: " + hash.error().message;
}

Result<GoValue> call_bcrypt(FunctionCall& call) {
  return make_string(call.arena(), hash_password(call, call.arguments[0].as_text()));
}

Result<GoValue> call_htpasswd(FunctionCall& call) {
  const std::string user(call.arguments[0].as_text());
  if (user.find(':') != std::string::npos) return make_string(call.arena(), "invalid username: " + user);
  return make_string(call.arena(), user + ':' + hash_password(call, call.arguments[1].as_text()));
}

Result<GoValue> call_derive_password(FunctionCall& call) {
  const auto& arguments = call.arguments;
  const PasswordSite site{arguments[3].as_text(), arguments[4].as_text(),
                          static_cast<std::uint32_t>(arguments[0].as_uint())};
  return make_string(call.arena(), derive_password(arguments[1].as_text(), arguments[2].as_text(), site));
}

Result<GoValue> call_encrypt_aes(FunctionCall& call) {
  constexpr std::size_t k_vector_bytes = 16;
  const std::string_view text = call.arguments[1].as_text();
  if (text.empty()) return GoValue::string("");
  const std::string encrypted = encrypt_aes(call.arguments[0].as_text(), text, draw(call, k_vector_bytes));
  return make_string(call.arena(), encode_base64(encrypted));
}

Result<GoValue> call_decrypt_aes(FunctionCall& call) {
  const std::string_view text = call.arguments[1].as_text();
  if (text.empty()) return GoValue::string("");
  TRY_ASSIGN(const std::string encrypted, decode_base64_strictly(text));
  const std::size_t capacity = text.size() / 4 * 3;  // what Go's decoder makes room for
  TRY_ASSIGN(const std::string decrypted, decrypt_aes(call.arguments[0].as_text(), encrypted, capacity));
  return make_string(call.arena(), decrypted);
}

Result<GoValue> call_rand_bytes(FunctionCall& call) {
  const std::int64_t count = call.arguments[0].as_int();
  if (count < 0) return fail(ErrorKind::render, "runtime error: makeslice: len out of range");
  const auto size = static_cast<std::uint64_t>(count);
  if (!call.arena().reserve(size) || !call.arena().reserve(size * 2)) {
    return fail(ErrorKind::limit, "randBytes of " + std::to_string(count) + " bytes is more than the budget allows");
  }
  return make_string(call.arena(), encode_base64(draw(call, size)));
}

Result<GoValue> call_uuidv4(FunctionCall& call) {
  call.world.used_random = true;
  return make_string(call.arena(), call.world.random.uuid());
}

Result<PrivateKey> draw_key(std::string_view type, FunctionCall& call) {
  constexpr unsigned k_rsa_bits = 4096;
  call.world.used_random = true;
  if (type == "dsa") return PrivateKey::make_dsa(call.world.random, call.arena().budget());
  if (type == "ecdsa") return PrivateKey::make_ecdsa(call.world.random);
  if (type == "ed25519") return PrivateKey::make_ed25519(call.world.random);
  return PrivateKey::make_rsa(k_rsa_bits, call.world.random, call.arena().budget());
}

Result<GoValue> call_gen_private_key(FunctionCall& call) {
  constexpr std::array<std::string_view, 5> k_types{"", "rsa", "dsa", "ecdsa", "ed25519"};
  const std::string_view type = call.arguments[0].as_text();
  if (std::find(k_types.begin(), k_types.end(), type) == k_types.end()) {
    return make_string(call.arena(), "Unknown type " + std::string(type));
  }
  TRY_ASSIGN(const PrivateKey key, draw_key(type, call));
  return make_string(call.arena(), key.pem());
}

using enum GoParameter;
constexpr auto& k_text = k_takes<string>;
constexpr auto& k_two_texts = k_takes<string, string>;

constexpr std::array k_functions{
    GoFunction{"sha1sum", k_text, k_fixed, &call_sum<SumKind::sha1>},
    GoFunction{"sha256sum", k_text, k_fixed, &call_sum<SumKind::sha256>},
    GoFunction{"sha512sum", k_text, k_fixed, &call_sum<SumKind::sha512>},
    GoFunction{"adler32sum", k_text, k_fixed, &call_adler32sum},
    GoFunction{"bcrypt", k_text, k_fixed, &call_bcrypt},
    GoFunction{"htpasswd", k_two_texts, k_fixed, &call_htpasswd},
    GoFunction{"derivePassword", k_takes<uint32, string, string, string, string>, k_fixed, &call_derive_password},
    GoFunction{"encryptAES", k_two_texts, k_fixed, &call_encrypt_aes},
    GoFunction{"decryptAES", k_two_texts, k_fixed, &call_decrypt_aes},
    GoFunction{"randBytes", k_takes<int_>, k_fixed, &call_rand_bytes},
    GoFunction{"uuidv4", k_takes<>, k_fixed, &call_uuidv4},
    GoFunction{"genPrivateKey", k_text, k_fixed, &call_gen_private_key},
    GoFunction{"genCA", k_takes<string, int_>, k_fixed, &call_gen_ca},
    GoFunction{"genCAWithKey", k_takes<string, int_, string>, k_fixed, &call_gen_ca_with_key},
    GoFunction{"genSelfSignedCert", k_takes<string, list_any, list_any, int_>, k_fixed, &call_gen_self_signed_cert},
    GoFunction{"genSelfSignedCertWithKey", k_takes<string, list_any, list_any, int_, string>, k_fixed,
               &call_gen_self_signed_cert_with_key},
    GoFunction{"genSignedCert", k_takes<string, list_any, list_any, int_, certificate>, k_fixed, &call_gen_signed_cert},
    GoFunction{"genSignedCertWithKey", k_takes<string, list_any, list_any, int_, certificate, string>, k_fixed,
               &call_gen_signed_cert_with_key},
    GoFunction{"buildCustomCert", k_two_texts, k_fixed, &call_build_custom_cert},
};

}  // namespace

std::span<const GoFunction> crypto_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
