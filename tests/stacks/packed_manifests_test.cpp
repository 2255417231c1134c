#include "stacks/packed_manifests.h"

#include "base/binary.h"
#include "base/json.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

Manifest manifest(std::string_view text, Origin origin = {"apps/web/a.yaml", 3, 1}) {
  Budget budget;
  auto value = parse_json(text, budget);
  REQUIRE(value);
  auto made = make_manifest(*value, std::move(origin), "main");
  REQUIRE_MESSAGE(made, format_error(made.error()));
  return *made;
}

ManifestSet some_set() {
  ManifestSet set;
  set.stack = {"prod", "apps", "web"};
  set.inputs = sha256("inputs");
  set.warnings = {"a warning", ""};
  set.manifests.push_back(manifest(
      R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},"spec":{"replicas":2}})"));
  set.manifests.push_back(manifest(
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"k":"aHVzaA=="},"stringData":{"x":"y"}})",
      {"environments/prod/apps/web/s.yaml", 4'000'000'000U, 7}));
  return set;
}

TEST_CASE("a pack gives back the same set, with the payload of Secrets marked") {
  const ManifestSet set = some_set();
  const auto unpacked = PackedManifests::from_bytes(PackedManifests::pack(set).bytes()).unpack();
  REQUIRE_MESSAGE(unpacked, format_error(unpacked.error()));
  CHECK(*unpacked == set);
  const Value& secret = unpacked->manifests[1].object;
  CHECK(secret["data"].sensitive());
  CHECK(secret.at({"data", "k"}).sensitive());
  CHECK(secret.at({"stringData", "x"}).sensitive());
  CHECK_FALSE(unpacked->manifests[0].object["spec"].sensitive());
}

TEST_CASE("a Secret is marked even when the pack says that nothing is secret") {
  ManifestSet set = some_set();
  Budget budget;
  set.manifests[1].object = *parse_json(format_json(set.manifests[1].object), budget);
  REQUIRE_FALSE(set.manifests[1].object["data"].sensitive());
  const auto unpacked = PackedManifests::pack(set).unpack();
  REQUIRE(unpacked);
  CHECK(unpacked->manifests[1].object.at({"data", "k"}).sensitive());
}

TEST_CASE("a set without manifests is one, too") {
  ManifestSet set;
  set.stack = {"prod", "apps", "web"};
  CHECK(PackedManifests::pack(set).unpack().value() == set);
}

TEST_CASE("bytes that are no pack are an internal error, wherever they are damaged") {
  const std::string bytes = PackedManifests::pack(some_set()).bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = PackedManifests::from_bytes(bytes.substr(0, size)).unpack();
    REQUIRE_FALSE(cut);
    CHECK(cut.error().kind == ErrorKind::internal);
  }
  for (const std::string& wrong : {std::string("{}"), bytes + "x", "x" + bytes}) {
    CHECK_FALSE(PackedManifests::from_bytes(wrong).unpack());
  }
}

TEST_CASE("an object that no render would let through is refused, and its Secret not quoted") {
  ManifestSet set = some_set();
  set.manifests[1].object.edit("data").set("k", "hush-hush, not base64");
  const auto unpacked = PackedManifests::pack(set).unpack();
  REQUIRE_FALSE(unpacked);
  CHECK(unpacked.error().kind == ErrorKind::internal);
  CHECK(unpacked.error().where.file == "environments/prod/apps/web/s.yaml");
  CHECK(format_error(unpacked.error()).find("hush") == std::string::npos);
  set = some_set();
  set.manifests[0].object.edit("metadata").erase("name");
  CHECK_FALSE(PackedManifests::pack(set).unpack());
}

TEST_CASE("a pack keeps hooks and the charts that it was rendered from") {
  ManifestSet set;
  set.stack = {"prod", "apps", "web"};
  auto manifest = make_manifest(
      Value::map({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", Value::map({{"name", "a"}})}}),
      {"chart/templates/a.yaml", 0, 0}, "main");
  REQUIRE(manifest);
  set.manifests = {*manifest, *manifest, *manifest};
  set.manifests[1].hook = Hook{.at_install = HookSide::after, .weight = -5, .when_failed = Hook::Afterwards::remove};
  set.manifests[2].hook = Hook{.at_upgrade = HookSide::before, .when_succeeded = Hook::Afterwards::remove};
  set.charts = {{"https://charts.example.com", "service", "1.0.0", "aa", "https://x"}};
  const auto unpacked = PackedManifests::pack(set).unpack();
  REQUIRE(unpacked);
  CHECK(*unpacked == set);
}

}  // namespace
}  // namespace reconciled
