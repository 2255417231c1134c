// Public charts, each with what the real Helm printed for it.
#include "base/file.h"
#include "base/json.h"
#include "ports/memory_tree.h"
#include "ports/random.h"
#include "renderers/helm/chart/render.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

using namespace reconciled;
using namespace reconciled::helm;

namespace {

std::string corpus_folder() {
  const char* folder = std::getenv("RECONCILED_CORPUS");
  REQUIRE_MESSAGE(folder != nullptr,
                  "set RECONCILED_CORPUS to the folder of the public corpus, or leave this suite out");
  return std::string(folder) + "/helm/";
}

std::string read_whole(const std::string& path) {
  auto text = read_file(path, 256 << 20);
  REQUIRE_MESSAGE(text.has_value(), (text ? "" : format_error(text.error())));
  return std::move(*text);
}

std::unique_ptr<SourceTree> read_folder(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      files[entry.path().lexically_relative(folder).string()] = read_whole(entry.path().string());
  }
  return make_memory_tree(std::move(files));
}

/// Lines in byte order: what is wrong with values is told in any order.
std::vector<std::string> sorted_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    lines.emplace_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(lines.back().size() + 1, text.size()));
  }
  std::ranges::sort(lines);
  return lines;
}

struct Counts {
  int equal = 0;
  int rendered = 0;
  int refused = 0;
  int wrong = 0;
};

Result<std::string> render(const std::string& corpus, const Value& row) {
  Limits limits;
  limits.bytes = 2ULL << 30;
  Budget budget(limits);
  const auto tree = read_folder(corpus + std::string(row["chart"].as_string()));
  TRY_ASSIGN(const auto chart, load_chart_folder(*tree, "", HelmProfile::helm4, budget));
  RenderRequest request;
  request.release = {std::string(row["release"].as_string()), std::string(row["namespace"].as_string())};
  for (const auto& file : row["values"].items()) {
    const std::string name(file.as_string());
    request.values.files.push_back({name, read_whole(corpus + name)});
  }
  SystemRandom random;
  TRY_ASSIGN(const auto rendered, render_chart(*chart, request, {random, {}}, budget));
  TemplateOutput output;
  output.crds = TemplateOutput::Crds::include;
  return format_template_output(rendered, output);
}

/// The first line that differs, for a person.
std::string first_difference(std::string_view expected, std::string_view actual) {
  for (std::size_t line = 1;; ++line) {
    const auto left = expected.substr(0, expected.find('\n'));
    const auto right = actual.substr(0, actual.find('\n'));
    if (left != right || expected.empty() || actual.empty())
      return "line " + std::to_string(line) + "\n    helm: " + std::string(left.substr(0, 300)) +
             "\n    ours: " + std::string(right.substr(0, 300));
    expected.remove_prefix(std::min(left.size() + 1, expected.size()));
    actual.remove_prefix(std::min(right.size() + 1, actual.size()));
  }
}

/// Helm's text without what its command line puts around it.
std::string_view message_of(std::string_view error) {
  constexpr std::string_view k_before = "Error: ";
  constexpr std::string_view k_after = "\n\nUse --debug flag to render out invalid YAML";
  if (error.starts_with(k_before)) error.remove_prefix(k_before.size());
  if (error.ends_with(k_after)) error.remove_suffix(k_after.size());
  return error;
}

void judge(const std::string& corpus, const Value& row, Counts& counts) {
  const std::string id(row["id"].as_string());
  const auto actual = render(corpus, row);
  const auto miss = [&](const std::string& why) {
    ++counts.wrong;
    std::cout << "  " << id << ": " << why << "\n";
  };
  if (const auto* error = row.find("error")) {
    const auto expected = message_of(error->as_string());
    if (actual) return miss("renders, where Helm fails with " + std::string(expected));
    if (sorted_lines(actual.error().message) != sorted_lines(expected))
      return miss("\n    helm: " + std::string(expected) + "\n    ours: " + actual.error().message);
    ++counts.refused;
    return;
  }
  if (!actual) return miss("fails: " + format_error(actual.error()).substr(0, 600));
  if (row.find("nondeterministic") != nullptr) {
    ++counts.rendered;
    return;
  }
  const auto expected = read_whole(corpus + std::string(row["expected"].as_string()));
  if (*actual != expected) return miss(first_difference(expected, *actual));
  ++counts.equal;
}

}  // namespace

TEST_CASE("public charts render to the bytes that Helm prints") {
  const auto corpus = corpus_folder();
  Limits limits;
  limits.bytes = 1ULL << 30;
  Budget budget(limits);
  const auto rows = parse_json(read_whole(corpus + "cases.json"), budget);
  REQUIRE(rows);
  const char* only = std::getenv("RECONCILED_CORPUS_ONLY");
  Counts counts;
  for (const auto& row : rows->items()) {
    if (only != nullptr && row["id"].as_string().find(only) == std::string_view::npos) continue;
    judge(corpus, row, counts);
  }
  std::cout << "helm corpus: " << counts.equal << " equal bytes, " << counts.refused << " equal errors, "
            << counts.rendered << " rendered, " << counts.wrong << " wrong\n";
  CHECK(counts.wrong == 0);
}
