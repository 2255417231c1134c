#include "renderers/helm/functions/limbs.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

struct Case {
  std::string dividend;
  std::string divisor;
};

TEST_CASE("a quotient times its divisor and the remainder is the dividend") {
  const std::vector<Case> cases{
      {"0", "1"},
      {"999999999", "1000000000"},
      {"1000000000", "999999999"},
      {"1000000000000000000", "1000000000"},
      {"123456789012345678901234567890123456789", "987654321"},
      {"123456789012345678901234567890123456789", "98765432109876543210"},
      {"999999999999999999999999999999999999", "1000000000000000001"},
      {"999999999000000000000000000000000000", "999999999999999999"},
      {"500000000000000000000000000", "500000000999999999"},
      {"499999999999999999999999999999999999999", "500000000000000000000"},
  };
  for (const auto& [dividend, divisor] : cases) {
    CAPTURE(dividend);
    CAPTURE(divisor);
    const Limbs by = make_limbs(divisor);
    const Quotient division = divide(make_limbs(dividend), by);
    CHECK(compare(division.remainder, by) < 0);
    CHECK(digits_of(sum(product(division.quotient, by), division.remainder)) == dividend);
  }
}

TEST_CASE("limbs carry and borrow") {
  CHECK(digits_of(sum(make_limbs("999999999999999999"), make_limbs("1"))) == "1000000000000000000");
  CHECK(digits_of(difference(make_limbs("1000000000000000000"), make_limbs("1"))) == "999999999999999999");
  CHECK(digits_of(difference(make_limbs("123"), make_limbs("123"))) == "0");
  CHECK(digits_of(shifted(make_limbs("12"), 20)) == "1200000000000000000000");
}

}  // namespace
}  // namespace reconciled::helm
