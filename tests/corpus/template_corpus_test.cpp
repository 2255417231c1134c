// Public one-template cases, each with what the real Helm printed for it: a partial that a file of the chart includes.
#include "base/base64.h"
#include "base/file.h"
#include "base/json.h"
#include "ports/memory_tree.h"
#include "ports/random.h"
#include "renderers/helm/chart/render.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

using namespace reconciled;
using namespace reconciled::helm;

namespace {

constexpr std::string_view k_include = R"(include (print $.Template.BasePath "/_)";

std::string read_cases() {
  const char* folder = std::getenv("RECONCILED_CORPUS");
  REQUIRE_MESSAGE(folder != nullptr,
                  "set RECONCILED_CORPUS to the folder of the public corpus, or leave this suite out");
  auto text = read_file(std::string(folder) + "/template/cases.json", 256 << 20);
  REQUIRE_MESSAGE(text.has_value(), (text ? "" : format_error(text.error())));
  return std::move(*text);
}

/// One case: its own chart, in which `cNNNNN.yaml` includes `_NNNNN.tpl`.
struct Case {
  std::string number;
  std::string text;
  std::string expected;
  bool fails = false;
};

Case read_case(const Value& row) {
  const std::string id(row["id"].as_string());
  Case result;
  result.number = id.substr(id.rfind('-') + 1);
  result.text = row["template"].as_string();
  result.fails = row["err"].is_string();
  result.expected = row[result.fails ? "err" : "out"].as_string();
  return result;
}

/// Where the include stands in the file that calls it, which errors tell: the expectation knows. Base64, so that every
/// output is a document.
std::string caller_of(const Case& one) {
  const std::string place = "c" + one.number + ".yaml:1:";
  const std::size_t found = one.expected.find(place);
  std::size_t column = 28;
  if (one.fails && found != std::string::npos) column = std::stoul(one.expected.substr(found + place.size()));
  return std::string(column - 5, 'a') + ": {{ " + std::string(k_include) + one.number + ".tpl\") . | b64enc | quote }}";
}

struct Seen {
  std::string text;
  bool failed = false;
};

using Files = std::map<std::string, std::string>;

void add_partial(const Case& one, Files& files) {
  files["templates/_" + one.number + ".tpl"] = one.text;
}

/// What a chart of these files gives whose only output is that of the case.
Seen run_case(const Case& one, const std::string& values, Files files) {
  files["Chart.yaml"] = "apiVersion: v2\nname: micro\nversion: 0.1.0\nappVersion: \"1.0\"\n";
  files["values.yaml"] = values;
  files["templates/c" + one.number + ".yaml"] = caller_of(one);
  add_partial(one, files);
  Budget budget;
  const auto tree = make_memory_tree(std::move(files));
  const auto chart = load_chart_folder(*tree, "", HelmProfile::helm4, budget);
  REQUIRE(chart.has_value());
  RenderRequest request;
  request.release = {"rel", "ns"};
  SeededRandom random(1);
  constexpr auto k_recorded = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);  // what is no date is this day
  const auto rendered = render_chart(**chart, request, {random, k_recorded}, budget);
  if (!rendered) return {"Error: " + rendered.error().message, true};
  REQUIRE(rendered->manifests.size() == 1);
  const std::string_view document = rendered->manifests[0].text;
  const std::size_t quote = document.find('"');
  const auto text = decode_base64(document.substr(quote + 1, document.rfind('"') - quote - 1));
  REQUIRE(text.has_value());
  return {*text, false};
}

/// The last line of an error, which says what is wrong and not where.
std::string last_message(const std::string& text) {
  const std::size_t line = text.rfind('\n');
  const std::string_view last = std::string_view(text).substr(line == std::string::npos ? 0 : line + 1);
  const std::size_t colon = last.rfind(": ");
  return std::string(last.substr(colon == std::string_view::npos ? 0 : colon + 2));
}

/// The expectation without what the command line adds.
std::string expected_error(std::string text) {
  constexpr std::string_view k_hint = "\n\nUse --debug";
  text.erase(std::min(text.find(k_hint), text.size()));
  return text;
}

void show(const Case& one, const Seen& seen) {
  const char* wanted = std::getenv("RECONCILED_CORPUS_SHOW");
  if (wanted == nullptr) return;
  std::cout << "--- " << one.number << "\n"
            << one.text << "\nwant: " << one.expected << "\ngot:  " << seen.text << "\n";
}

/// How many outputs and errors are as they should be.
struct Counts {
  std::size_t outputs = 0;
  std::size_t same_outputs = 0;
  std::size_t errors = 0;
  std::size_t refused = 0;
  std::size_t same_messages = 0;
  std::size_t same_errors = 0;

  void count(const Case& one, const Seen& seen) {
    if (!one.fails) {
      const bool same = !seen.failed && seen.text == one.expected;
      ++outputs;
      same_outputs += same ? 1 : 0;
      if (!same) show(one, seen);
      return;
    }
    const std::string expected = expected_error(one.expected);
    const bool same = seen.failed && seen.text == expected;
    ++errors;
    refused += seen.failed ? 1 : 0;
    same_messages += seen.failed && last_message(seen.text) == last_message(expected) ? 1 : 0;
    same_errors += same ? 1 : 0;
    if (!same) show(one, seen);
  }
};

}  // namespace

TEST_CASE("templates of the public corpus give what Helm gives") {
  Budget budget;
  const auto corpus = parse_json(read_cases(), budget, DuplicateKeys::refuse);
  REQUIRE(corpus.has_value());
  const std::string values = format_json((*corpus)["values"]);
  std::vector<Case> cases;
  Files partials;
  for (const Value& row : (*corpus)["cases"].items()) {
    cases.push_back(read_case(row));
    // What one case defines another may use: one that fails where it stands alone gets all others beside it, as it had.
    if (!cases.back().fails) add_partial(cases.back(), partials);
  }
  Counts counts;
  for (const Case& one : cases) {
    Seen seen = run_case(one, values, {});
    if (seen.failed && !one.fails) seen = run_case(one, values, partials);
    counts.count(one, seen);
  }
  std::cout << "templates: " << counts.same_outputs << " of " << counts.outputs << " outputs are the same; "
            << counts.refused << " of " << counts.errors << " errors are errors, " << counts.same_messages
            << " with the same message, " << counts.same_errors << " with the same text\n";
  CHECK(counts.same_outputs == counts.outputs);
  CHECK(counts.refused == counts.errors);
  CHECK(counts.same_errors == counts.errors);
}
