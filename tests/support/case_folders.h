// Case folders: testdata/<area>/<case>/{input/...,expected.json}.
#pragma once

#include "base/json.h"
#include "base/value.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace reconciled::testing {

struct CaseFolder {
  std::string name;
  std::map<std::string, std::string> files;  ///< below input/, by relative path
  std::filesystem::path expected_path;
};

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// Every case of an area, by name. `area` is relative to testdata/.
inline std::vector<CaseFolder> load_case_folders(const std::string& area) {
  namespace fs = std::filesystem;
  std::vector<CaseFolder> cases;
  const fs::path root = fs::path(RECONCILED_TESTDATA) / area;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (!entry.is_directory() || !fs::exists(entry.path() / "input")) continue;
    CaseFolder found{entry.path().filename().string(), {}, entry.path() / "expected.json"};
    for (const auto& file : fs::recursive_directory_iterator(entry.path() / "input")) {
      if (file.is_regular_file())
        found.files[file.path().lexically_relative(entry.path() / "input").string()] = slurp(file.path());
    }
    cases.push_back(std::move(found));
  }
  std::ranges::sort(cases, {}, &CaseFolder::name);
  return cases;
}

/// What a case expects, and what it got, as text. With RECONCILED_UPDATE_GOLDEN=1 the expectation is rewritten where it
/// differs, and `updated` says that the test must run again to mean anything.
struct GoldenAnswer {
  std::string expected;
  std::string actual;
  bool updated = false;
};

inline GoldenAnswer compare_with_golden(const CaseFolder& folder, const Value& actual) {
  GoldenAnswer answer{slurp(folder.expected_path), format_json(actual, JsonStyle::pretty) + "\n", false};
  const char* update = std::getenv("RECONCILED_UPDATE_GOLDEN");
  if (update != nullptr && std::string(update) == "1" && answer.expected != answer.actual) {
    std::ofstream(folder.expected_path, std::ios::binary) << answer.actual;
    answer.updated = true;
  }
  return answer;
}

}  // namespace reconciled::testing

/// Compares in a test case; the macro keeps doctest's file and line.
#define CHECK_GOLDEN(folder, answer)                                                                              \
  do {                                                                                                            \
    const auto golden = ::reconciled::testing::compare_with_golden((folder), (answer));                           \
    INFO("case ", (folder).name, ", expectation ", (folder).expected_path.string());                              \
    CHECK_MESSAGE(!golden.updated, "the expectation was rewritten: look at it, and run the tests a second time"); \
    if (!golden.updated) CHECK(golden.actual == golden.expected);                                                 \
  } while (false)
