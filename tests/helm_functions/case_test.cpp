// Templates that call functions, with what Helm prints for them: testdata/renderers/helm/functions.
#include "base/file.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/template/engine.h"
#include "renderers/helm/values/json.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_folder = RECONCILED_TESTDATA "/renderers/helm/functions/";
constexpr std::string_view k_file = "c/templates/t";

std::string read_text(std::string_view name) {
  const auto text = read_file(std::string(k_folder) + std::string(name), std::size_t{1} << 20);
  REQUIRE(text);
  return *text;
}

FunctionTable make_table() {
  FunctionTable table;
  for (const auto family : all_functions(HelmProfile::helm4)) table.add(family);
  return table;
}

std::string_view member(GoValue map, std::string_view key) {
  const GoValue* found = map.as_map()->find(key);
  return found == nullptr ? std::string_view() : found->as_text();
}

/// The template's output as Helm leaves it, or its error.
std::string render(const FunctionTable& table, std::string_view text, std::string_view values) {
  Budget budget;
  Arena arena(budget);
  SeededRandom random{7};
  RenderWorld world{arena, random, std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000))};
  TemplateSet set(table);
  if (const auto parsed = set.parse(k_file, std::string(text), budget); !parsed)
    return as_parse_error(k_file, parsed.error()).message;
  const auto read = from_json(values, JsonTarget::map, arena);
  REQUIRE(read);
  GoMap* data = make_map(arena);
  data->set("Values", GoValue::map(read->as_map(), GoType::values));
  Execution run(set, world);
  auto output = run.execute(k_file, GoValue::map(data, GoType::values));
  if (!output) return as_execution_error(k_file, world.profile, std::move(output).error()).message;
  return without_no_value(*output);
}

TEST_CASE("functions give what Helm gives") {
  const FunctionTable table = make_table();
  const std::string values = read_text("values.json");
  Budget budget;
  Arena arena(budget);
  for (const std::string_view name : {"dicts", "documents", "lists", "mixed", "numbers", "text"}) {
    const std::string cases = read_text(std::string(name) + ".jsonl");
    std::string_view left = cases;
    while (!left.empty()) {
      const std::size_t end = left.find('\n');
      const auto entry = from_json(left.substr(0, end), JsonTarget::map, arena);
      left.remove_prefix(end + 1);
      REQUIRE(entry);
      const std::string_view text = member(*entry, "template");
      CAPTURE(name);
      CAPTURE(text);
      const GoValue* failure = entry->as_map()->find("err");
      CHECK(render(table, text, values) == (failure == nullptr ? member(*entry, "out") : failure->as_text()));
    }
  }
}

}  // namespace
}  // namespace reconciled::helm
