#include "base/binary.h"

#include "base/json.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace reconciled;

namespace {

Value json(std::string_view text) {
  Budget budget;
  auto value = parse_json(text, budget);
  REQUIRE(value);
  return *value;
}

std::string bytes_of(const Value& value) {
  BinaryWriter out;
  out.value(value);
  return std::move(out).take();
}

Result<Value> value_of(std::string_view bytes, Limits limits = {}) {
  Budget budget(limits);
  BinaryReader in(bytes, budget);
  Value value = in.value();
  TRY(in.finish("a value"));
  return value;
}

}  // namespace

TEST_CASE("values come back with their kinds, their order and their marks") {
  Value value = json(R"({"b":[1,-1,0,true,false,null,"",{"x":1.5}],"a":"\u00e9 text that is not inline"})");
  value.set("least", std::numeric_limits<std::int64_t>::min());
  value.set("most", std::numeric_limits<std::int64_t>::max());
  value.set("whole", Value(2.0));
  Value secret("hush hush hush hush");
  secret.mark_sensitive();
  value.set("secret", secret);
  const auto read = value_of(bytes_of(value));
  REQUIRE(read);
  CHECK(*read == value);
  CHECK(format_json(*read) == format_json(value));
  CHECK((*read)["whole"].kind() == Value::Kind::number);
  CHECK((*read)["secret"].sensitive());
  CHECK_FALSE((*read)["a"].sensitive());
}

TEST_CASE("numbers come back whatever their size") {
  for (const std::uint64_t number : {0ULL, 1ULL, 127ULL, 128ULL, 1ULL << 35, ~0ULL}) {
    BinaryWriter out;
    out.number(number);
    const std::string bytes = std::move(out).take();
    Budget budget;
    BinaryReader in(bytes, budget);
    CHECK(in.number() == number);
    CHECK(in.finish("a number"));
  }
}

TEST_CASE("bytes that end early or go on are damaged, and say so") {
  const std::string bytes = bytes_of(json(R"({"a":[1,2.5,"three"],"b":{"c":null}})"));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = value_of(bytes.substr(0, size));
    REQUIRE_FALSE(cut);
    CHECK(cut.error().kind == ErrorKind::internal);
    CHECK(cut.error().message.starts_with("a value is damaged: "));
  }
  CHECK(value_of(bytes + "x").error().message.find("more bytes") != std::string::npos);
}

TEST_CASE("what no writer writes is refused") {
  CHECK_FALSE(value_of("\x0A"));                                             // no such kind
  CHECK_FALSE(value_of(std::string_view("\x08\x02\x01k\x00\x01k\x00", 8)));  // a key twice
  CHECK_FALSE(value_of(std::string_view("\x05\0\0\0\0\0\0\xF0\x7F", 9)));    // infinity
  CHECK_FALSE(value_of("\x03\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"));     // beyond an integer
  CHECK_FALSE(value_of("\x06\xFF\xFF\xFF\xFF\x0Ftext"));                     // longer than the bytes
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "\x07\x01";
  CHECK_FALSE(value_of(deep));
}

TEST_CASE("small bytes cannot ask for much memory") {
  std::string bytes = "\x07";
  const std::size_t count = 1 << 20;
  for (std::size_t left = count; left > 0; left >>= 7) {
    bytes += static_cast<char>((left & 0x7F) | (left >= 0x80 ? 0x80 : 0));
  }
  bytes.append(count, '\0');
  const auto refused = value_of(bytes, Limits{.bytes = 1 << 20});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::limit);
  CHECK(value_of(bytes)->size() == count);
}
