#include "diff/owned_digest.h"

#include "base/json.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

Value deployment(const std::string& image, const std::string& extra, const std::string& more_managers = "") {
  Budget budget(Limits{});
  return *parse_json(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop",
    "resourceVersion":"7","managedFields":[{"manager":"reconciled","operation":"Apply","fieldsV1":{"f:spec":{"f:template":
    {"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{},"f:name":{}}}}}}}})" +
                         more_managers + R"(]},"spec":{)" + extra +
                         R"("template":{"spec":{"containers":[{"name":"side","image":"s"},{"name":"app","image":")" +
                         image + R"("}]}}},"status":{"replicas":1}})",
                     budget);
}

}  // namespace

TEST_CASE("a foreign field does not change the digest of what we own") {
  CHECK(digest_owned(deployment("a", "")) == digest_owned(deployment("a", "\"replicas\":3,")));
  Value other = deployment("a", "");
  other.edit("metadata").set("resourceVersion", "8");
  other.edit("status").set("replicas", 2);
  CHECK(digest_owned(other) == digest_owned(deployment("a", "")));
}

TEST_CASE("a foreign write to a field of ours changes it, by value or by owner") {
  CHECK(digest_owned(deployment("a", "")) != digest_owned(deployment("b", "")));
  Value taken = deployment("a", "");
  taken.edit("metadata").edit("managedFields").edit_item(0).set("fieldsV1", Value::map());
  CHECK(digest_owned(taken) != digest_owned(deployment("a", "")));
}

TEST_CASE("an object that is being deleted has another digest") {
  Value deleted = deployment("a", "");
  deleted.edit("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
  CHECK(digest_owned(deleted) != digest_owned(deployment("a", "")));
}

TEST_CASE("entries of other managers and broken ones do not count") {
  const std::string others = R"(,{"manager":"kubectl","operation":"Update","fieldsV1":{"f:spec":{"f:replicas":{}}}},
    {"manager":"reconciled","operation":"Apply","subresource":"status","fieldsV1":{"f:status":{}}},{"manager":7})";
  CHECK(digest_owned(deployment("a", "", others)) == digest_owned(deployment("a", "")));
  CHECK(digest_owned(Value()) == digest_owned(Value::map()));
}
