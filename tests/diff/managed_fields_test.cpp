#include "diff/managed_fields.h"

#include "base/json.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

Value fields_of(std::string_view json) {
  Budget budget;
  return parse_json(json, budget).value();
}

std::vector<std::string> item_keys(std::string_view json) {
  const Value fields = fields_of(json);
  return FieldSet(&fields).item_keys();
}

}  // namespace

TEST_CASE("the merge keys of a list are read off its items as the API server names them") {
  using Names = std::vector<std::string>;
  CHECK(item_keys(R"({".":{},"k:{\"name\":\"app\"}":{}})") == Names{"name"});
  CHECK(item_keys(R"({"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{}})") == Names{"containerPort", "protocol"});
  CHECK(item_keys(R"({"k:{\"a\":true,\"b\":null,\"c\":-1.5}":{}})") == Names{"a", "b", "c"});
  CHECK(item_keys(R"({"k:{\"name\":\"a\\\"},\\\\\"}":{}})") == Names{"name"});
  CHECK(item_keys(R"({"v:\"x\"":{},"f:name":{}})").empty());
}

TEST_CASE("merge keys that no API server writes are none") {
  for (const char* element :
       {"k:", "k:{", "k:{}", "k:x", "k:{\"a\"", "k:{\"a\":", "k:{\"a\":1", "k:{\"a\":\"b", "k:{a:1}", "k:{\"a\":1,}",
        "k:{\"a\":1}x", "k:{\"a\":1,b", "k:{\"a\\\\b\":1}", "k:[\"a\":1]"}) {
    CAPTURE(element);
    Value fields = Value::map();
    fields.set(element, Value::map());
    CHECK(FieldSet(&fields).item_keys().empty());
  }
}

TEST_CASE("a field is found among few and among many") {
  Value fields = Value::map();
  for (int i = 0; i < 40; ++i) {
    fields.set("f:field" + std::to_string(i), Value::map({{".", Value::map()}}));
    const FieldSet set(&fields);
    CHECK(set.field("field" + std::to_string(i)).self());
    CHECK_FALSE(set.field("field" + std::to_string(i + 1)));
    CHECK_FALSE(set.item("field" + std::to_string(i)));
    CHECK_FALSE(set.field("field"));
  }
}
