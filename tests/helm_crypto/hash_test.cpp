#include "base/base64.h"
#include "renderers/helm/crypto/bcrypt.h"
#include "renderers/helm/crypto/cipher.h"
#include "renderers/helm/crypto/derive_password.h"
#include "renderers/helm/crypto/digests.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

TEST_CASE("bcrypt gives the published hashes") {
  // Salts are bytes here: they are what the hashes below begin with, in bcrypt's own base 64.
  struct Case {
    std::string_view password;
    std::string_view hash;
  };
  for (const auto& [password, hash] : std::vector<Case>{
           {"", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."},
           {"a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"},
           {"abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"},
           {"~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO"},
       }) {
    CAPTURE(password);
    constexpr std::string_view k_digits = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    BcryptSalt salt{};
    for (std::size_t i = 0; i < 22; ++i) {
      const auto digit = static_cast<unsigned>(k_digits.find(hash[7 + i]));
      for (std::size_t bit = 0; bit < 6; ++bit) {
        const std::size_t at = i * 6 + bit;
        if (at < 128 && (digit >> (5 - bit) & 1) != 0) {
          salt[at / 8] = static_cast<std::uint8_t>(salt[at / 8] | 0x80U >> (at % 8));
        }
      }
    }
    CHECK(*bcrypt(password, salt, 6) == hash);
  }
  CHECK(bcrypt(std::string(72, 'x'), {}, 4));
  CHECK(bcrypt(std::string(73, 'x'), {}, 4).error().message == "bcrypt: password length exceeds 72 bytes");
}

TEST_CASE("derived passwords are those of Master Password") {
  for (const auto& [type, expected] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"maximum", "pf4zS1LjCg&LjhsZ7T2~"},
           {"long", "ZedaFaxcZaso9*"},
           {"medium", "ZedJuz8$"},
           {"short", "Zed5"},
           {"basic", "pIS54PLs"},
           {"pin", "6685"},
           {"x", "cannot find password template x"},
       }) {
    CAPTURE(type);
    CHECK(derive_password(type, "password", {"user", "example.com", 1}) == expected);
  }
  CHECK(derive_password("long", "pä", {"", "", 7}) == "LanuVumaGide3*");
}

TEST_CASE("sums") {
  CHECK(digest_hex(SumKind::sha1, "hello") == "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
  CHECK(digest_hex(SumKind::sha256, "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(digest_hex(SumKind::sha512, "hello").substr(0, 16) == "9b71d224bd62f378");
  CHECK(adler32("") == 1);
  CHECK(adler32("hello") == 103547413);
  CHECK(adler32(std::string(10000, 'x')) == 16863375);
}

TEST_CASE("AES decrypts what it encrypted, and what sprig did") {
  const std::string vector = "0123456789abcdef";
  for (const std::string_view text : {"a", "sixteen bytes  !", "more than one block of text"}) {
    const std::string encrypted = encrypt_aes("secretkey", text, vector);
    CHECK(encrypted.size() % 16 == 0);
    CHECK(*decrypt_aes("secretkey", encrypted, encrypted.size()) == text);
  }
  const std::string encrypted = *decode_base64("30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=");
  CHECK(*decrypt_aes("secretkey", encrypted, 33) == "plaintext");
}

TEST_CASE("what AES cannot decrypt panics as Go does") {
  const auto error = [](std::string_view encrypted, std::size_t capacity) {
    const auto decrypted = decrypt_aes("secretkey", encrypted, capacity);
    return decrypted ? "no error: " + *decrypted : decrypted.error().message;
  };
  CHECK(error("0123", 6) == "runtime error: slice bounds out of range [:16] with capacity 6");
  CHECK(error("0123456789", 18) == "runtime error: slice bounds out of range [16:10]");
  CHECK(error("0123456789abcdef", 18) == "runtime error: index out of range [-1]");
  CHECK(error("0123456789abcdefg", 18) == "crypto/cipher: input not full blocks");
  CHECK(error("0123456789abcdef0123456789abcdef", 33) == "runtime error: slice bounds out of range [:-45]");
}

}  // namespace
}  // namespace reconciled::helm
