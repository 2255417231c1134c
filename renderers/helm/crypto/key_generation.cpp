// How private keys are drawn from the Random port.
#include "renderers/helm/crypto/private_key.h"
#include "renderers/helm/crypto/private_key_state.h"
#include "renderers/helm/crypto/random_bytes.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <array>
#include <initializer_list>
#include <stdexcept>

namespace reconciled::helm {
namespace {

using Number = Owned<BIGNUM, &BN_clear_free>;
using NumberContext = Owned<BN_CTX, &BN_CTX_free>;

constexpr std::uint64_t k_steps_a_candidate = 4096;  // so that each looks at the clock

/// OpenSSL's arithmetic fails only when memory ends.
void require(bool done) {
  if (!done) throw std::runtime_error("arithmetic of a key failed: " + take_openssl_error());
}

Number make_number() {
  Number number(BN_new());
  require(number != nullptr);
  return number;
}

/// Below 2 to the power of `bits`.
Number draw_number(int bits, Random& random) {
  std::string bytes = random_bytes(random, static_cast<std::size_t>(bits + 7) / 8);
  Number number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
  require(number != nullptr);
  if (BN_num_bits(number.get()) > bits) BN_mask_bits(number.get(), bits);
  return number;
}

/// From 1 to `limit` - 1.
Number draw_below(const BIGNUM* limit, Random& random) {
  while (true) {
    Number number = draw_number(BN_num_bits(limit), random);
    if (!BN_is_zero(number.get()) && BN_cmp(number.get(), limit) < 0) return number;
  }
}

Result<bool> is_prime(const BIGNUM* number, BN_CTX* context, Budget& budget) {
  if (!budget.step(k_steps_a_candidate)) return fail(budget.error("search for a prime number"));
  const int answer = BN_check_prime(number, context, nullptr);
  require(answer >= 0);
  return answer == 1;
}

/// A prime of exactly so many bits, the two highest set, so that a product of two has all its bits.
Result<Number> draw_prime(int bits, Random& random, BN_CTX* context, Budget& budget) {
  while (true) {
    Number number = draw_number(bits, random);
    require(BN_set_bit(number.get(), bits - 1) == 1 && BN_set_bit(number.get(), bits - 2) == 1 &&
            BN_set_bit(number.get(), 0) == 1);
    TRY_ASSIGN(const bool prime, is_prime(number.get(), context, budget));
    if (prime) return number;
  }
}

struct Parameter {
  const char* name;
  const BIGNUM* number;
};

/// A key of these numbers. `group` is the name of a curve, and `point` the public key on it.
PrivateKey assemble(const char* type, std::initializer_list<Parameter> parameters, const char* group = nullptr,
                    std::string_view point = {}) {
  const Owned<OSSL_PARAM_BLD, &OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  for (const auto& [name, number] : parameters) require(OSSL_PARAM_BLD_push_BN(builder.get(), name, number) == 1);
  if (group != nullptr) {
    require(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
            OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1);
  }
  const Owned<OSSL_PARAM, &OSSL_PARAM_free> list(OSSL_PARAM_BLD_to_param(builder.get()));
  const Owned<EVP_PKEY_CTX, &EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  require(list && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
          EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, list.get()) == 1);
  return own_key(key);
}

/// A prime p such that p-1 and the exponent have no common factor.
Result<Number> draw_rsa_prime(int bits, const BIGNUM* exponent, Random& random, BN_CTX* context, Budget& budget) {
  while (true) {
    TRY_ASSIGN(Number prime, draw_prime(bits, random, context, budget));
    const Number rest = make_number();
    require(BN_mod(rest.get(), prime.get(), exponent, context) == 1);
    if (!BN_is_one(rest.get())) return prime;  // the exponent is prime
  }
}

}  // namespace

Result<PrivateKey> PrivateKey::make_rsa(unsigned bits, Random& random, Budget& budget) {
  const NumberContext context(BN_CTX_new());
  const Number e = make_number();
  require(BN_set_word(e.get(), 65537) == 1);
  const int half = static_cast<int>(bits / 2);
  TRY_ASSIGN(Number p, draw_rsa_prime(half, e.get(), random, context.get(), budget));
  TRY_ASSIGN(Number q, draw_rsa_prime(half, e.get(), random, context.get(), budget));
  if (BN_cmp(p.get(), q.get()) < 0) std::swap(p, q);
  const Number n = make_number();
  const Number p1 = make_number();
  const Number q1 = make_number();
  const Number totient = make_number();
  const Number common = make_number();
  const Number dp = make_number();
  const Number dq = make_number();
  BN_CTX* c = context.get();
  require(BN_mul(n.get(), p.get(), q.get(), c) == 1 && BN_sub(p1.get(), p.get(), BN_value_one()) == 1 &&
          BN_sub(q1.get(), q.get(), BN_value_one()) == 1 && BN_mul(totient.get(), p1.get(), q1.get(), c) == 1 &&
          BN_gcd(common.get(), p1.get(), q1.get(), c) == 1 &&
          BN_div(totient.get(), nullptr, totient.get(), common.get(), c) == 1);
  const Number d(BN_mod_inverse(nullptr, e.get(), totient.get(), c));
  const Number inverse(BN_mod_inverse(nullptr, q.get(), p.get(), c));
  require(d && inverse && BN_mod(dp.get(), d.get(), p1.get(), c) == 1 && BN_mod(dq.get(), d.get(), q1.get(), c) == 1);
  return assemble("RSA", {{OSSL_PKEY_PARAM_RSA_N, n.get()},
                          {OSSL_PKEY_PARAM_RSA_E, e.get()},
                          {OSSL_PKEY_PARAM_RSA_D, d.get()},
                          {OSSL_PKEY_PARAM_RSA_FACTOR1, p.get()},
                          {OSSL_PKEY_PARAM_RSA_FACTOR2, q.get()},
                          {OSSL_PKEY_PARAM_RSA_EXPONENT1, dp.get()},
                          {OSSL_PKEY_PARAM_RSA_EXPONENT2, dq.get()},
                          {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, inverse.get()}});
}

Result<PrivateKey> PrivateKey::make_dsa(Random& random, Budget& budget) {
  constexpr int k_bits = 2048;
  constexpr int k_subgroup_bits = 256;
  const NumberContext context(BN_CTX_new());
  BN_CTX* c = context.get();
  TRY_ASSIGN(const Number q, draw_prime(k_subgroup_bits, random, c, budget));
  const Number rest = make_number();
  Number p;
  for (bool prime = false; !prime;) {  // p = 1 modulo q
    p = draw_number(k_bits, random);
    require(BN_set_bit(p.get(), k_bits - 1) == 1 && BN_set_bit(p.get(), 0) == 1 &&
            BN_mod(rest.get(), p.get(), q.get(), c) == 1 && BN_sub_word(rest.get(), 1) == 1 &&
            BN_sub(p.get(), p.get(), rest.get()) == 1);
    if (BN_num_bits(p.get()) != k_bits || !BN_is_odd(p.get())) continue;
    TRY_ASSIGN(prime, is_prime(p.get(), c, budget));
  }
  const Number cofactor = make_number();
  const Number base = make_number();
  const Number g = make_number();
  require(BN_copy(cofactor.get(), p.get()) != nullptr && BN_sub_word(cofactor.get(), 1) == 1 &&
          BN_div(cofactor.get(), nullptr, cofactor.get(), q.get(), c) == 1 && BN_set_word(base.get(), 2) == 1 &&
          BN_mod_exp(g.get(), base.get(), cofactor.get(), p.get(), c) == 1);
  const Number x = draw_below(q.get(), random);
  const Number y = make_number();
  require(BN_mod_exp(y.get(), g.get(), x.get(), p.get(), c) == 1);
  return assemble("DSA", {{OSSL_PKEY_PARAM_FFC_P, p.get()},
                          {OSSL_PKEY_PARAM_FFC_Q, q.get()},
                          {OSSL_PKEY_PARAM_FFC_G, g.get()},
                          {OSSL_PKEY_PARAM_PUB_KEY, y.get()},
                          {OSSL_PKEY_PARAM_PRIV_KEY, x.get()}});
}

Result<PrivateKey> PrivateKey::make_ecdsa(Random& random) {
  const Owned<EC_GROUP, &EC_GROUP_free> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  require(group != nullptr);
  const Number secret = draw_below(EC_GROUP_get0_order(group.get()), random);
  const Owned<EC_POINT, &EC_POINT_free> point(EC_POINT_new(group.get()));
  std::array<unsigned char, 65> encoded{};
  require(point && EC_POINT_mul(group.get(), point.get(), secret.get(), nullptr, nullptr, nullptr) == 1 &&
          EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(), encoded.size(),
                             nullptr) == encoded.size());
  return assemble("EC", {{OSSL_PKEY_PARAM_PRIV_KEY, secret.get()}}, "prime256v1",
                  {reinterpret_cast<const char*>(encoded.data()), encoded.size()});
}

Result<PrivateKey> PrivateKey::make_ed25519(Random& random) {
  std::string seed = random_bytes(random, 32);
  EVP_PKEY* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size());
  require(key != nullptr);
  return own_key(key);
}

}  // namespace reconciled::helm
