#include "renderers/helm/crypto/private_key.h"

#include "renderers/helm/crypto/pem.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

std::string error_of(std::string_view text) {
  const auto key = PrivateKey::read_pem(text);
  return key ? "no error" : key.error().message;
}

TEST_CASE("a seed gives the same key of each kind, and its PEM is read again") {
  Budget budget;
  SeededRandom random(7);
  SeededRandom again(7);
  const auto make = [&](KeyKind kind, Random& source) {
    if (kind == KeyKind::rsa) return PrivateKey::make_rsa(1024, source, budget);
    if (kind == KeyKind::dsa) return PrivateKey::make_dsa(source, budget);
    return kind == KeyKind::ecdsa ? PrivateKey::make_ecdsa(source) : PrivateKey::make_ed25519(source);
  };
  for (const auto& [kind, head] : std::vector<std::pair<KeyKind, std::string_view>>{
           {KeyKind::rsa, "-----BEGIN RSA PRIVATE KEY-----\n"},
           {KeyKind::dsa, "-----BEGIN DSA PRIVATE KEY-----\n"},
           {KeyKind::ecdsa, "-----BEGIN EC PRIVATE KEY-----\n"},
           {KeyKind::ed25519, "-----BEGIN PRIVATE KEY-----\n"},
       }) {
    CAPTURE(head);
    const auto key = make(kind, random);
    REQUIRE(key);
    CHECK(key->kind() == kind);
    CHECK(key->pem().starts_with(head));
    CHECK(key->pem() == make(kind, again)->pem());
    const auto read = PrivateKey::read_pem(key->pem());
    REQUIRE(read);
    CHECK(read->pem() == key->pem());
    CHECK(read->public_info() == key->public_info());
  }
}

TEST_CASE("a search for primes that takes too long ends with the budget") {
  SeededRandom random(7);
  Limits limits;
  limits.steps = 10'000;
  Budget budget(limits);
  const auto key = PrivateKey::make_rsa(4096, random, budget);
  REQUIRE(!key);
  CHECK(key.error().kind == ErrorKind::limit);
}

TEST_CASE("what is no private key is refused in sprig's words") {
  CHECK(error_of("") == "no PEM data in input");
  CHECK(error_of("-----BEGIN X-----\n!\n-----END X-----\n") == "no PEM data in input");
  CHECK(error_of(format_pem("CERTIFICATE", "x")) == "no private key data in PEM block of type CERTIFICATE");
  CHECK(error_of(format_pem("FOO PRIVATE KEY", "x")) == "invalid private key type FOO");
  CHECK(error_of(format_pem("RSA PRIVATE KEY", "x")).starts_with("parsing RSA private key from PEM: "));
  CHECK(error_of(format_pem("PRIVATE KEY", "x")).starts_with("decoding PEM as PKCS#8: "));
}

TEST_CASE("PEM blocks are found among other text, with headers and spaces") {
  const auto block =
      read_pem("junk\n-----BEGIN A-----\nno end\n-----BEGIN B B-----\nProc-Type: 4\n\n aGVs \nbG8=\n-----END B B-----");
  REQUIRE(block);
  CHECK(block->type == "B B");
  CHECK(block->bytes == "hello");
  CHECK(!read_pem("x-----BEGIN B-----\naGVs\n-----END B-----\n"));
  CHECK(!read_pem("-----BEGIN B-----\naGVs\n-----END C-----\n"));
  CHECK(read_pem("-----BEGIN E-----\n-----END E-----\n")->bytes.empty());
  CHECK(format_pem("T", std::string(48, '\0')) == "-----BEGIN T-----\n" + std::string(64, 'A') + "\n-----END T-----\n");
}

}  // namespace
}  // namespace reconciled::helm
