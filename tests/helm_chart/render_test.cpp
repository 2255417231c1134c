#include "renderers/helm/chart/render.h"

#include "base/json.h"
#include "ports/memory_tree.h"
#include "ports/random.h"
#include "tests/support/case_folders.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::helm;
namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> files_below(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files[entry.path().lexically_relative(folder).string()] = testing::slurp(entry.path());
  }
  return files;
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> found;
  for (const auto& item : list.items()) found.emplace_back(item.as_string());
  return found;
}

RenderRequest request_of(const fs::path& folder, const Value& row) {
  RenderRequest request;
  request.release = {std::string(row["release"].as_string()), std::string(row["namespace"].as_string("default"))};
  for (const auto& name : texts(row["values"])) request.values.files.push_back({name, testing::slurp(folder / name)});
  request.values.set = texts(row["set"]);
  request.values.set_string = texts(row["set_string"]);
  request.values.set_json = texts(row["set_json"]);
  request.values.set_literal = texts(row["set_literal"]);
  request.capabilities.api_versions = texts(row["api_versions"]);
  request.capabilities.kube_version = row["kube_version"].as_string();
  return request;
}

Result<std::string> render(const fs::path& folder, const Value& row) {
  Budget budget;
  const auto tree = make_memory_tree(files_below(folder / "chart"));
  TRY_ASSIGN(const auto chart, load_chart_folder(*tree, "", HelmProfile::helm4, budget));
  SeededRandom random(1);
  const auto request = request_of(folder, row);
  TRY_ASSIGN(const auto rendered, render_chart(*chart, request, {random, {}}, budget));
  TemplateOutput output;
  if (row["include_crds"].as_bool()) output.crds = TemplateOutput::Crds::include;
  if (row["skip_tests"].as_bool()) output.hooks = TemplateOutput::Hooks::without_tests;
  if (row["no_hooks"].as_bool()) output.hooks = TemplateOutput::Hooks::skip;
  output.show_only = texts(row["show_only"]);
  TRY_ASSIGN(auto text, format_template_output(rendered, output));
  TRY_ASSIGN(const auto again, render_chart(*chart, request, {random, {}}, budget));
  TRY_ASSIGN(const auto same, format_template_output(again, output));
  CHECK(same == text);
  return text;
}

/// Lines in byte order: problems of one level come in any order.
std::string sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  std::ranges::sort(lines);
  std::string sorted;
  for (const auto& line : lines) sorted += line + "\n";
  return sorted;
}

}  // namespace

TEST_CASE("charts render to what helm template prints, and fail as it fails") {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(RECONCILED_TESTDATA) / "renderers/helm/charts")) {
    const auto& folder = entry.path();
    CAPTURE(folder.filename().string());
    Budget budget;
    const auto row = parse_json(testing::slurp(folder / "case.json"), budget);
    REQUIRE(row);
    const auto actual = render(folder, *row);
    if (fs::exists(folder / "expected.yaml")) {
      CHECK_MESSAGE(actual.has_value(), (actual ? "" : format_error(actual.error())));
      if (actual) CHECK(*actual == testing::slurp(folder / "expected.yaml"));
    } else {
      REQUIRE_FALSE(actual);
      CHECK(sorted_lines(actual.error().message) == sorted_lines(testing::slurp(folder / "error.txt")));
    }
    ++count;
  }
  CHECK(count >= 12);
}
