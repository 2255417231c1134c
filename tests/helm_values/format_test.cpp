#include "renderers/helm/values/format.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace reconciled;
using namespace reconciled::helm;

namespace {

struct Scene {
  Budget budget;
  Arena arena{budget};

  std::string printf(std::string_view format, const std::vector<GoValue>& values) {
    std::string out;
    CHECK(append_printf(out, format, values, arena).has_value());
    return out;
  }
  std::string print(const std::vector<GoValue>& values) {
    std::string out;
    CHECK(append_print(out, values, arena).has_value());
    return out;
  }
  GoValue map(const std::vector<std::pair<std::string, GoValue>>& entries, GoType type = GoType::map) {
    GoMap* map = make_map(arena);
    for (const auto& [key, value] : entries) map->set(key, value);
    return GoValue::map(map, type);
  }
  GoValue list(const std::vector<GoValue>& items, GoType type = GoType::list) { return make_list(arena, items, type); }
};

GoValue text(std::string_view value) {
  return GoValue::string(value);
}
GoValue number(std::int64_t value) {
  return GoValue::integer(value);
}
GoValue real(double value) {
  return GoValue::number(value);
}

/// A struct whose pointer has String().
class Version final : public GoObject {
 public:
  explicit Version(bool is_pointer) : m_is_pointer(is_pointer) {}
  std::string_view type_name() const override { return m_is_pointer ? "*test.Version" : "test.Version"; }
  bool is_pointer() const override { return m_is_pointer; }
  bool field(std::string_view, Arena&, GoValue&) const override { return false; }
  const GoFunction* method(std::string_view) const override { return nullptr; }
  bool text(Arena&, Receiver receiver, std::string_view& text) const override {
    text = "v1";
    return receiver == Receiver::pointer;
  }
  std::span<const GoMap::Entry> fields(Arena&) const override { return m_fields; }

 private:
  bool m_is_pointer;
  GoMap::Entry m_fields[2] = {{"Major", GoValue::integer(1)}, {"Name", GoValue::string("a")}};
};

}  // namespace

TEST_CASE("verbs print what Go's fmt prints") {
  Scene scene;
  const GoValue list = scene.list({number(1), text("a"), GoValue::nil(), real(2.5)});
  const GoValue map = scene.map({{"b", number(1)}, {"a", text("x")}, {"c", GoValue::nil()}});
  const GoValue bytes = GoValue::string("hi", GoType::bytes);
  struct Row {
    const char* format;
    std::vector<GoValue> values;
    const char* expected;
  };
  const std::vector<Row> rows{
      {"%v|%s|%d", {number(42), text("x"), number(-7)}, "42|x|-7"},
      {"%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%b|%c|%q|%U|%#U", std::vector<GoValue>(14, number(65)),
       "   65|65   |00065|+65| 65|41|41|0x41|101|1000001|A|'A'|U+0041|U+0041 'A'"},
      {"%v %g %f %.2f %e %8.3f|%-8.1f|%+v|%G", std::vector<GoValue>(9, real(1.5)),
       "1.5 1.5 1.500000 1.50 1.500000e+00    1.500|1.5     |1.5|1.5"},
      {"%v %v %v %v %v",
       {real(100000), real(1000000), real(123456789), real(0.0001), real(0.00001)},
       "100000 1e+06 1.23456789e+08 0.0001 1e-05"},
      {"%v %v %v %6v", {real(INFINITY), real(-INFINITY), real(NAN), real(NAN)}, "+Inf -Inf NaN    NaN"},
      {"%s|%10s|%-10s|%.2s|%q|%x|% x|%#q", std::vector<GoValue>(8, text("hello")),
       "hello|     hello|hello     |he|\"hello\"|68656c6c6f|68 65 6c 6c 6f|`hello`"},
      {"%v %d %s %x %q %t",
       {bytes, bytes, bytes, bytes, bytes, GoValue::boolean(true)},
       "[104 105] [104 105] hi 6869 \"hi\" true"},
      {"%v %+v %d", {list, map, list}, "[1 a <nil> 2.5] map[a:x b:1 c:<nil>] [1 %!d(string=a) <nil> %!d(float64=2.5)]"},
      {"%#v", {list}, "[]interface {}{1, \"a\", interface {}(nil), 2.5}"},
      {"%#v", {map}, "map[string]interface {}{\"a\":\"x\", \"b\":1, \"c\":interface {}(nil)}"},
      {"%T %T %T %T", {list, map, GoValue::nil(), real(1)}, "[]interface {} map[string]interface {} <nil> float64"},
      {"%d %d", {number(1)}, "1 %!d(MISSING)"},
      {"%d", {number(1), text("x"), GoValue::nil()}, "1%!(EXTRA string=x, <nil>)"},
      {"%z %!", {number(1)}, "%!z(int=1) %!!(MISSING)"},
      {"%s", {GoValue::nil()}, "%!s(<nil>)"},
      {"%4d|%04f", {text("a"), number(1)}, "%!d(string=   a)|%!f(int=0001)"},
      {"%[2]d %[1]d", {number(1), number(2)}, "2 1"},
      {"%[3]d", {number(1)}, "%!d(BADINDEX)"},
      {"%[1]d %[x]d", {number(1)}, "1 %!d(BADINDEX)"},
      {"%*d|%-*d|%.*f", {number(5), number(1), number(4), number(2), number(1), real(1.25)}, "    1|2   |1.2"},
      {"%*d", {text("x"), number(1)}, "%!(BADWIDTH)1"},
      {"100%", {}, "100%!(NOVERB)"},
      {"%%|%5%", {}, "%|%"},
      {"%v %s %d",
       {GoValue::integer(90'000'000'000, GoType::duration), GoValue::integer(3, GoType::month),
        GoValue::integer(3, GoType::month)},
       "1m30s March 3"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.format);
    CHECK(scene.printf(row.format, row.values) == row.expected);
  }
}

TEST_CASE("print separates only what is no string") {
  Scene scene;
  CHECK(scene.print({number(1), number(2), text("a"), text("b"), number(3), GoValue::nil()}) == "1 2ab3 <nil>");
  CHECK(scene.print({}).empty());
  std::string line;
  CHECK(append_println(line, std::vector<GoValue>{number(1), text("a")}, scene.arena).has_value());
  CHECK(line == "1 a\n");
}

TEST_CASE("a value that is not there prints differently in an action and as an operand") {
  Scene scene;
  std::string printed;
  CHECK(append_printed(printed, GoValue::nil(), scene.arena).has_value());
  CHECK(printed == "<no value>");
  std::string operand;
  CHECK(append_v(operand, GoValue::nil(), scene.arena).has_value());
  CHECK(operand == "<nil>");
}

TEST_CASE("String() of a pointer counts for the pointer and for what an action prints") {
  Scene scene;
  const Version value(false);
  const Version pointer(true);
  CHECK(scene.printf("%v %+v", {GoValue::object(&value), GoValue::object(&value)}) == "{1 a} {Major:1 Name:a}");
  CHECK(scene.printf("%v %s %d", std::vector<GoValue>(3, GoValue::object(&pointer))) == "v1 v1 &{1 %!d(string=a)}");
  CHECK(scene.printf("%#v", {GoValue::object(&pointer)}) == "&test.Version{Major:1, Name:\"a\"}");
  std::string printed;
  CHECK(append_printed(printed, GoValue::object(&value), scene.arena).has_value());
  CHECK(printed == "v1");
}

TEST_CASE("a text that outgrows the budget is an error, and so is a map that holds itself") {
  Limits limits;
  limits.bytes = 1 << 20;
  Budget budget(limits);
  Arena arena(budget);
  std::string out;
  const std::vector<GoValue> values(8, number(1));
  const Status large = append_printf(out, "%1000000d%1000000d%1000000d%1000000d", values, arena);
  REQUIRE(!large.has_value());
  CHECK(large.error().kind == ErrorKind::limit);
  CHECK(out.size() < 4U << 20U);
  GoMap* map = make_map(arena);
  map->set("self", GoValue::map(map));
  out.clear();
  const Status deep = append_v(out, GoValue::map(map), arena);
  REQUIRE(!deep.has_value());
  CHECK(deep.error().kind == ErrorKind::limit);
}
