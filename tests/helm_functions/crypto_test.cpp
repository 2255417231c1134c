#include "base/base64.h"
#include "renderers/helm/crypto/certificate.h"
#include "renderers/helm/crypto/pem.h"
#include "renderers/helm/functions/families.h"
#include "tests/helm_functions/function_scene.h"

#include <doctest/doctest.h>

namespace reconciled::helm {
namespace {

using testing::FunctionScene;

GoValue text(std::string_view text) {
  return GoValue::string(text);
}

std::string_view field(FunctionScene& scene, GoValue certificate, std::string_view name) {
  GoValue value;
  REQUIRE(certificate.as_object()->field(name, scene.arena, value));
  return value.as_text();
}

TEST_CASE("sums and passwords") {
  FunctionScene scene(crypto_functions());
  CHECK(scene.show("sha1sum", {"hello"}) == "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
  CHECK(scene.show("sha256sum", {""}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(scene.show("adler32sum", {"hello"}) == "103547413");
  CHECK(scene.show(scene.call("derivePassword", {GoValue::unsigned_integer(1, GoType::uint32), text("long"),
                                                 text("password"), text("user"), text("example.com")})) ==
        "ZedaFaxcZaso9*");
  CHECK(!scene.world.used_random);
  CHECK(scene.show("htpasswd", {"me", "secret"}).starts_with("me:$2a$10$"));
  CHECK(scene.show("htpasswd", {"m:e", "secret"}) == "invalid username: m:e");
  CHECK(scene.show("bcrypt", {std::string(73, 'x')}) ==
        "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes");
  CHECK(scene.world.used_random);
}

TEST_CASE("ciphers") {
  FunctionScene scene(crypto_functions());
  const std::string encrypted = scene.show("encryptAES", {"secretkey", "plaintext"});
  CHECK(encrypted.size() == 44);
  CHECK(scene.show("decryptAES", {"secretkey", encrypted}) == "plaintext");
  CHECK(scene.show("encryptAES", {"secretkey", ""}) == "");
  CHECK(scene.show("decryptAES", {"secretkey", ""}) == "");
  CHECK(scene.show("decryptAES", {"secretkey", "AA=A"}) == "error: illegal base64 data at input byte 2");
  CHECK(scene.show("decryptAES", {"secretkey", "MDEy\nMzQ1\nNjc4\nOWE="}) ==
        "error: runtime error: slice bounds out of range [:16] with capacity 12");
}

TEST_CASE("random texts") {
  FunctionScene scene(crypto_functions());
  CHECK(decode_base64(scene.show(scene.call("randBytes", {GoValue::integer(10)})))->size() == 10);
  CHECK(scene.show(scene.call("randBytes", {GoValue::integer(-1)})) ==
        "error: runtime error: makeslice: len out of range");
  CHECK(scene.call("randBytes", {GoValue::integer(1LL << 60)}).error().kind == ErrorKind::limit);
  CHECK(scene.show(scene.call("uuidv4", {})).size() == 36);
  CHECK(scene.world.used_random);
  FunctionScene again(crypto_functions());
  again.call("randBytes", {GoValue::integer(10)});
  FunctionScene once(crypto_functions());
  once.call("randBytes", {GoValue::integer(10)});
  CHECK(once.show(once.call("uuidv4", {})) == again.show(again.call("uuidv4", {})));
}

TEST_CASE("an authority, a certificate that it signs, and one with a key that is given") {
  FunctionScene scene(crypto_functions());
  const GoValue days = GoValue::integer(10);
  const GoValue authority = *scene.call("genCA", {text("ca"), days});
  CHECK(authority.type_name() == "sprig.certificate");
  CHECK(field(scene, authority, "Cert").starts_with("-----BEGIN CERTIFICATE-----\n"));
  CHECK(field(scene, authority, "Key").starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
  CHECK(scene.world.used_random);
  CHECK(scene.world.used_time);

  const std::vector<GoValue> names{text("a.example"), text("b.example")};
  const std::vector<GoValue> addresses{text("10.0.0.1")};
  const std::string key = scene.show("genPrivateKey", {"ecdsa"});
  const auto signed_by = scene.call(
      "genSignedCertWithKey",
      {text("leaf"), make_list(scene.arena, addresses), make_list(scene.arena, names), days, authority, text(key)});
  REQUIRE(signed_by);
  CHECK(field(scene, *signed_by, "Key") == key);
  CHECK(read_issuer(read_pem(field(scene, *signed_by, "Cert"))->bytes));

  const std::string cert = encode_base64(field(scene, authority, "Cert"));
  const std::string cert_key = encode_base64(field(scene, authority, "Key"));
  const auto custom = scene.call("buildCustomCert", {text(cert), text(cert_key)});
  REQUIRE(custom);
  CHECK(field(scene, *custom, "Cert") == field(scene, authority, "Cert"));
}

TEST_CASE("what certificates cannot be made of") {
  FunctionScene scene(crypto_functions());
  const GoValue days = GoValue::integer(10);
  const std::string key = scene.show("genPrivateKey", {"ed25519"});
  const auto error = [&](GoValue addresses, GoValue names) {
    return scene.show(scene.call("genSelfSignedCertWithKey", {text("x"), addresses, names, days, text(key)}));
  };
  const std::vector<GoValue> bad_address{text("10.0.0")};
  const std::vector<GoValue> number{GoValue::number(7)};
  CHECK(error(make_list(scene.arena, bad_address), GoValue()) == "error: error parsing ip: 10.0.0");
  CHECK(error(make_list(scene.arena, number), GoValue()) == "error: error parsing ip: 7 is not a string");
  CHECK(error(GoValue(), make_list(scene.arena, number)) ==
        "error: error processing alternate dns name: 7 is not a string");
  CHECK(scene.show(scene.call("genCAWithKey", {text("x"), days, text("no key")})) ==
        "error: parsing private key: no PEM data in input");
  CHECK(scene.show("buildCustomCert", {"!", ""}) == "error: unable to decode base64 certificate");
  CHECK(scene.show("buildCustomCert", {"", "!"}) == "error: unable to decode base64 private key");
  CHECK(scene.show("buildCustomCert", {"", ""}) == "error: unable to decode certificate");
  CHECK(scene.show("genPrivateKey", {"foo"}) == "Unknown type foo");
}

}  // namespace
}  // namespace reconciled::helm
