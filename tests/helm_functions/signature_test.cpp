// The whole list of functions and what they take: testdata/renderers/helm/functions/signatures.txt.
#include "base/file.h"
#include "renderers/helm/functions/families.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

std::string describe(const GoFunction& function) {
  std::string text(function.name);
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    text += i == 0 ? " " : ",";
    if (function.variadic && i + 1 == function.parameters.size()) text += "[]";
    text += go_parameter_name(function.parameters[i]);
  }
  return text + (function.variadic ? " variadic" : "");
}

std::set<std::string_view> names_of(HelmProfile profile) {
  std::set<std::string_view> names;
  for (const auto family : all_functions(profile)) {
    for (const GoFunction& function : family) CHECK(names.insert(function.name).second);
  }
  return names;
}

TEST_CASE("every function is there, with the parameters of its Go signature") {
  std::vector<std::string> lines;
  for (const auto family : all_functions(HelmProfile::helm4)) {
    for (const GoFunction& function : family) lines.push_back(describe(function));
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  CHECK(text == read_file(RECONCILED_TESTDATA "/renderers/helm/functions/signatures.txt").value());
}

TEST_CASE("what looks at the environment is not there, and Helm 3 has one function less") {
  std::set<std::string_view> names = names_of(HelmProfile::helm4);
  CHECK(names.size() == 221);
  CHECK_FALSE(names.contains("env"));
  CHECK_FALSE(names.contains("expandenv"));
  names.erase("mustToYaml");
  CHECK(names == names_of(HelmProfile::helm3));
}

}  // namespace
}  // namespace reconciled::helm
