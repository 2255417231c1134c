#include "renderers/helm/schema/schema.h"

#include "base/json.h"
#include "renderers/helm/values/json.h"
#include "tests/support/case_folders.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

using namespace reconciled;
using namespace reconciled::helm;

namespace {

std::string sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::ranges::sort(lines);
  std::string sorted;
  for (const auto& line : lines) sorted += line + "\n";
  return sorted;
}

Result<std::string> check(std::string_view schema, std::string_view values, const Limits& limits = {}) {
  Budget budget(limits);
  Arena arena(budget);
  TRY_ASSIGN(const auto value, from_json(values, JsonTarget::any, arena));
  return check_schema(schema, value, budget);
}

}  // namespace

TEST_CASE("values are checked as Helm checks them, with its messages") {
  std::istringstream cases(testing::slurp(std::string(RECONCILED_TESTDATA) + "/renderers/helm/schema/cases.jsonl"));
  int count = 0;
  for (std::string line; std::getline(cases, line); ++count) {
    Budget budget;
    const auto row = parse_json(line, budget);
    REQUIRE(row);
    CAPTURE(line);
    const auto problems = check(format_json((*row)["schema"]), format_json((*row)["values"]));
    REQUIRE_MESSAGE(problems.has_value(), (problems ? "" : format_error(problems.error())));
    CHECK(sorted_lines(*problems) == sorted_lines(std::string((*row)["expected"].as_string())));
  }
  CHECK(count > 150);
}

TEST_CASE("schemas never reach out of themselves") {
  for (const auto* url : {"file:///etc/passwd", "http://169.254.169.254/latest", "other.json", "/dev/zero", "//x/y"}) {
    CAPTURE(url);
    const auto checked = check(R"({"properties":{"a":{"$ref":")" + std::string(url) + R"("}}})", "{}");
    REQUIRE_FALSE(checked);
    CHECK(checked.error().kind == ErrorKind::policy);
    CHECK(checked.error().message.find("references to other documents are not followed") != std::string::npos);
  }
  CHECK(check(R"({"$schema":"http://evil.example/schema"})", "{}").error().kind == ErrorKind::policy);
  CHECK(*check(R"({"properties":{"a":{"$ref":"urn:x:y"}}})", R"({"a":1})") == "");
}

TEST_CASE("broken schemas are named errors") {
  CHECK(check(R"({"$ref":"#/nowhere"})", "{}").error().message ==
        "json-pointer in \"file:///values.schema.json#/nowhere\" not found");
  CHECK(check(R"({"$ref":"#foo"})", "{}").error().message ==
        "anchor in \"file:///values.schema.json#foo\" not found in schema \"file:///values.schema.json\"");
  CHECK(check(R"j({"pattern":"(?!x)"})j", "{}").error().message.find("invalid regex \"(?!x)\"") == 0);
  CHECK_FALSE(check("[1]", "{}"));
  CHECK_FALSE(check("nope", "{}"));
  CHECK_FALSE(check(R"({"properties":{"a":5}})", "{}"));
}

TEST_CASE("checking is bounded") {
  CHECK(check(R"({"$ref":"#"})", "{}")->find("leads to itself") != std::string::npos);
  CHECK_FALSE(
      check(R"({"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"})", "{}")->empty());
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += R"({"not":)";
  CHECK(check(deep, "{}").error().kind == ErrorKind::limit);
  std::string chain = R"({"$ref":"#/$defs/d0","$defs":{)";
  for (int i = 0; i < 5000; ++i)
    chain += "\"d" + std::to_string(i) + "\":{\"$ref\":\"#/$defs/d" + std::to_string(i + 1) + "\"},";
  CHECK(check(chain + R"("d5000":true}})", "{}").error().kind == ErrorKind::limit);
  std::string fan = R"({"$ref":"#/$defs/d0","$defs":{)";
  for (int i = 0; i < 40; ++i) {
    const auto next = "{\"$ref\":\"#/$defs/d" + std::to_string(i + 1) + "\"}";
    fan += "\"d" + std::to_string(i) + "\":{\"allOf\":[" + next + "," + next + "]},";
  }
  Limits few;
  few.steps = 1'000'000;
  CHECK(check(fan + R"("d40":{"type":"null"}}})", "{}", few).error().kind == ErrorKind::limit);
  CHECK(*check(R"({"pattern":"(a+)+$"})", "\"" + std::string(50'000, 'a') + "!\"") != "");
}
