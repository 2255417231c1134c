#include "sandbox/quantity.h"

#include "sandbox/names.h"

#include <doctest/doctest.h>

namespace reconciled::sandbox {
namespace {

TEST_CASE("quantities come back in canonical form") {
  const std::pair<const char*, const char*> rows[] = {
      {"1000m", "1"},      {"0.1", "100m"}, {"1.5Gi", "1536Mi"}, {"1024Mi", "1Gi"}, {"0", "0"},
      {"1e3", "1e3"},      {"1k", "1k"},    {"1000k", "1M"},     {"0.5Ki", "512"},  {"2000000", "2M"},
      {"1E", "1E"},        {"-5", "-5"},    {"1.0001n", "2n"},   {"100u", "100u"},  {"1073741824", "1073741824"},
      {"1000Mi", "1000Mi"}};
  for (const auto& [text, wanted] : rows) {
    CAPTURE(text);
    CHECK(canonical_quantity(text) == std::string(wanted));
  }
}

TEST_CASE("what is no quantity is refused") {
  for (const char* text : {"", "abc", "1x", "1..2", "--1", "1Kib", "1e99", "9999999999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(canonical_quantity(text).has_value());
  }
}

TEST_CASE("names follow their grammars") {
  CHECK(is_dns_subdomain("a.b-c.d"));
  CHECK_FALSE(is_dns_subdomain("a..b"));
  CHECK_FALSE(is_dns_subdomain("A"));
  CHECK_FALSE(is_dns_label("a.b"));
  CHECK_FALSE(is_dns1035_label("1a"));
  CHECK(qualified_name_error("example.com/Name_1").empty());
  CHECK_FALSE(qualified_name_error("/x").empty());
  CHECK_FALSE(qualified_name_error("a/b/c").empty());
}

}  // namespace
}  // namespace reconciled::sandbox
