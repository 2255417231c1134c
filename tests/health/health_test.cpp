// Each folder of testdata/health is one object and what its health must be.
#include "health/health.h"

#include "base/file.h"
#include "base/yaml.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace reconciled {
namespace {

Value read_case(const std::filesystem::path& path) {
  auto text = read_file(path.string());
  REQUIRE_MESSAGE(text.has_value(), path.string());
  Budget budget;
  auto documents = read_yaml(*text, path.string(), budget);
  REQUIRE_MESSAGE(documents.has_value(), path.string());
  REQUIRE(documents->size() == 1);
  return documents->front().value;
}

TEST_CASE("an object is as healthy as its case folder says") {
  std::set<std::string> kinds;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(RECONCILED_TESTDATA) + "/health")) {
    const Value object = read_case(entry.path() / "input.yaml");
    const Value expected = read_case(entry.path() / "expected.yaml");
    const Health health = assess_health(object);
    const std::string name = entry.path().filename().string();
    CHECK_MESSAGE(name_of(health.state) == expected["state"].as_string(), name);
    CHECK_MESSAGE(health.reason == expected["reason"].as_string(), name);
    kinds.emplace(object["kind"].as_string());
    ++count;
  }
  CHECK(count >= 90);
  CHECK(kinds.size() >= 18);
}

TEST_CASE("what is no object has unknown health") {
  CHECK(assess_health(Value()).state == HealthState::unknown);
  CHECK(assess_health(Value("text")).state == HealthState::unknown);
  CHECK(assess_health(Value::list()).state == HealthState::unknown);
  CHECK(assess_health(Value::map()).state == HealthState::healthy);
}

TEST_CASE("the worst of many names its object") {
  const ObjectId web{"prod", "apps", "Deployment", "shop", "web"};
  const ObjectId job{"prod", "batch", "Job", "shop", "once"};
  CHECK(worst({}).state == HealthState::healthy);
  const Health health = worst({{web, {HealthState::progressing, "1 of 2"}},
                               {job, {HealthState::degraded, "it failed"}},
                               {web, {HealthState::degraded, "later"}},
                               {web, {HealthState::healthy, ""}}});
  CHECK(health.state == HealthState::degraded);
  CHECK(health.reason == "Job shop/once: it failed");
  CHECK(worst({{web, {HealthState::unknown, "x"}}, {job, {HealthState::degraded, "y"}}}).state == HealthState::unknown);
}

TEST_CASE("states are named and ordered from best to worst") {
  CHECK(name_of(HealthState::healthy) == "healthy");
  CHECK(name_of(HealthState::unknown) == "unknown");
  CHECK(HealthState::healthy < HealthState::suspended);
  CHECK(HealthState::suspended < HealthState::progressing);
  CHECK(HealthState::missing < HealthState::degraded);
}

TEST_CASE("a condition's message is cut where it has no end") {
  Value object = Value::map({{"apiVersion", Value("x/v1")}, {"kind", Value("X")}});
  Value condition = Value::map({{"type", Value("Ready")}, {"status", Value("False")}});
  condition.set("message", std::string(100000, 'x'));
  object.edit("status").edit("conditions").append(condition);
  CHECK(assess_health(object).reason.size() < 400);
}

}  // namespace
}  // namespace reconciled
