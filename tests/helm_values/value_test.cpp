#include "renderers/helm/values/deep_equal.h"
#include "renderers/helm/values/duration_text.h"
#include "renderers/helm/values/go_function.h"
#include "renderers/helm/values/go_value.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace reconciled;
using namespace reconciled::helm;

TEST_CASE("a map keeps its entries in byte order and is shared by its copies") {
  Budget budget;
  Arena arena(budget);
  GoMap* map = make_map(arena);
  for (const char* key : {"b", "a10", "a", "\xc3\xa9", "B", "a2"}) map->set(key, GoValue::string("x"));
  const GoValue value = GoValue::map(map);
  const GoValue copy = value;
  copy.as_map()->set("a", GoValue::integer(1));
  copy.as_map()->erase("a10");
  std::string keys;
  for (const GoMap::Entry& entry : value.as_map()->entries()) keys += std::string(entry.key) + " ";
  CHECK(keys == "B a a2 b \xc3\xa9 ");
  CHECK(value.as_map()->find("a")->as_int() == 1);
  CHECK(value.as_map()->find("a10") == nullptr);
  GoMap* apart = map->clone();
  apart->set("a", GoValue::integer(2));
  CHECK(map->find("a")->as_int() == 1);
}

TEST_CASE("types, kinds and parameters have Go's names") {
  Budget budget;
  Arena arena(budget);
  CHECK(GoValue::integer(1).type_name() == "int");
  CHECK(GoValue::integer(1, GoType::duration).type_name() == "time.Duration");
  CHECK(GoValue::integer(1, GoType::duration).kind_name() == "int64");
  CHECK(GoValue::map(make_map(arena), GoType::values).type_name() == "common.Values");
  CHECK(GoValue::map(make_map(arena), GoType::values).kind_name() == "map");
  CHECK(GoValue::list(nullptr, GoType::list_string).kind_name() == "slice");
  CHECK(GoValue::nil().type_name() == "<nil>");
  CHECK(go_parameter_name(GoParameter::map_any) == "map[string]interface {}");
  CHECK(go_parameter_name(GoParameter::reflect_value) == "reflect.Value");
}

TEST_CASE("a value in an interface is known by what is inside") {
  const GoValue boxed = GoValue::integer(1).boxed();
  CHECK(boxed.is_boxed());
  CHECK(!boxed.unboxed().is_boxed());
  CHECK(GoValue::nil().is_boxed());
  CHECK(GoValue::nil().unboxed().type() == GoType::invalid);
  CHECK(GoValue().boxed().type() == GoType::nil);
}

TEST_CASE("deep equality asks for the same types") {
  Budget budget;
  Arena arena(budget);
  const auto equal = [&](GoValue left, GoValue right) { return deep_equal(left, right, budget).value(); };
  const std::vector<GoValue> items{GoValue::integer(1), GoValue::string("a")};
  CHECK(equal(make_list(arena, items), make_list(arena, items)));
  CHECK(!equal(make_list(arena, items), make_list(arena, items, GoType::list_string)));
  CHECK(!equal(make_list(arena, {}), GoValue::list(nullptr)));
  CHECK(!equal(GoValue::integer(1), GoValue::integer(1, GoType::int64)));
  CHECK(!equal(GoValue::integer(1), GoValue::number(1)));
  CHECK(equal(GoValue::nil(), GoValue::nil()));
  GoMap* left = make_map(arena);
  GoMap* right = make_map(arena);
  left->set("a", make_list(arena, items));
  CHECK(!equal(GoValue::map(left), GoValue::map(right)));
  right->set("a", make_list(arena, items));
  CHECK(equal(GoValue::map(left), GoValue::map(right)));
  left->set("self", GoValue::map(left));
  right->set("self", GoValue::map(right));
  CHECK(!equal(GoValue::map(left), GoValue::map(right)));
}

TEST_CASE("lists that double themselves are compared until the budget is spent") {
  Limits limits;
  limits.steps = 100'000;
  Budget budget(limits);
  Arena arena(budget);
  const auto doubled = [&arena] {
    GoValue list = GoValue::integer(1);
    for (int i = 0; i < 60; ++i) list = make_list(arena, std::vector<GoValue>{list, list});
    return list;
  };
  const auto equal = deep_equal(doubled(), doubled(), budget);
  REQUIRE_FALSE(equal);
  CHECK(equal.error().kind == ErrorKind::limit);
}

TEST_CASE("durations, months and days are written as Go writes them") {
  CHECK(duration_text(0) == "0s");
  CHECK(duration_text(1) == "1ns");
  CHECK(duration_text(1'500) == "1.5\u00b5s");
  CHECK(duration_text(1'234'567) == "1.234567ms");
  CHECK(duration_text(3'600'000'000'000) == "1h0m0s");
  CHECK(duration_text(-90'500'000'000) == "-1m30.5s");
  CHECK(duration_text(INT64_MIN) == "-2562047h47m16.854775808s");
  CHECK(month_text(12) == "December");
  CHECK(month_text(13) == "%!Month(13)");
  CHECK(weekday_text(0) == "Sunday");
  CHECK(weekday_text(7) == "%!Weekday(7)");
}
