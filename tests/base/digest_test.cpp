#include "base/digest.h"

#include "base/secret.h"

#include <doctest/doctest.h>

using namespace reconciled;

TEST_CASE("SHA-256 and HMAC give the published sums") {
  CHECK(sha256("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abc").short_hex() == "ba7816bf8f01");
  CHECK(hmac_sha256("Jefe", "what do ya want for nothing?").hex() ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hmac_sha256("", "").hex() == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("a sum made in parts is the sum of the whole, and a sum can be begun again") {
  Sha256 sum;
  sum.add("a").add("").add("bc");
  CHECK(sum.finish() == sha256("abc"));
  CHECK(sum.add("abc").finish() == sha256("abc"));
}

TEST_CASE("fields do not run together") {
  CHECK(Sha256().field("ab").field("c").finish() != Sha256().field("a").field("bc").finish());
  CHECK(Sha256().field("ab").finish() != Sha256().field("ab").field("").finish());
}

TEST_CASE("digests are read back from their text only") {
  const Digest digest = sha256("x");
  CHECK(Digest::parse(digest.hex()).value() == digest);
  CHECK_FALSE(Digest::parse(digest.short_hex()).has_value());
  CHECK_FALSE(Digest::parse("").has_value());
  std::string upper = digest.hex();
  upper[1] = 'G';
  CHECK_FALSE(Digest::parse(upper).has_value());
}

TEST_CASE("a secret moves, and leaves nothing where it was") {
  for (const char* text : {"short", "a token that is too long to be kept inside of the object"}) {
    SecretString secret{std::string_view(text)};
    SecretString copy = secret.clone();
    SecretString moved = std::move(secret);
    CHECK(moved.reveal() == text);
    CHECK(secret.empty());  // NOLINT: what the test is about
    secret = std::move(copy);
    CHECK(secret.reveal() == text);
  }
}
