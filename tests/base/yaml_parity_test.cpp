// What sigs.k8s.io/yaml v1.6.0 (YAMLToJSONStrict) made of each text of testdata/base/go-yaml.json, compared with ours.
#include "base/file.h"
#include "base/json.h"
#include "base/yaml.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace reconciled;

TEST_CASE("YAML means what sigs.k8s.io/yaml takes it for, but for the differences that are listed with a reason") {
  const auto cases = nlohmann::json::parse(read_file(RECONCILED_TESTDATA "/base/go-yaml.json").value());
  CHECK(cases.size() > 400);
  for (const auto& one : cases) {
    const std::string yaml = one["yaml"];
    CAPTURE(yaml);
    const bool differs = one.contains("ours");
    if (differs) CHECK(one["why"].get<std::string>().size() > 10);
    const auto& expected = differs ? one["ours"] : one;
    Budget budget;
    const auto documents = read_yaml(yaml, "f", budget);
    if (expected.contains("error")) {
      REQUIRE_FALSE(documents.has_value());
      if (differs) CHECK(format_error(documents.error()).starts_with(expected["error"].get<std::string>()));
      continue;
    }
    if (!documents) FAIL(format_error(documents.error()));
    REQUIRE(documents->size() <= 1);
    const auto ours =
        documents->empty() ? nlohmann::json() : nlohmann::json::parse(format_json(documents->front().value));
    CHECK(ours == expected["json"]);
  }
}
