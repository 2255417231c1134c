#include "renderers/helm/chart/set_values.h"

#include "base/json.h"
#include "renderers/helm/values/json.h"
#include "tests/support/case_folders.h"

#include <doctest/doctest.h>

#include <map>
#include <sstream>

using namespace reconciled;
using namespace reconciled::helm;

namespace {

GoMap* parse(std::string_view json, Arena& arena) {
  return from_json(json, JsonTarget::map, arena)->as_map();
}

Result<std::string> read_file(const std::string& path) {
  if (path == "bad") return fail(ErrorKind::local, "open bad: no such file");
  return "<" + path + ">";
}

const std::map<std::string, SetKind, std::less<>> k_kinds{{"typed", SetKind::typed},
                                                          {"string", SetKind::string},
                                                          {"json", SetKind::json},
                                                          {"file", SetKind::file},
                                                          {"literal", SetKind::literal}};

}  // namespace

TEST_CASE("settings mean what they mean to Helm") {
  std::istringstream cases(
      testing::slurp(std::string(RECONCILED_TESTDATA) + "/renderers/helm/set_grammar/cases.jsonl"));
  int count = 0;
  for (std::string line; std::getline(cases, line); ++count) {
    Budget budget;
    Arena arena(budget);
    const auto expected = parse_json(line, budget);
    REQUIRE(expected);
    const std::string text(expected->at({"text"}).as_string());
    const std::string kind(expected->at({"kind"}).as_string());
    CAPTURE(text);
    CAPTURE(kind);
    auto* values = parse(R"({"s":"str","m":{"a":"x"},"l":["x",{"k":"v"}],"n":null})", arena);
    const auto done = apply_setting(text, k_kinds.find(kind)->second, *values, arena, &read_file);
    const auto error = expected->at({"err"}).as_string();
    // Go's texts of broken JSON are shown by nobody: Helm replaces them.
    if (kind != "json") CHECK((done ? std::string() : done.error().message) == error);
    CHECK(done.has_value() == error.empty());
    CHECK(*to_json(GoValue::map(values), arena) == expected->at({"out"}).as_string());
  }
  CHECK(count > 500);
}

TEST_CASE("settings are bounded") {
  Budget budget;
  Arena arena(budget);
  const auto apply = [&](const std::string& text) {
    return apply_setting(text, SetKind::typed, *make_map(arena), arena, {});
  };
  CHECK(apply("a[1000000000]=x").error().message ==
        "index of 1000000000 is greater than maximum supported index of 65536");
  std::string deep = "a";
  for (int i = 0; i < 100'000; ++i) deep += "[0]";
  CHECK(apply(deep + "=x").error().kind == ErrorKind::limit);
  std::string wide;
  for (int i = 0; i < 2000; ++i) wide += "a[65536]=x,";
  const auto spent = apply(wide);
  REQUIRE_FALSE(spent);
  CHECK(spent.error().kind == ErrorKind::limit);
}
