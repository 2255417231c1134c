#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/go_number.h"
#include "tests/helm_functions/function_scene.h"

#include <doctest/doctest.h>

namespace reconciled::helm {
namespace {

using testing::FunctionScene;

struct Case {
  std::string_view text;
  std::string_view expected;
};

TEST_CASE("texts are read as integers of any base") {
  FunctionScene scene(integer_functions());
  for (const auto& [text, expected] : std::vector<Case>{
           {"010", "8"},
           {"0x1F", "31"},
           {"0b11", "3"},
           {"08", "0"},
           {"5.0", "5"},
           {"5.00", "5"},
           {"5.", "0"},
           {"5.7", "0"},
           {"1e3", "0"},
           {"1_000", "1000"},
           {"0x_1", "1"},
           {"_1", "0"},
           {"1__0", "0"},
           {"-0x10", "-16"},
           {"+7", "7"},
           {"9223372036854775807", "9223372036854775807"},
           {"9223372036854775808", "0"},
           {"-9223372036854775808", "-9223372036854775808"},
           {"", "0"},
           {"0", "0"},
           {"0o17", "15"},
       }) {
    CAPTURE(text);
    CHECK(scene.show("int64", {text}) == expected);
    CHECK(scene.show("int", {text}) == expected);
  }
  CHECK(scene.show("atoi", {"99999999999999999999"}) == "9223372036854775807");
  CHECK(scene.show("atoi", {"0x10"}) == "0");
  CHECK(scene.show("toDecimal", {"0777"}) == "511");
}

TEST_CASE("numbers of decimals are exact") {
  FunctionScene scene(float_functions());
  CHECK(scene.show("addf", {"0.1", "0.2"}) == "0.3");
  CHECK(scene.show("divf", {"10", "3"}) == "3.3333333333333335");
  CHECK(scene.show("mulf", {"1.1", "1.1", "-3"}) == "-3.63");
  CHECK(scene.show("subf", {"1e300", "1e-300", "1e300"}) == "-1e-300");
  CHECK(scene.show("mulf", {"1e308", "1e308"}) == "+Inf");
  CHECK(scene.show("divf", {"1", "0"}) == "error: decimal division by 0");
  CHECK(scene.show("addf", {"inf"}) == "error: Cannot create a Decimal from +Inf");
}

TEST_CASE("a row of numbers that does not fit is refused by name") {
  FunctionScene scene(range_functions());
  const auto list = scene.call("until", {GoValue::integer(1'000'000'000'000)});
  REQUIRE_FALSE(list);
  CHECK(list.error().kind == ErrorKind::limit);
  CHECK(list.error().message.starts_with("until would make 16000000000000 bytes, and the budget of this render has "));
  CHECK(scene.show(scene.call("seq", {GoValue::integer(2), GoValue::integer(-2)})) == "2 1 0 -1 -2");
}

}  // namespace
}  // namespace reconciled::helm
