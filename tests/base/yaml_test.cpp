#include "base/yaml.h"

#include "base/json.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {
/// The documents as JSON lines, or the error.
std::string read(std::string_view text) {
  Budget budget;
  const auto documents = read_yaml(text, "f.yaml", budget);
  if (!documents) return "error " + format_error(documents.error());
  std::string out;
  for (const auto& document : *documents) out += format_json(document.value) + "\n";
  return out;
}
}  // namespace

TEST_CASE("the documents of a stream are read in order, and those without content left out") {
  Budget budget;
  const auto documents =
      read_yaml("# a\n---\n# only a comment\n---\na: 1\n...\n---\n\n--- {b: 2}\n---\n~\n", "f", budget).value();
  REQUIRE(documents.size() == 3);
  CHECK(format_json(documents[0].value) == R"({"a":1})");
  CHECK(documents[0].mark.line == 5);
  CHECK(documents[0].index == 1);
  CHECK(documents[1].index == 3);
  CHECK(documents[1].mark.column == 5);
  CHECK(documents[2].value.is_null());
  CHECK(read("").empty());
  CHECK(read("# nothing\n").empty());
  CHECK(read("---\n---\n").empty());
  CHECK(read("\xEF\xBB\xBF").empty());
}

TEST_CASE("line ends of all kinds are line ends") {
  CHECK(read("a: 1\r\nb:\r\n  - x\r\n") == "{\"a\":1,\"b\":[\"x\"]}\n");
  CHECK(read("a: |\r\n  x\r\n  y\r\n") == "{\"a\":\"x\\ny\\n\"}\n");
  CHECK(read("a: 1\rb: 2") == "{\"a\":1,\"b\":2}\n");
}

TEST_CASE("a key that is set twice is refused with both lines") {
  CHECK(read("a: 1\nb: 2\na: 3\n") == "error f.yaml:3:1: the key \"a\" is already set on line 1");
  CHECK(read("x:\n  {a: 1, 'a': 2}") == "error f.yaml:2:10: the key \"a\" is already set on line 2");
  std::string many;
  for (int i = 0; i < 40; ++i) many += "key" + std::to_string(i % 39) + ": 1\n";
  CHECK(read(many) == "error f.yaml:40:1: the key \"key0\" is already set on line 1");
  CHECK(read("true: 1\nyes: 2") == "error f.yaml:2:1: the key \"true\" is already set on line 1");
  CHECK(read("a: &a {k: 1}\nb:\n  <<: *a\n  k: 2\n  k: 3") ==
        "error f.yaml:5:3: the key \"k\" is already set on line 4");
}

TEST_CASE("merge keys are followed, the later of a merged and a written key wins") {
  CHECK(read("a: &a {k: 1, l: 1}\nb: {<<: *a, k: 2}") == "{\"a\":{\"k\":1,\"l\":1},\"b\":{\"k\":2,\"l\":1}}\n");
  CHECK(read("a: &a {k: 1}\nb: {k: 2, <<: *a}") == "{\"a\":{\"k\":1},\"b\":{\"k\":1}}\n");
  CHECK(read("a: {<<: [{k: 1}, {k: 2, m: 3}]}") == "{\"a\":{\"k\":1,\"m\":3}}\n");
  for (const char* text :
       {"a: {<<: 1}", "a: {<<: }", "a: {<<: [1]}", "a: {<<: [[{b: 1}]]}", "x: &x [{b: 1}]\na: {<<: *x}"}) {
    CHECK(read(text).find("\"<<\" needs a map or a list of maps") != std::string::npos);
  }
}

TEST_CASE("aliases share what their anchors stand for") {
  Budget budget;
  const auto documents = read_yaml("a: &x {k: [1]}\nb: *x\nc: &x 2\nd: *x\n", "f", budget).value();
  const Value& value = documents[0].value;
  CHECK(value["a"].same_as(value["b"]));
  CHECK(value["d"] == Value(2));
  CHECK(read("a: &x 1\n--- *x") == "error f.yaml:2:5: the alias \"x\" has no anchor before it");
  CHECK(read("a: &a [1, *a]") == "error f.yaml:1:11: the anchor \"a\" contains itself");
  CHECK(read("&a k: {b: &b {c: *b}}") == "error f.yaml:1:18: the anchor \"b\" contains itself");
  CHECK(read("- &k key\n- {*k : v}") == "[\"key\",{\"key\":\"v\"}]\n");
}

TEST_CASE("what JSON cannot carry is refused with its place") {
  CHECK(read("a:\n  b: .inf").starts_with("error f.yaml:2:6: JSON has no infinity"));
  CHECK(read("a: -.INF").starts_with("error f.yaml:1:4: JSON has no infinity"));
  CHECK(read("a: .NaN").starts_with("error f.yaml:1:4: JSON has no infinity"));
  CHECK(read("~: 1").starts_with("error f.yaml:1:1: a key is null"));
  CHECK(read("[a]: 1").starts_with("error f.yaml:1:1: a key is a list or a map"));
  CHECK(read("{? {a: b} : 1}").find("a key is a list or a map") != std::string::npos);
  CHECK(read("18446744073709551615: 1").find("a key is a number above") != std::string::npos);
  CHECK(read("a: !!python/object:os.system x").starts_with("error f.yaml:1:4: unknown tag !!python/object:os.system"));
  CHECK(read("a: !vault {b: c}").starts_with("error f.yaml:1:4: unknown tag \"!vault\""));
  CHECK(read("a: !!map [b]").find("unknown tag") != std::string::npos);
  CHECK(read("a: !!int a-secret-that-is-long").find("a-secret") == std::string::npos);
  CHECK(read("a: !!binary '**'").find("base64") != std::string::npos);
}

TEST_CASE("a broken text is an error, not a part of its documents") {
  CHECK(read("a: 1\n---\nb: [").starts_with("error f.yaml:3:"));
  CHECK(read(std::string_view("a: b\0c", 6)).find("control characters") != std::string::npos);
  CHECK(read("a: \xC3").find("UTF-8") != std::string::npos);
  CHECK(read("a: \x1b[0m").find("control characters") != std::string::npos);
  CHECK(read("%YAML 2.0\n---\na").starts_with("error f.yaml:1:"));
  CHECK(read("a: !!str,x").starts_with("error f.yaml:1:9: not valid YAML"));
  CHECK(read("a: {{ .Values.x }}").starts_with("error f.yaml:1:"));
}
