#include "base/suggest.h"

#include <doctest/doctest.h>

#include <vector>

using namespace reconciled;

TEST_CASE("the nearest word is suggested when it is near enough") {
  const std::vector<std::string> words{"replicas", "namespace", "name", "path", "timeout"};
  CHECK(nearest("replcas", words) == "replicas");
  CHECK(nearest("relpicas", words) == "replicas");
  CHECK(nearest("nmae", words) == "name");
  CHECK(nearest("TIMEOUT", words) == "timeout");
  CHECK(nearest("pth", words) == "path");
  CHECK_FALSE(nearest("zzz", words).has_value());
  CHECK_FALSE(nearest("", words).has_value());
  CHECK_FALSE(nearest(std::string(1000, 'a'), words).has_value());
  CHECK_FALSE(nearest("x", {}).has_value());
  CHECK(did_you_mean("namespce", words) == ", did you mean \"namespace\"?");
  CHECK(did_you_mean("qqqqqq", words).empty());
}
