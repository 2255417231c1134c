#include "base/number.h"

#include "base/utf8.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace reconciled;

namespace {
std::string text_of(double number) {
  std::string out;
  append_double(out, number);
  return out;
}
}  // namespace

TEST_CASE("doubles print as Go's JSON encoder prints them") {
  CHECK(text_of(0.1) == "0.1");
  CHECK(text_of(-2.5) == "-2.5");
  CHECK(text_of(1000) == "1000");
  CHECK(text_of(-0.0) == "0");
  CHECK(text_of(0.000001) == "0.000001");
  CHECK(text_of(0.00000015) == "1.5e-7");
  CHECK(text_of(1e20) == "100000000000000000000");
  CHECK(text_of(1e21) == "1e+21");
  CHECK(text_of(18446744073709551615.0) == "18446744073709552000");
  CHECK(text_of(922337203685477580.7) == "922337203685477632");
  CHECK(text_of(-9007199254740993.0) == "-9007199254740992");
  CHECK(text_of(5e-324) == "5e-324");
  CHECK(text_of(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
  CHECK(text_of(123.456) == "123.456");
}

TEST_CASE("decimal text becomes the nearest double, or nothing") {
  CHECK(parse_double("1.5").value() == 1.5);
  CHECK(parse_double("+.5").value() == 0.5);
  CHECK(parse_double("-1.").value() == -1);
  CHECK(parse_double("1e-400").value() == 0);
  CHECK(parse_double("0.00000000000000000001e-330").value() == 0);
  CHECK(parse_double("1000e-500").value() == 0);
  CHECK(parse_double("0e999999999999").value() == 0);
  CHECK_FALSE(parse_double("1e400").has_value());
  CHECK_FALSE(parse_double("-1e99999999999999999999").has_value());
  CHECK_FALSE(parse_double(std::string(400, '9')).has_value());
  for (const char* text : {"", ".", "e5", "1e", "1e+", "inf", "nan", "0x10", "1 ", " 1", "1_0", "--1", "1.2.3"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_double(text).has_value());
  }
}

TEST_CASE("only well-formed UTF-8 is UTF-8") {
  CHECK(is_utf8("plain, \u00e9, \u20ac, \U0001F600 and more than eight bytes"));
  for (const char* text : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                           "\xF5\x80\x80\x80", "\xE2\x82", "\xFF", "abcdefgh\xC3"}) {
    CHECK_FALSE(is_utf8(text));
  }
  CHECK(valid_utf8_prefix("abcdefghij\xFFk") == 10);
  std::string out;
  for (const std::uint32_t point : {0x41U, 0xE9U, 0x20ACU, 0x1F600U}) append_utf8(out, point);
  CHECK(out == "A\u00e9\u20ac\U0001F600");
}
