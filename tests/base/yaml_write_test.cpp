#include "base/yaml_write.h"

#include "base/json.h"
#include "base/yaml.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

void check_round_trip(const Value& value) {
  const std::string text = format_yaml(value);
  CAPTURE(text);
  Budget budget;
  const auto read = read_yaml(text, "written.yaml", budget);
  REQUIRE_MESSAGE(read.has_value(), format_error(read.error()));
  REQUIRE(read->size() == 1);
  CHECK(format_json(read->front().value) == format_json(value));
}

}  // namespace

TEST_CASE("maps, lists and scalars are written in block style") {
  Value ports = Value::list();
  ports.append(Value::map({{"name", "http"}, {"port", 80}}));
  Value nested = Value::list();
  nested.append(Value::list({Value(1), Value(2)}));
  const Value object = Value::map({{"apiVersion", "v1"},
                                   {"ports", ports},
                                   {"empty", Value::map()},
                                   {"none", Value::list()},
                                   {"nested", nested},
                                   {"null", Value()}});
  CHECK(format_yaml(object) ==
        "apiVersion: v1\nports:\n- name: http\n  port: 80\nempty: {}\nnone: []\nnested:\n-\n  - 1\n  - 2\n\"null\": "
        "null\n");
  check_round_trip(object);
}

TEST_CASE("texts that would read back as something else are quoted") {
  for (const char* text :
       {"",      "yes",  "no",         "on",   "true",     "null",         "~",  "1",   "0x1f", "1e3", "0o17",
        "1_000", ".inf", "2026-01-01", "a: b", "a #b",     "- a",          "-",  "? a", "key:", "*a",  "&a",
        "!a",    "%a",   "@a",         "`a",   "'a'",      "\"a\"",        " a", "a ",  "{a}",  "[a]", "a,b",
        "<<",    "=",    "\t",         "\x01", "\xC3\xA9", "\xE2\x80\xA8", "|",  ">"}) {
    CAPTURE(text);
    check_round_trip(Value::map({{"key", text}}));
    check_round_trip(Value::list({Value(text)}));
    Value keyed = Value::map();
    keyed.set(text, 1);
    if (std::string_view(text) != "<<") check_round_trip(keyed);
  }
}

TEST_CASE("several lines are a literal block where that is possible") {
  CHECK(format_yaml(Value::map({{"script", "a\n  b\n"}})) == "script: |\n  a\n    b\n");
  for (const char* text : {"a\nb", "a\nb\n", "a\n\n\nb\n\n\n", "\na", " a\nb", "\n", "\n\n", "a\r\nb", "a\tb\nc",
                           "a\n\xC3\xA9", "a: b\n# c\n---\n...\n"}) {
    CAPTURE(text);
    check_round_trip(Value::map({{"script", text}, {"next", 1}}));
    check_round_trip(Value::map({{"list", Value::list({Value(text), Value("x")})}}));
  }
}

TEST_CASE("a document may be a single scalar") {
  for (const Value& value : {Value("text"), Value("true"), Value(true), Value(3), Value(0.5), Value("a\nb\n")})
    check_round_trip(value);
}
