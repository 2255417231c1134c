// RFC 6902 as the library of kustomize has it.
#include "renderers/kustomize/json_patch.h"

#include "base/json.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

std::string patched(std::string_view document, std::string_view patch) {
  Budget budget;
  auto value = parse_json(document, budget);
  REQUIRE(value);
  const auto operations = kustomize::read_json_patch(patch, budget);
  if (!operations) return operations.error().message;
  const auto result = kustomize::apply_json_patch(std::move(*value), *operations, budget);
  return result ? format_json(*result) : result.error().message;
}

}  // namespace

TEST_CASE("operations change documents or say what is missing") {
  struct Row {
    std::string_view document, patch, result;
  };
  constexpr Row k_rows[] = {
      {R"({"a":[1,2]})", R"([{"op":"add","path":"/a/-","value":3}])", R"({"a":[1,2,3]})"},
      {R"({"a":[1,2]})", R"([{"op":"add","path":"/a/-1","value":3}])", R"({"a":[1,2,3]})"},
      {R"({"a":[1,2]})", R"([{"op":"remove","path":"/a/-1"}])", R"({"a":[1]})"},
      {R"({"a":[1,2]})", R"([{"op":"add","path":"/a/3","value":3}])",
       "error in add for path: '/a/3': Unable to access invalid index: 3: invalid index referenced"},
      {R"({"a":1})", "- {op: replace, path: /b, value: yes}", R"({"a":1,"b":true})"},
      {R"({"a":1})", "- {op: replace, path: /b/c, value: 1}",
       "replace operation does not apply: doc is missing path: /b/c: missing value"},
      {R"({"a":1})", "- {op: remove, path: /b}",
       "error in remove for path: '/b': Unable to remove nonexistent key: b: missing value"},
      {R"({"a/b":1,"c~d":2})", "[{\"op\":\"remove\",\"path\":\"/a~1b\"},{\"op\":\"remove\",\"path\":\"/c~0d\"}]", "{}"},
      {R"({"a":{"b":1}})", "- {op: move, from: /a/b, path: /c}", R"({"a":{},"c":1})"},
      {R"({"a":{"b":1}})", "- {op: copy, from: /a, path: /a/c}", R"({"a":{"b":1,"c":{"b":1}}})"},
      {R"({"a":1})", "- {op: test, path: /a, value: 2}", "testing value /a failed: test failed"},
      {R"({"a":1})", "- {op: test, path: /b}", R"({"a":1})"},
      {R"({"a":1})", "- {op: mend, path: /b}", "Unexpected kind: mend"},
      {R"({"a":1})", "- {op: add, value: 1}", "add operation failed to decode path: missing value"},
      {R"({"a":1})", "a: b", "json: cannot unmarshal object into Go value of type jsonpatch.Patch"},
  };
  for (const auto& row : k_rows) {
    CAPTURE(row.patch);
    CHECK(patched(row.document, row.patch) == row.result);
  }
}
