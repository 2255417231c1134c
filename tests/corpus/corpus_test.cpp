// Public manifests, as real tools print them, go through the readers and writers of base/ without loss.
#include "base/budget.h"
#include "base/file.h"
#include "base/json.h"
#include "base/yaml.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

using namespace reconciled;

namespace {

std::string corpus_folder() {
  const char* folder = std::getenv("RECONCILED_CORPUS");
  REQUIRE_MESSAGE(folder != nullptr,
                  "set RECONCILED_CORPUS to the folder of the public corpus, or leave this suite out");
  return folder;
}

std::string read_whole(const std::string& path) {
  auto text = read_file(path, 256 << 20);
  REQUIRE_MESSAGE(text.has_value(), (text ? "" : format_error(text.error())));
  return std::move(*text);
}

Value read_cases(const std::string& path) {
  Budget budget;
  const std::string text = read_whole(path);
  auto cases = parse_json(text, budget, DuplicateKeys::refuse);
  REQUIRE_MESSAGE(cases.has_value(), (cases ? "" : path + ": " + format_error(cases.error())));
  return std::move(*cases);
}

struct Seen {
  std::size_t outputs = 0;
  std::size_t documents = 0;
  std::size_t refused = 0;  ///< outputs with a key that is given twice: some charts print such, and we refuse to guess
};

/// The documents of one expected output, each found equal after a way through JSON.
void check_manifests(const std::string& text, const std::string& name, Seen& seen) {
  CAPTURE(name);
  Budget budget;
  const auto documents = read_yaml(text, name, budget);
  ++seen.outputs;
  if (!documents && documents.error().message.find("is already set on line") != std::string::npos) {
    CHECK(documents.error().where.line != 0);
    ++seen.refused;
    return;
  }
  REQUIRE_MESSAGE(documents.has_value(), (documents ? "" : format_error(documents.error())));
  for (const YamlDocument& document : *documents) {
    CAPTURE(document.mark.line);
    if (document.value.is_null()) continue;
    CHECK(document.value["kind"].is_string());
    Budget json_budget;
    const auto again = parse_json(format_json(document.value), json_budget, DuplicateKeys::refuse);
    REQUIRE_MESSAGE(again.has_value(), (again ? "" : format_error(again.error())));
    CHECK(*again == document.value);
    CHECK(again->digest() == document.value.digest());
  }
  seen.documents += documents->size();
}

/// Every case of a folder that has an expected output, in a file beside cases.json or in the case itself.
Seen check_folder(const std::string& folder) {
  const std::string root = corpus_folder() + "/" + folder;
  Seen seen;
  const Value all = read_cases(root + "/cases.json");
  for (const Value& one : all.items()) {
    const std::string expected(one["expected"].as_string());
    if (expected.empty()) continue;
    const bool is_file = expected.find('\n') == std::string::npos;
    check_manifests(is_file ? read_whole(root + "/" + expected) : expected,
                    folder + "/" + std::string(one["id"].as_string()), seen);
  }
  MESSAGE(folder << ": " << seen.outputs << " outputs, " << seen.documents << " documents, " << seen.refused
                 << " refused");
  return seen;
}

}  // namespace

TEST_CASE("what helm prints for public charts is read and written without loss") {
  const Seen seen = check_folder("helm");
  CHECK(seen.outputs >= 200);
  CHECK(seen.refused * 20 <= seen.outputs);
}

TEST_CASE("what kustomize prints for public trees is read and written without loss") {
  const Seen seen = check_folder("kustomize");
  CHECK(seen.outputs >= 100);
  CHECK(seen.refused == 0);
}

TEST_CASE("what kustomize prints for its own test suite is read and written without loss") {
  const Seen seen = check_folder("krusty");
  CHECK(seen.outputs >= 50);
  CHECK(seen.refused == 0);
}
