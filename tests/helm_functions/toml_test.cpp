#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/toml_read.h"
#include "renderers/helm/values/json.h"
#include "tests/helm_functions/function_scene.h"

#include <doctest/doctest.h>

namespace reconciled::helm {
namespace {

using testing::FunctionScene;

std::string write(std::string_view json) {
  FunctionScene scene(toml_functions());
  return scene.show(scene.call("toToml", {*from_json(json, JsonTarget::any, scene.arena)}));
}

std::string read(std::string_view toml) {
  FunctionScene scene(toml_functions());
  const auto result = read_toml(toml, scene.arena);
  REQUIRE(result);
  return result->error.empty() ? scene.show(Result<GoValue>(result->value)) : result->error;
}

struct Case {
  std::string_view given;
  std::string_view expected;
};

TEST_CASE("tables are written behind what is none, and deeper ones farther in") {
  CHECK(write(R"({"z":1,"a":{"c":"x","b":{"d":true}},"s":"t","n":null})") ==
        "s = \"t\"\nz = 1.0\n\n[a]\n  c = \"x\"\n  [a.b]\n    d = true\n");
  CHECK(write(R"({"l":[{"a":1},{"b":[{"c":2}]}],"m":[{"a":1},2],"e":[],"o":{}})") ==
        "e = []\nm = [{a = 1.0}, 2.0]\n\n[[l]]\n  a = 1.0\n\n[[l]]\n\n  [[l.b]]\n    c = 2.0\n\n[o]\n");
  CHECK(write(R"({"":{"x y":1},"é":"é"})") == "\"é\" = \"é\"\n\n[\"\"]\n  \"x y\" = 1.0\n");
}

TEST_CASE("scalars, alone and in a table") {
  for (const auto& [given, expected] : std::vector<Case>{
           {"1000000", "1e+06"},
           {"-0.5", "-0.5"},
           {"true", "true"},
           {"[]", "[]"},
           {R"(["a",[1]])", "[\"a\", [1.0]]"},
           {R"("a\"b\\\t\u0001\u007f")", R"("a\"b\\\t\u0001\u007f")"},
           {"[null]", "toml: cannot encode array with nil element"},
           {"[{}]", "toml: top-level values must be Go maps or structs"},
           {R"({"a":[[null]]})", "toml: cannot encode array with nil element"},
           {"null", "error: reflect: call of reflect.Value.Type on zero Value"},
       }) {
    CAPTURE(given);
    CHECK(write(given) == expected);
  }
}

TEST_CASE("a map that holds itself ends with an error") {
  FunctionScene scene(toml_functions());
  GoMap* map = make_map(scene.arena);
  map->set("self", GoValue::map(map));
  const auto text = scene.call("toToml", {GoValue::map(map)});
  REQUIRE(!text);
  CHECK(text.error().kind == ErrorKind::limit);
}

TEST_CASE("documents") {
  for (const auto& [given, expected] : std::vector<Case>{
           {"", "map[]"},
           {"a = 1\n[b.c]\nd = 'x' # comment\n[[l]]\n[[l]]\ne = true",
            "map[a:1 b:map[c:map[d:x]] l:[map[] map[e:true]]]"},
           {"a.b.c = 1\na.d = {e = [1, 2.5,], f.g = {}}", "map[a:map[b:map[c:1] d:map[e:[1 2.5] f:map[g:map[]]]]]"},
           {"a = 0xfF\nb = 0o17\nc = 0b1_0\nd = -1_000\ne = 1e6", "map[a:255 b:15 c:2 d:-1000 e:1e+06]"},
           {"a = [ # one\n 1,\n\n]", "map[a:[1]]"},
           {"a = \"\"\"\nx\\\n   y\"\"\"\"\nb = '''\n'z'''\nc = \"\\u00e9\\x41\\e\"", "map[a:xy\" b:'z c:éA\x1B]"},
           {"a = 2020-01-02 03:04:05z\nb = 2020-01-02\nc = 03:04:05.5\nd = 2020-01-02T03:04:05-07:00",
            "map[a:2020-01-02 03:04:05 +0000 UTC b:2020-01-02 00:00:00 +0000 date-local c:0000-01-01 03:04:05.5 +0000 "
            "time-local d:2020-01-02 03:04:05 -0700 -0700]"},
           {"a = inf\nb = -nan", "map[a:+Inf b:NaN]"},
           {"\xEF\xBB\xBF\"q.r\" = 1\r\n\"\" = 2", "map[:2 q.r:1]"},
       }) {
    CAPTURE(given);
    CHECK(read(given) == expected);
  }
}

TEST_CASE("errors tell the line and the last key") {
  for (const auto& [given, expected] : std::vector<Case>{
           {"a = ", "toml: line 1 (last key \"a\"): unexpected EOF; expected value"},
           {"\na = 1 2",
            "toml: line 2: expected a top-level item to end with a newline, comment, or EOF, but got '2' instead"},
           {"[t]\na = 1\na = 2", "toml: line 3 (last key \"t.a\"): Key 't.a' has already been defined."},
           {"[t]\n[t]", "toml: line 2: Key 't' has already been defined."},
           {"a = 1\n[[a]]", "toml: line 2: Key 'a' was already created and cannot be used as an array."},
           {"a = 1\n[a.b]", "toml: line 2: Key 'a' was already created as a hash."},
           {"[]", "toml: line 1: unexpected end of table name (table names cannot be empty)"},
           {"= 1", "toml: line 1: unexpected '=': key name appears blank"},
           {"a b = 1", "toml: line 1: expected '.' or '=', but got 'b' instead"},
           {"a = 012", "toml: line 1 (last key \"a\"): Invalid integer \"012\": cannot have leading zeroes"},
           {"a = 1__0",
            "toml: line 1 (last key \"a\"): Invalid integer \"1__0\": underscores must be surrounded by digits"},
           {"a = 9223372036854775808", "toml: line 1 (last key \"a\"): 9223372036854775808 is out of range for int64"},
           {"a = 1.",
            "toml: line 1 (last key \"a\"): Invalid float \"1.\": '.' must be followed by one or more digits"},
           {"a = 2020-13-01", "toml: line 1 (last key \"a\"): invalid datetime: \"2020-13-01\""},
           {"a = \"\\q\"", "toml: line 1 (last key \"a\"): invalid escape in string '\\q'"},
           {"a = \"x\ny\"", "toml: line 1 (last key \"a\"): strings cannot contain newlines"},
           {"a = foo", "toml: line 1 (last key \"a\"): expected value but found \"foo\" instead"},
           {"a = [1 2]",
            "toml: line 1 (last key \"a\"): expected a comma (',') or array terminator (']'), but got '2'"},
           {"a = {b = 1 c = 2}",
            "toml: line 1 (last key \"a.b\"): expected a comma or an inline table terminator '}', but got 'c' instead"},
           {"a = \"\x01\"", "toml: line 1 (last key \"a\"): TOML files cannot contain control characters: '0x01'"},
           {"a = \"\xff\"", "toml: line 1 (last key \"a\"): invalid UTF-8 byte: 0xff"},
       }) {
    CAPTURE(given);
    CHECK(read(given) == expected);
  }
  CHECK(read(std::string_view("a\0=", 3)) ==
        "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8");
  FunctionScene scene(toml_functions());
  CHECK(scene.show("fromToml", {"= 1"}) == "map[Error:toml: line 1: unexpected '=': key name appears blank]");
}

TEST_CASE("dates are written as they were read") {
  FunctionScene scene(toml_functions());
  const std::string_view text =
      "a = 2020-01-02T03:04:05.5\nb = 2020-01-02\nc = 03:04:05\nd = 2020-01-02T03:04:05+02:00\ne = "
      "2020-01-02T03:04:05Z\n";
  CHECK(scene.show(scene.call("toToml", {*scene.call("fromToml", {GoValue::string(text)})})) == text);
}

TEST_CASE("a document that is nested without end is refused") {
  FunctionScene scene(toml_functions());
  const std::string deep = "a = " + std::string(100'000, '[');
  const auto value = scene.call("fromToml", {GoValue::string(deep)});
  REQUIRE(!value);
  CHECK(value.error().kind == ErrorKind::limit);
}

}  // namespace
}  // namespace reconciled::helm
