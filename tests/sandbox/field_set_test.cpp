#include "sandbox/field_set.h"

#include "base/json.h"
#include "sandbox/schema.h"
#include "sandbox/typed.h"

#include <doctest/doctest.h>

namespace reconciled::sandbox {
namespace {

Value json(std::string_view text) {
  Budget budget;
  return parse_json(text, budget).value();
}

const TypeNode& deployment() {
  return *builtin_types().find("apps.v1.Deployment");
}

TEST_CASE("fieldsV1 is read and written back") {
  const Value fields = json(R"({"f:a":{},"f:b":{".":{},"k:{\"name\":\"x\"}":{".":{},"f:v":{}}},"v:1":{}})");
  CHECK(format_fields(parse_fields(fields)) == fields);
  CHECK(parse_fields(json("[]")).empty());
}

TEST_CASE("paths are printed as the API server prints them") {
  CHECK(format_path(FieldPath{"f:spec", "f:containers", R"(k:{"name":"c"})", "f:image"}) ==
        R"(.spec.containers[name="c"].image)");
  CHECK(format_path(FieldPath{"f:finalizers", R"(v:"a")"}) == R"(.finalizers[="a"])");
}

TEST_CASE("sets are united, subtracted and intersected by path") {
  const FieldSet a = parse_fields(json(R"({"f:x":{"f:a":{},"f:b":{}},"f:y":{}})"));
  const FieldSet b = parse_fields(json(R"({"f:x":{"f:b":{},"f:c":{}}})"));
  CHECK(format_fields(intersect(a, b)) == json(R"({"f:x":{"f:b":{}}})"));
  CHECK(format_fields(subtract(a, b)) == json(R"({"f:x":{"f:a":{}},"f:y":{}})"));
  CHECK(list_paths(unite(a, b)).size() == 4);
  CHECK(subtract(a, a).empty());
}

TEST_CASE("a keyed item is named by its keys with their defaults") {
  const TypeNode& container = *builtin_types().find("core.v1.Container");
  CHECK(item_element(*container.find("ports")->type, json(R"({"containerPort":80})")) ==
        R"(k:{"containerPort":80,"protocol":"TCP"})");
}

TEST_CASE("type errors name the path") {
  CHECK(find_type_error(deployment(), json(R"({"spec":{"nope":1}})")) == ".spec.nope: field not declared in schema");
  CHECK(find_type_error(deployment(), json(R"({"spec":{"replicas":"x"}})"))->starts_with(".spec.replicas: expected"));
  CHECK_FALSE(find_type_error(deployment(), json(R"({"spec":{"replicas":null}})")).has_value());
}

TEST_CASE("every reference of the type table leads to a type") {
  for (const char* name : {"apps.v1.Deployment", "core.v1.PodSpec", "v1.ObjectMeta", "x.CustomResourceDefinition"})
    CHECK(builtin_types().find(name) != nullptr);
  CHECK(builtin_types().find("no.such.Type") == nullptr);
}

}  // namespace
}  // namespace reconciled::sandbox
