#include "base/json.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <random>

using namespace reconciled;

namespace {
Result<Value> parse(std::string_view text, DuplicateKeys duplicates = DuplicateKeys::last_wins) {
  Budget budget;
  return parse_json(text, budget, duplicates);
}
std::string again(std::string_view text) {
  const auto value = parse(text);
  return value ? format_json(*value) : "error: " + format_error(value.error());
}
double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
}  // namespace

TEST_CASE("JSON is read and written back") {
  for (const char* text : {"null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "\"\"",
                           "[]", "{}", R"([1,[2,[3,{}]],"x"])", R"({"b":1,"a":{"c":[null]}})",
                           R"("\"\\\b\f\n\r\t\u0001")", "0.5", R"("é€😀")", R"({"":0})"}) {
    CHECK(again(text) == text);
  }
  CHECK(again(" \t\r\n{ \"a\" : [ 1 , 2 ] } \n") == R"({"a":[1,2]})");
  CHECK(again("\xEF\xBB\xBF{}") == "{}");
  CHECK(again(R"("\u00e9\ud83d\ude00\/")") == R"("é😀/")");
  CHECK(again("\"<>&\u2028\u2029\"") == R"("<>&\u2028\u2029")");
  CHECK(again("\"\x7f\"") == "\"\x7f\"");
  CHECK(format_json(Value("a\xFFz")) == R"("a\ufffdz")");
  CHECK(format_json(Value(std::numeric_limits<double>::infinity())) == "null");
}

TEST_CASE("numbers become integers where they fit, else doubles") {
  CHECK(parse("1").value().is_integer());
  CHECK_FALSE(parse("1.0").value().is_integer());
  CHECK(again("1.0") == "1");
  CHECK(again("1e3") == "1000");
  CHECK(again("-0") == "0");
  CHECK(again("9223372036854775808") == "9223372036854776000");
  CHECK(again("1e-400") == "0");
  CHECK(again("123456789.125E-2") == "1234567.89125");
}

TEST_CASE("a canonical form sorts keys, a pretty one indents") {
  const Value value = parse(R"({"b":[1,{"z":1,"y":{}}],"a":[]})").value();
  CHECK(format_json(value, JsonStyle::canonical) == R"({"a":[],"b":[1,{"y":{},"z":1}]})");
  CHECK(format_json(value, JsonStyle::pretty) ==
        "{\n  \"b\": [\n    1,\n    {\n      \"z\": 1,\n      \"y\": {}\n    }\n  ],\n  \"a\": []\n}");
}

TEST_CASE("what is no JSON is refused with line and column") {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"", "1:1: not valid JSON: the text is empty"},
      {"  ", "1:3: not valid JSON: the text ends where a value should be"},
      {"{", "1:2: not valid JSON: the text ends inside a map"},
      {"[1,\n 2", "2:3: not valid JSON: the text ends inside a list"},
      {"[1,]", "1:4: not valid JSON: expected a value"},
      {"[1 2]", "1:4: not valid JSON: expected \",\" or \"]\" in a list"},
      {"{\"a\" 1}", "1:6: not valid JSON: expected \":\" after a key"},
      {"{a:1}", "1:2: not valid JSON: expected a key in double quotes"},
      {"{\"a\":1,}", "1:8: not valid JSON: expected a key in double quotes"},
      {"01", "1:1: not valid JSON: a number must not begin with 0"},
      {"1.", "1:3: not valid JSON: expected a digit after the point"},
      {"-", "1:2: not valid JSON: expected a digit"},
      {"1e+", "1:4: not valid JSON: expected a digit in the exponent"},
      {"1e400", "1:1: not valid JSON: the number is larger than a double can hold"},
      {"+1", "1:1: not valid JSON: expected a value"},
      {"NaN", "1:1: not valid JSON: expected a value"},
      {"nul", "1:1: not valid JSON: expected a value"},
      {"\"\t\"", "1:2: not valid JSON: a control character must be written as an escape"},
      {"\"abc", "1:5: not valid JSON: the text ends inside a string"},
      {"\"\\x\"", "1:2: not valid JSON: unknown escape"},
      {"\"\\u12g4\"", "1:2: not valid JSON: \\u needs four hexadecimal digits"},
      {"\"\\u-123\"", "1:2: not valid JSON: \\u needs four hexadecimal digits"},
      {"\"\\ud800\"", "1:2: not valid JSON: a high surrogate stands alone"},
      {"\"\\ud800\\u0041\"", "1:2: not valid JSON: a high surrogate stands alone"},
      {"\"\\udc00\"", "1:2: not valid JSON: a low surrogate stands alone"},
      {"\"\xFF\"", "1:2: not valid JSON: the text is not UTF-8"},
      {"\"\xED\xA0\x80\"", "1:2: not valid JSON: the text is not UTF-8"},
      {"{} {}", "1:4: not valid JSON: there is more text after the JSON value"},
      {"{}\n\n  x", "3:3: not valid JSON: there is more text after the JSON value"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    const auto value = parse(text);
    REQUIRE_FALSE(value.has_value());
    CHECK(value.error().kind == ErrorKind::render);
    const auto& where = value.error().where;
    CHECK(std::to_string(where.line) + ":" + std::to_string(where.column) + ": " + value.error().message == message);
  }
  CHECK_FALSE(parse(std::string_view("[1\0]", 4)).has_value());
}

TEST_CASE("a repeated key is refused or the last one wins, in small maps and large ones") {
  for (const int count : {2, 16, 17, 40}) {
    std::string text = "{";
    for (int i = 1; i < count; ++i) text += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",\n";
    text += "\"k1\":\"last\"}";
    const Value value = parse(text).value();
    CHECK(value.size() == static_cast<std::size_t>(count) - 1);
    CHECK(value["k1"] == Value("last"));
    CHECK(value.entries()[0].key == Value("k1"));
    const auto refused = parse(text, DuplicateKeys::refuse);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message == "not valid JSON: the key \"k1\" is there twice");
    CHECK(refused.error().where.line == static_cast<std::uint32_t>(count));
  }
}

TEST_CASE("depth is bounded, and deep text fails fast") {
  Limits limits;
  limits.depth = 3;
  Budget small(limits);
  CHECK(parse_json("[[[1]]]", small).has_value());
  CHECK(parse_json("[[[{}]]]", small).error().kind == ErrorKind::limit);
  for (const char* open : {"[", "{\"a\":"}) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += open;
    const auto refused = parse(text);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == ErrorKind::limit);
  }
  limits.depth = 1'000'000'000;  // a caller's mistake must not take the stack
  Budget careless(limits);
  CHECK(parse_json(std::string(1'000'000, '['), careless).error().kind == ErrorKind::limit);
}

TEST_CASE("steps and bytes are charged") {
  Limits limits;
  limits.steps = 100;
  Budget few(limits);
  std::string list = "[0";
  for (int i = 0; i < 200; ++i) list += ",0";
  list += "]";
  CHECK(parse_json(list, few).error().kind == ErrorKind::limit);
  limits = {};
  limits.bytes = 1000;
  Budget light(limits);
  CHECK(parse_json(list, light).error().kind == ErrorKind::limit);
  Budget text(limits);
  CHECK(parse_json("\"" + std::string(2000, 'x') + "\"", text).error().kind == ErrorKind::limit);
}

TEST_CASE("a million keys of one map are read in linear time, whatever they are") {
  std::string text = "{";
  for (int i = 0; i < 1'000'000; ++i) {
    if (i != 0) text += ',';
    text += "\"" + std::to_string(std::int64_t{i} * 4096) + "\":0";
  }
  text += "}";
  const double taken = seconds_of([&] { CHECK(parse(text, DuplicateKeys::refuse).value().size() == 1'000'000); });
  MESSAGE("a million keys: ", taken, " s");
  CHECK(taken < 20);
}

TEST_CASE("random documents read as nlohmann_json reads them") {
  std::mt19937 random(7);
  const auto pick = [&](std::size_t count) { return static_cast<std::size_t>(random()) % count; };
  const char* const pieces[] = {"{",           "}",     "[",        "]",           ",",
                                ":",           "\"a\"", "\"b\\n\"", "1",           "-2.5e3",
                                "true",        "null",  " ",        "\"\\u00e9\"", "\"\\ud83d\\ude00\"",
                                "\"\\ud83d\"", "0",     "1.",       "\"",          "\\",
                                "e5"};
  std::size_t good = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    // Half of them begin as something sensible, so that good documents come up, too.
    if (round % 2 == 0) text = "[{\"k\":[1,";
    for (std::size_t i = 0, count = pick(8) + 1; i < count; ++i) text += pieces[pick(std::size(pieces))];
    if (round % 2 == 0) text += "]}]";
    const auto peer = nlohmann::json::parse(text, nullptr, false);
    const auto ours = parse(text);
    CAPTURE(text);
    CHECK(ours.has_value() == !peer.is_discarded());
    if (!ours || peer.is_discarded()) continue;
    ++good;
    CHECK(nlohmann::json::parse(format_json(*ours)) == peer);
  }
  CHECK(good > 200);
}
