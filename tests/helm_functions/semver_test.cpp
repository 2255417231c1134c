#include "renderers/helm/functions/families.h"
#include "tests/helm_functions/function_scene.h"

#include <doctest/doctest.h>

namespace reconciled::helm {
namespace {

using testing::FunctionScene;

TEST_CASE("semverCompare says whether a version satisfies a constraint") {
  FunctionScene scene(semver_functions());
  CHECK(scene.show("semverCompare", {">=1.22-0", "v1.22.3-gke.100"}) == "true");
  CHECK(scene.show("semverCompare", {"^1.2 || 3.x", "2.0.0"}) == "false");
  CHECK(scene.show("semverCompare", {"", "1.0.0"}) == "error: improper constraint: ");
  CHECK(scene.show("semverCompare", {"1", "one"}) == "error: invalid semantic version");
}

TEST_CASE("a version has methods; the one that a method gives has those of a value only") {
  FunctionScene scene(semver_functions());
  const GoValue version = *scene.call("semver", {GoValue::string("v1.2.3-rc.1+b7")});
  CHECK(version.type_name() == "*semver.Version");
  CHECK(scene.show(version) == "1.2.3-rc.1+b7");
  for (const auto& [method, expected] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"Major", "1"},
           {"Minor", "2"},
           {"Patch", "3"},
           {"Prerelease", "rc.1"},
           {"Metadata", "b7"},
           {"Original", "v1.2.3-rc.1+b7"},
           {"String", "1.2.3-rc.1+b7"},
           {"IncMajor", "2.0.0"},
           {"IncMinor", "1.3.0"},
           {"IncPatch", "1.2.3"},
       }) {
    CAPTURE(method);
    CHECK(scene.show(scene.call_method(version, method)) == expected);
  }
  CHECK(scene.call_method(version, "Major")->type() == GoType::uint64);
  const GoValue next = *scene.call_method(version, "IncMajor");
  CHECK(next.type_name() == "semver.Version");
  CHECK(next.as_object()->method("Original") == nullptr);
  CHECK(scene.show(scene.call_method(version, "SetPrerelease", {GoValue::string("a_b")})) ==
        "error: invalid prerelease string");
  const GoValue other = *scene.call("semver", {GoValue::string("1.2.4")});
  CHECK(scene.show(scene.call_method(version, "Compare", {other})) == "-1");
  CHECK(scene.show(scene.call_method(version, "LessThan", {other})) == "true");
  CHECK(scene.show(scene.call_method(version, "Equal", {GoValue()})) == "false");
  CHECK(scene.show(scene.call_method(version, "GreaterThan", {GoValue()})) ==
        "error: runtime error: invalid memory address or nil pointer dereference");
}

}  // namespace
}  // namespace reconciled::helm
