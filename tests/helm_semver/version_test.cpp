#include "renderers/helm/semver/version.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

std::string read(std::string_view text) {
  const auto version = parse_version(text);
  return version ? format_version(*version) : "error: " + version.error().message;
}

std::string read_strictly(std::string_view text) {
  const auto version = parse_strict_version(text);
  return version ? format_version(*version) : "error: " + version.error().message;
}

struct Case {
  std::string_view text;
  std::string_view expected;
};

TEST_CASE("the tolerant reader completes versions and forgives zeros") {
  for (const auto& [text, expected] : std::vector<Case>{
           {"1.2.3", "1.2.3"},
           {"v1", "1.0.0"},
           {"v1.2", "1.2.0"},
           {"01.2.03", "1.2.3"},
           {"1.2.3-rc.1+b.7", "1.2.3-rc.1+b.7"},
           {"1-alpha", "1.0.0-alpha"},
           {"1+001", "1.0.0+001"},
           {"18446744073709551615.0.0", "18446744073709551615.0.0"},
           {"", "error: invalid semantic version"},
           {"V1", "error: invalid semantic version"},
           {"1.2.3.4", "error: invalid semantic version"},
           {"1.", "error: invalid semantic version"},
           {"1.2.3-", "error: invalid semantic version"},
           {"1.2.3-a..b", "error: invalid semantic version"},
           {" 1.2.3", "error: invalid semantic version"},
           {"1.2.3-01", "error: version segment starts with 0"},
           {"1.18446744073709551616",
            "error: error parsing version segment: strconv.ParseUint: parsing \"18446744073709551616\": value out of "
            "range"},
       }) {
    CAPTURE(text);
    CHECK(read(text) == expected);
  }
}

TEST_CASE("the strict reader says what is wrong") {
  for (const auto& [text, expected] : std::vector<Case>{
           {"1.2.3-a+b", "1.2.3-a+b"},
           {"", "error: version string empty"},
           {"1.2", "error: invalid semantic version"},
           {"v1.2.3", "error: invalid characters in version"},
           {"01.2.3", "error: version segment starts with 0"},
           {"1.2.3-", "error: invalid prerelease string"},
           {"1.2.3-a_b", "error: invalid prerelease string"},
           {"1.2.3+", "error: invalid metadata string"},
           {"1.2.3-00", "error: version segment starts with 0"},
           {"1..3", "error: strconv.ParseUint: parsing \"\": invalid syntax"},
       }) {
    CAPTURE(text);
    CHECK(read_strictly(text) == expected);
  }
}

TEST_CASE("versions are ordered by numbers, then by prerelease") {
  const std::vector<std::string_view> ascending{"1.0.0-1",       "1.0.0-2",    "1.0.0-11",   "1.0.0-alpha",
                                                "1.0.0-alpha.1", "1.0.0-beta", "1.0.0",      "1.0.1",
                                                "1.2.0",         "1.10.0",     "2.0.0-rc.1", "2.0.0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i]);
      CAPTURE(ascending[j]);
      const int order = compare_versions(*parse_version(ascending[i]), *parse_version(ascending[j]));
      CHECK((order > 0) == (i > j));
      CHECK((order < 0) == (i < j));
    }
  }
  CHECK(compare_versions(*parse_version("1.0.0+a"), *parse_version("1.0.0+b")) == 0);
}

TEST_CASE("a next version keeps the v that the first was written with") {
  const Version version = *parse_version("v1.2.3-rc.1+b");
  CHECK(next_major(version).original == "v2.0.0");
  CHECK(next_minor(version).original == "v1.3.0");
  CHECK(next_patch(version).original == "v1.2.3");
  CHECK(next_patch(*parse_version("1.2.3+b")).original == "1.2.4");
  CHECK(with_prerelease(version, "beta")->original == "v1.2.3-beta+b");
  CHECK(with_prerelease(version, "be_ta").error().message == "invalid prerelease string");
  CHECK(with_metadata(version, "")->original == "v1.2.3-rc.1");
  CHECK(with_metadata(version, "a..b").error().message == "invalid metadata string");
}

}  // namespace
}  // namespace reconciled::helm
