// Public one-template cases, each with what the real Helm printed for it: a partial that a file of the chart includes.
#include "base/file.h"
#include "ports/random.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/template/engine.h"
#include "renderers/helm/values/json.h"

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

FunctionTable make_functions() {
  FunctionTable table;
  for (const auto& functions : all_functions(HelmProfile::helm4)) table.add(functions);
  table.add_methods(GoType::duration, duration_methods());
  table.add_methods(GoType::month, month_methods());
  table.add_methods(GoType::weekday, weekday_methods());
  return table;
}

std::string_view text_at(GoValue row, std::string_view key) {
  const GoValue* found = row.as_map()->find(key);
  return found == nullptr ? std::string_view() : found->as_text();
}

/// One case: its own chart, in which `cNNNNN.yaml` includes `_NNNNN.tpl`.
struct Case {
  std::string number;
  std::string text;
  std::string expected;
  bool fails = false;
};

Case read_case(GoValue row) {
  const std::string_view id = text_at(row, "id");
  Case result;
  result.number = id.substr(id.rfind('-') + 1);
  result.text = text_at(row, "template");
  result.fails = row.as_map()->find("err") != nullptr;
  result.expected = text_at(row, result.fails ? "err" : "out");
  return result;
}

/// Where the include stands in the file that calls it, which errors tell: the expectation knows.
std::string caller_of(const Case& one) {
  const std::string call = std::string(k_include) + one.number + ".tpl\") .";
  const std::string place = "c" + one.number + ".yaml:1:";
  const std::size_t found = one.expected.find(place);
  std::size_t column = 28;
  if (one.fails && found != std::string::npos) column = std::stoul(one.expected.substr(found + place.size()));
  return std::string(column - 3, '_') + "{{ " + call + " }}";
}

struct Seen {
  std::string text;
  bool failed = false;
};

/// The values that all cases see, made anew for each, as some change them.
GoValue data_of(GoValue corpus, std::string_view file, Arena& arena) {
  GoMap* release = make_map(arena);
  release->set("Name", *corpus.as_map()->find("release"));
  release->set("Namespace", *corpus.as_map()->find("namespace"));
  GoMap* place = make_map(arena);
  place->set("Name", GoValue::string(arena.copy(file)));
  place->set("BasePath", GoValue::string("micro/templates"));
  GoMap* data = make_map(arena);
  data->set("Values", GoValue::map(corpus.as_map()->find("values")->as_map(), GoType::values));
  data->set("Release", GoValue::map(release));
  data->set("Template", GoValue::map(place, GoType::values));
  return GoValue::map(data, GoType::values);
}

std::string partial_of(const Case& one) {
  return "micro/templates/_" + one.number + ".tpl";
}
std::string file_of(const Case& one) {
  return "micro/templates/c" + one.number + ".yaml";
}

/// Empty, or the error as Helm words it.
std::string parse(const Case& one, TemplateSet& set) {
  Budget budget;
  for (const auto& [name, text] : {std::pair(file_of(one), caller_of(one)), std::pair(partial_of(one), one.text)}) {
    const Status parsed = set.parse(name, text, budget);
    if (!parsed) return "Error: " + as_parse_error(name, parsed.error()).message;
  }
  return {};
}

Seen run_case(const Case& one, const std::string& corpus_text, const TemplateSet& set) {
  Budget budget;
  Arena arena(budget);
  SeededRandom random(1);
  constexpr auto k_recorded = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);  // what is no date is this day
  RenderWorld world{arena, random, k_recorded};
  auto corpus = from_json(corpus_text, JsonTarget::any, arena);
  REQUIRE(corpus.has_value());
  const std::string file = file_of(one);
  Execution run(set, world);
  const auto text = run.execute(file, data_of(*corpus, file, arena));
  if (!text) return {"Error: " + as_execution_error(file, HelmProfile::helm4, text.error()).message, true};
  return {std::string(text->substr(caller_of(one).find("{{"))), false};
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
  Arena arena(budget);
  auto corpus = from_json(read_cases(), JsonTarget::any, arena);
  REQUIRE(corpus.has_value());
  std::vector<Case> cases;
  for (const GoValue row : corpus->as_map()->find("cases")->items()) cases.push_back(read_case(row));
  corpus->as_map()->erase("cases");  // the rest is what every case sees
  auto shared = to_json(*corpus, arena, JsonForm::raw);
  REQUIRE(shared.has_value());
  const FunctionTable functions = make_functions();
  TemplateSet set(functions);
  // What one case defines another may use: one that fails where it stands alone gets all others beside it, as it had.
  for (auto one = cases.rbegin(); one != cases.rend(); ++one) {
    if (!one->fails) CHECK(parse(*one, set).empty());
  }
  Counts counts;
  for (const Case& one : cases) {
    TemplateSet alone(functions);
    const std::string wrong = parse(one, alone);
    Seen seen = wrong.empty() ? run_case(one, std::string(*shared), alone) : Seen{wrong, true};
    if (seen.failed && !one.fails) seen = run_case(one, std::string(*shared), set);
    counts.count(one, seen);
  }
  std::cout << "templates: " << counts.same_outputs << " of " << counts.outputs << " outputs are the same; "
            << counts.refused << " of " << counts.errors << " errors are errors, " << counts.same_messages
            << " with the same message, " << counts.same_errors << " with the same text\n";
  CHECK(counts.same_outputs == counts.outputs);
  CHECK(counts.refused == counts.errors);
  CHECK(counts.same_errors == counts.errors);
}
