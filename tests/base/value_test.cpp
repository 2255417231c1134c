#include "base/value.h"

#include "base/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <thread>

using namespace reconciled;

namespace {
const std::string k_long = "a string that does not fit into fourteen bytes";
}

TEST_CASE("scalars answer for their kind and with the fallback for others") {
  CHECK(Value().is_null());
  CHECK(Value(true).as_bool());
  CHECK(Value(7).as_integer() == 7);
  CHECK(Value(7).as_double() == 7.0);
  CHECK(Value(7.0).as_integer() == 7);
  CHECK(Value(7.5).as_integer(-1) == -1);
  CHECK(Value(1e300).as_integer(-1) == -1);
  CHECK(Value("x").as_integer(3) == 3);
  CHECK(Value(3).as_string("none") == "none");
  for (const std::size_t size : {0U, 1U, 14U, 15U, 4000U}) {
    const std::string text(size, 'x');
    CHECK(Value(text).as_string() == text);
    const Value copy = Value(text);
    CHECK(copy.as_string() == text);
  }
  CHECK(Value(std::string_view("a\0b", 3)).as_string().size() == 3);
}

TEST_CASE("a copy shares its memory until one of both is changed") {
  Value map = Value::map({{"a", 1}, {"b", Value::list({1, 2})}});
  const Value before = map;
  CHECK(map.same_as(before));
  map.edit("b").append(3);
  CHECK_FALSE(map.same_as(before));
  CHECK(before["b"].size() == 2);
  CHECK(map["b"].size() == 3);
  CHECK(before["a"] == Value(1));

  Value list = before["b"];
  CHECK(list.same_as(before["b"]));
  list.insert_item(0, "first");
  list.erase_item(2);
  list.edit_item(1) = "second";
  CHECK(format_json(list) == R"(["first","second"])");
  CHECK(format_json(before["b"]) == "[1,2]");
}

TEST_CASE("assigning a part of a value to the value itself is safe") {
  Value value = Value::map({{"inner", Value::map({{"x", k_long}})}});
  value = value["inner"];
  CHECK(value["x"].as_string() == k_long);
  value.set("self", value);
  CHECK(format_json(value["self"]) == "{\"x\":\"" + k_long + "\"}");
  const Value& alias = value;
  value = alias;
  CHECK(value.size() == 2);
}

TEST_CASE("maps keep their order and find keys on both sides of the index") {
  for (const int count : {1, 16, 17, 18, 100, 5000}) {
    CAPTURE(count);
    Value map;
    for (int i = 0; i < count; ++i) map.set("a key with number " + std::to_string(i), i);
    REQUIRE(map.size() == static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      const Value* found = map.find("a key with number " + std::to_string(i));
      REQUIRE(found != nullptr);
      CHECK(found->as_integer() == i);
      CHECK(map.entries()[static_cast<std::size_t>(i)].value == Value(i));
    }
    CHECK(map.find("a key with number") == nullptr);
    map.erase("a key with number 0");
    map.erase("none");
    CHECK(map.size() == static_cast<std::size_t>(count) - 1);
    CHECK(map.find("a key with number 0") == nullptr);
    map.set("a key with number 0", "back");
    CHECK(map["a key with number 0"] == Value("back"));
    CHECK(map.entries().back().key.as_string() == "a key with number 0");
  }
}

TEST_CASE("setting makes what is missing and replaces what is of another kind") {
  Value value;
  value.edit("a").edit("b").append(1);
  CHECK(format_json(value) == R"({"a":{"b":[1]}})");
  CHECK(value.at({"a", "b"}).size() == 1);
  CHECK(value.at({"a", "x", "y"}).is_null());
  Value text = "x";
  text.append(1);
  CHECK(format_json(text) == "[1]");
  text.set("k", 2);
  CHECK(format_json(text) == R"({"k":2})");
}

TEST_CASE("equality ignores the order of keys and the type of numbers, and digests agree with it") {
  const Value a = Value::map({{"x", 1}, {"y", Value::list({1.0, "s"})}});
  const Value b = Value::map({{"y", Value::list({1, "s"})}, {"x", 1.0}});
  CHECK(a == b);
  CHECK(a.digest() == b.digest());
  CHECK_FALSE(Value(1) == Value(true));
  CHECK_FALSE(Value("1") == Value(1));
  CHECK_FALSE(Value() == Value(false));
  CHECK_FALSE(Value::list() == Value::map());
  CHECK_FALSE(Value::list({1, 2}) == Value::list({2, 1}));
  CHECK_FALSE(Value::map({{"x", Value()}}) == Value::map({{"y", Value()}}));
  CHECK(Value(0.0) == Value(-0.0));
  CHECK(Value(0.0).digest() == Value(-0.0).digest());
  CHECK(Value(922337203685477632.0) == Value(std::int64_t{922337203685477632}));
  CHECK(Value(922337203685477632.0).digest() == Value(std::int64_t{922337203685477632}).digest());
  // 2^53 + 1 has no double: it must not equal the double next to it.
  CHECK_FALSE(Value(std::int64_t{9007199254740993}) == Value(9007199254740992.0));
  CHECK(Value(std::int64_t{9007199254740992}) == Value(9007199254740992.0));
  CHECK_FALSE(Value(std::int64_t{9223372036854775807}) == Value(9223372036854775808.0));
}

TEST_CASE("the sensitive mark survives copies, moves and changes") {
  Value secret = Value::map({{"password", k_long}});
  secret.mark_sensitive();
  Value copy = secret;
  CHECK(copy.sensitive());
  copy.set("more", 1);
  CHECK(copy.sensitive());
  Value moved = std::move(copy);
  CHECK(moved.sensitive());
  CHECK_FALSE(secret["password"].sensitive());
  Value text = k_long;
  text.mark_sensitive();
  CHECK(Value(text).as_string() == k_long);
  CHECK(text == Value(k_long));
  Value list = Value::list({1});
  list.mark_sensitive();
  const Value shared = list;
  list.append(2);
  CHECK(list.sensitive());
}

TEST_CASE("several threads may read and copy one value") {
  Value map;
  for (int i = 0; i < 200; ++i) map.set("key number " + std::to_string(i), k_long + std::to_string(i));
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        Value copy = map;
        copy.set("mine", i);
        good += copy["key number " + std::to_string(i)].as_string() == k_long + std::to_string(i) ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 800);
  CHECK(map.size() == 200);
}
