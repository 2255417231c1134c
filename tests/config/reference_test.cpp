#include "config/reference.h"

#include "base/budget.h"
#include "base/file.h"
#include "base/json.h"
#include "tests/config/input.h"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace reconciled;

namespace {

/// Compares a committed document with what the program makes; RECONCILED_UPDATE_GOLDEN=1 rewrites it.
void check_document(const std::string& name, const std::string& made) {
  const std::string path = std::string(RECONCILED_DOCS) + "/" + name;
  if (const char* update = std::getenv("RECONCILED_UPDATE_GOLDEN");
      update != nullptr && std::string_view(update) == "1") {
    REQUIRE(write_file_atomically(path, made).has_value());
  }
  const auto committed = read_file(path);
  REQUIRE_MESSAGE(committed.has_value(), (committed ? "" : format_error(committed.error())));
  CHECK_MESSAGE(*committed == made,
                "docs/" << name << " is out of date: run test_config with RECONCILED_UPDATE_GOLDEN=1 and commit it");
}

}  // namespace

TEST_CASE("docs/configuration.md is what the table says") {
  check_document("configuration.md", format_settings_reference());
}

TEST_CASE("docs/config.schema.json is what the table says") {
  check_document("config.schema.json", format_settings_schema());
}

TEST_CASE("the schema is JSON and closes every map") {
  Budget budget;
  const auto schema = parse_json(format_settings_schema(), budget, DuplicateKeys::refuse);
  REQUIRE(schema.has_value());
  CHECK(schema->at({"$schema"}).as_string() == "http://json-schema.org/draft-07/schema#");
  CHECK(schema->at({"properties", "sources", "items", "additionalProperties"}) == Value(false));
  CHECK(schema->at({"properties", "sources", "items", "required"}) == Value::list({"name", "url"}));
  CHECK(schema->at({"properties", "prune", "properties", "maxCount", "default"}) == Value(5));
  CHECK(schema->at({"properties", "credentials", "items", "properties", "token", "type"}) == Value("string"));
  CHECK(schema->at({"properties", "log", "properties", "level", "enum"}).size() == 4);
}

TEST_CASE("the example of the reference is valid") {
  const std::string reference = format_settings_reference();
  const auto example = reference.find("## Example");
  REQUIRE(example != std::string::npos);
  const auto begin = reference.find("```yaml\n", example) + 8;
  SettingsInput input;
  input.files.push_back({"/example.yaml", reference.substr(begin, reference.find("```", begin) - begin)});
  const auto check = check_settings(input);
  CHECK_MESSAGE(check.problems.empty(), test::format_problems(check));
}
