#include "stacks/manifest.h"

#include "base/json.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

const Origin k_origin{"apps/a/x.yaml", 7, 1};

Value json(std::string_view text) {
  Budget budget;
  auto value = parse_json(text, budget);
  REQUIRE(value);
  return *value;
}

std::string fault(std::string_view text) {
  const auto manifest = make_manifest(json(text), k_origin, "main");
  REQUIRE_FALSE(manifest);
  return format_error(manifest.error());
}

TEST_CASE("a manifest has the identity that its document says") {
  const auto manifest = make_manifest(
      json(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"}})"), k_origin,
      "main");
  REQUIRE(manifest);
  CHECK(manifest->id == ObjectId{"main", "apps", "Deployment", "shop", "web"});
  CHECK(manifest->gvk == GroupVersionKind{"apps", "v1", "Deployment"});
  CHECK(manifest->origin == k_origin);
}

TEST_CASE("names that the API server takes are taken") {
  for (const std::string name : {"system:node-proxier", "v1.apps", "A_b", "x.y-z"}) {
    CHECK(
        make_manifest(json(R"({"apiVersion":"v1","kind":"Thing","metadata":{"name":")" + name + "\"}}"), k_origin, ""));
  }
}

TEST_CASE("what is no object is refused with its file, line and key") {
  CHECK(fault(R"([1])") ==
        "apps/a/x.yaml:7: the document is a list, not an object (add the file to .sourceignore if it is no manifest)");
  CHECK(fault(R"({"kind":"ConfigMap"})") == "apps/a/x.yaml:7: apiVersion: \"apiVersion\" is missing");
  CHECK(fault(R"({"apiVersion":1,"kind":"ConfigMap"})") ==
        "apps/a/x.yaml:7: apiVersion: \"apiVersion\" is a number, not a text (put it in quotes)");
  CHECK(fault(R"({"apiVersion":"a/b/c","kind":"ConfigMap"})") ==
        "apps/a/x.yaml:7: apiVersion: \"a/b/c\" is no API version (write it as \"v1\" or \"group/v1\")");
  CHECK(fault(R"({"apiVersion":"v1"})") == "apps/a/x.yaml:7: kind: \"kind\" is missing");
  CHECK(fault(R"({"apiVersion":"v1","kind":""})") == "apps/a/x.yaml:7: kind: \"kind\" is empty");
  CHECK(fault(R"({"apiVersion":"v1","kind":"Config/Map"})") == "apps/a/x.yaml:7: kind: \"Config/Map\" is no kind");
  CHECK(fault(R"({"apiVersion":"v1","kind":"ConfigMap"})") ==
        "apps/a/x.yaml:7: metadata: ConfigMap has no metadata (give it metadata.name)");
  CHECK(fault(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":[]})") ==
        "apps/a/x.yaml:7: metadata: \"metadata\" is a list, not a map");
  CHECK(fault(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{}})") ==
        "apps/a/x.yaml:7: metadata.name: \"metadata.name\" is missing");
  CHECK(fault(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":12}})") ==
        "apps/a/x.yaml:7: metadata.name: \"metadata.name\" is a number, not a text (put it in quotes)");
  CHECK(fault(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"../x"}})") ==
        "apps/a/x.yaml:7: metadata.name: \"../x\" is no name of an object (a name has no slash, percent sign or space, "
        "and at most 253 bytes)");
  CHECK(fault(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":true}})") ==
        "apps/a/x.yaml:7: metadata.namespace: \"metadata.namespace\" is a boolean, not a text (put it in quotes)");
  CHECK(fault(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"A/b"}})") ==
        "apps/a/x.yaml:7: metadata.namespace: \"A/b\" is no namespace (a namespace has lower-case letters, digits and "
        "\"-\", at most 63)");
  CHECK(fault(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"on":true}}})") ==
        "apps/a/x.yaml:7: metadata.labels.on: the value is a boolean, not a text (put it in quotes)");
  CHECK(fault(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","annotations":[]}})") ==
        "apps/a/x.yaml:7: metadata.annotations: \"metadata.annotations\" is a list, not a map");
}

TEST_CASE("a generated name is refused: every apply would make another object") {
  CHECK(fault(R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"generateName":"job-"}})") ==
        "apps/a/x.yaml:7: metadata.generateName: Job asks for a generated name; each apply would create another object "
        "(give it metadata.name)");
}

TEST_CASE("ciphertext is never applied") {
  CHECK(
      fault(
          R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"p":"ENC[AES256_GCM,data:x]"},"sops":{"mac":"x"}})") ==
      "apps/a/x.yaml:7: sops: Secret is encrypted with SOPS; ciphertext is never applied (this version cannot decrypt: "
      "name the file in .sourceignore or plain.exclude)");
}

TEST_CASE("a Secret's payload is marked, and no error repeats it") {
  const auto manifest = make_manifest(
      json(
          R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"type":"Opaque","data":{"p":"aHVudGVyMg=="},"stringData":{"q":"hunter2"}})"),
      k_origin, "");
  REQUIRE(manifest);
  CHECK(manifest->object["data"].sensitive());
  CHECK(manifest->object.at({"data", "p"}).sensitive());
  CHECK(manifest->object.at({"stringData", "q"}).sensitive());
  CHECK_FALSE(manifest->object["type"].sensitive());
  CHECK(manifest->object.at({"data", "p"}).as_string() == "aHVudGVyMg==");

  CHECK(fault(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"p":"hunter2"}})") ==
        "apps/a/x.yaml:7: data.p: the value is not base64 (encode it, or write it as it is under stringData)");
  CHECK(fault(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"p":123456}})") ==
        "apps/a/x.yaml:7: stringData.p: the value is a number, not a text (put it in quotes)");
  CHECK(fault(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":"hunter2"})") ==
        "apps/a/x.yaml:7: data: \"data\" of a Secret is a text, not a map");
}

TEST_CASE("base64 is what Go's decoder takes") {
  const auto takes = [](std::string_view text) {
    return make_manifest(Value::map({{"apiVersion", "v1"},
                                     {"kind", "Secret"},
                                     {"metadata", Value::map({{"name", "a"}})},
                                     {"data", Value::map({{"p", text}})}}),
                         k_origin, "")
        .has_value();
  };
  for (const auto* good : {"", "YQ==", "YWI=", "YWJj", "YW\nJj\n", "+/+/"}) CHECK(takes(good));
  for (const auto* bad : {"YQ", "YQ=", "YQ===", "====", "Y===", "YQ==YQ==", "-_-_", "a b=", "YWJ"})
    CHECK_FALSE(takes(bad));
}

TEST_CASE("lists are flattened, typed lists give their kind to their items") {
  const auto list = flatten_list(
      json(
          R"({"apiVersion":"v1","kind":"List","items":[{"kind":"A"},{"apiVersion":"v1","kind":"ConfigMapList","items":[{"metadata":{"name":"x"}}]}]})"),
      k_origin);
  REQUIRE(list);
  REQUIRE(list->size() == 2);
  CHECK(format_json((*list)[1]) == R"({"metadata":{"name":"x"},"apiVersion":"v1","kind":"ConfigMap"})");
  CHECK(flatten_list(json(R"({"apiVersion":"v1","kind":"List","items":[]})"), k_origin)->empty());
  CHECK(flatten_list(json(R"({"apiVersion":"v1","kind":"List"})"), k_origin)->empty());
}

TEST_CASE("a kind that merely ends with List is an object") {
  const auto list = flatten_list(json(R"({"apiVersion":"acme.io/v1","kind":"AllowList","spec":{}})"), k_origin);
  REQUIRE(list);
  CHECK(list->size() == 1);
}

TEST_CASE("lists in lists in lists, items that are none and broken lists are refused") {
  const auto wrap = [](const std::string& inner) {
    return R"({"apiVersion":"v1","kind":"List","items":[)" + inner + "]}";
  };
  CHECK(flatten_list(json(wrap(wrap("{}"))), k_origin));
  const auto deep = flatten_list(json(wrap(wrap(wrap("{}")))), k_origin);
  REQUIRE_FALSE(deep);
  CHECK(format_error(deep.error()) ==
        "apps/a/x.yaml:7: items: lists are nested deeper than twice (write the objects as documents of their own)");
  CHECK(format_error(flatten_list(json(wrap("{},3")), k_origin).error()) ==
        "apps/a/x.yaml:7: items[1]: the item is a number, not an object");
  CHECK(format_error(flatten_list(json(R"({"apiVersion":"v1","kind":"List","items":{}})"), k_origin).error()) ==
        "apps/a/x.yaml:7: items: \"items\" is a map, not a list");
}

}  // namespace
}  // namespace reconciled
