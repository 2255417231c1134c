#include "renderers/helm/semver/constraint.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

struct Case {
  std::string_view constraint;
  std::string_view version;
  std::string_view reasons;  ///< "" when satisfied
};

std::string judge(std::string_view constraint, std::string_view version) {
  const auto constraints = parse_constraints(constraint);
  if (!constraints) return "error: " + constraints.error().message;
  const Version parsed = *parse_version(version);
  std::string joined;
  for (const std::string& reason : unsatisfied_reasons(parsed, *constraints)) {
    joined += (joined.empty() ? "" : "; ") + reason;
  }
  CHECK(satisfies(parsed, *constraints) == joined.empty());
  return joined;
}

void check(const std::vector<Case>& cases) {
  for (const auto& [constraint, version, reasons] : cases) {
    CAPTURE(constraint);
    CAPTURE(version);
    CHECK(judge(constraint, version) == reasons);
  }
}

TEST_CASE("operators compare, and a missing part leaves it open") {
  check({
      {"1.2.3", "1.2.3", ""},
      {"=1.2", "1.2.9", ""},
      {"1.2.3", "1.2.4", "1.2.4 is not equal to 1.2.3"},
      {"!=1.2", "1.2.9", "1.2.9 is equal to 1.2"},
      {"!=1.2.x", "1.3.0", ""},
      {">1.2", "1.2.9", "1.2.9 is less than or equal to 1.2"},
      {">11", "11.1.0", "11.1.0 is less than or equal to 11"},
      {"=>1.2", "1.2.0", ""},
      {"<=1.2", "1.2.5", ""},
      {"=<1", "2.0.0", "2.0.0 is greater than 1"},
      {"<1.2", "1.2.0", "1.2.0 is greater than or equal to 1.2"},
  });
}

TEST_CASE("tilde and caret") {
  check({
      {"~1.2.3", "1.2.9", ""},
      {"~>1.2.3", "1.3.0", "1.3.0 does not have same major and minor version as 1.2.3"},
      {"~1", "1.9.0", ""},
      {"~0.0.0", "7.0.0", ""},
      {"^1.2", "1.9.0", ""},
      {"^1.2.3", "2.0.0", "2.0.0 does not have same major version as 1.2.3"},
      {"^0.2.3", "0.3.0",
       "0.3.0 does not have same minor version as 0.2.3. Expected minor versions to match when constraint major "
       "version "
       "is 0"},
      {"^0.0.3", "0.0.4",
       "0.0.4 does not equal 0.0.3. Expect version and constraint to equal when major and minor versions are 0"},
      {"^0.0", "0.0.9", ""},
      {"^0", "0.9.0", ""},
      {"^*", "1.0.0", "1.0.0 does not have same major version as *"},
  });
}

TEST_CASE("prereleases count only where the constraint names one") {
  check({
      {">=1.2.0", "1.3.0-beta",
       "1.3.0-beta is a prerelease version and the constraint is only looking for release versions"},
      {">=1.22-0", "1.22.0-gke.100", ""},
      {"*", "1.0.0-a", "1.0.0-a is a prerelease version and the constraint is only looking for release versions"},
      {"*-0", "1.0.0-a", ""},
      {"<1 || <1.0.0", "1.0.0-a",
       "1.0.0-a is a prerelease version and the constraint is only looking for release versions"},
  });
}

TEST_CASE("groups, commas and hyphens") {
  check({
      {">=1.2 <3, !=2.1.x", "2.0.0", ""},
      {">=1.2 <3, !=2.1.x", "2.1.4", "2.1.4 is equal to 2.1.x"},
      {"1.x || >=2.5.0 || 5.0.0 - 7.2.3", "6.1.0", ""},
      {"1.2 - 1.4.5", "1.5.0", "1.5.0 is greater than 1.4.5"},
      {"1.2 -1.4.5", "1.3.0", "error: improper constraint: 1.2 -1.4.5"},
      {"", "1.0.0", "error: improper constraint: "},
      {"1.0 || ", "2.0.0", "error: improper constraint:  "},
      {">=1.2<3", "2.0.0", "error: improper constraint: >=1.2<3"},
      {"1.2.3.4", "1.2.3", "error: improper constraint: 1.2.3.4"},
      {"1.2.3.4 - 5", "1.2.3", "error: improper constraint: 1.>= 2.3.4, <= 5 "},
      {"1.2.3-01", "1.2.3", "error: constraint parser error"},
      {"1|2", "1.0.0", "error: constraint parser error"},
      {"==1", "1.0.0", "error: improper constraint: ==1"},
  });
}

TEST_CASE("a text without an end is refused") {
  const auto refused = parse_constraints(std::string(100'000, ' '));
  REQUIRE(!refused);
  CHECK(refused.error().kind == ErrorKind::limit);
}

}  // namespace
}  // namespace reconciled::helm
