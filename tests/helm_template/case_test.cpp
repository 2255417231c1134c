// Templates with what Helm 4.1.4 gives for them: as an output, an error of the execution or an error of the syntax.
#include "base/file.h"
#include "tests/helm_template/scene.h"

using namespace reconciled;
using namespace reconciled::helm;

namespace {

struct Case {
  std::string text;
  std::string expected;
};

/// `=== `, a template, `---`, what it gives; both end with a line break that is not theirs.
std::vector<Case> read_cases(const std::string& name) {
  auto file = read_file(RECONCILED_TESTDATA "/renderers/helm/template/" + name, 1 << 20);
  REQUIRE(file.has_value());
  constexpr std::string_view k_begin = "=== \n";
  constexpr std::string_view k_middle = "\n---\n";
  std::vector<Case> cases;
  std::string_view left = *file;
  while (left.starts_with(k_begin)) {
    left.remove_prefix(k_begin.size());
    const std::size_t next = left.find("\n=== \n");
    const std::string_view one = left.substr(0, next == std::string_view::npos ? left.size() - 1 : next);
    const std::size_t middle = one.find(k_middle);
    REQUIRE(middle != std::string_view::npos);
    cases.push_back({std::string(one.substr(0, middle)), std::string(one.substr(middle + k_middle.size()))});
    left = next == std::string_view::npos ? std::string_view() : left.substr(next + 1);
  }
  return cases;
}

/// As Helm renders a file that includes the template as a partial of its chart.
std::string render(const std::string& text, const std::string& values) {
  const std::string file = "micro/templates/out.yaml";
  const std::string partial = "micro/templates/_case.tpl";
  TemplateScene scene;
  for (const auto& [name, source] :
       {std::pair<std::string, std::string>(file,
                                            R"(out: {{ include (print $.Template.BasePath "/_case.tpl") .Values }})"),
        std::pair<std::string, std::string>(partial, text)}) {
    const Status parsed = scene.set.parse(name, source, scene.budget);
    if (!parsed) return as_parse_error(name, parsed.error()).message;
  }
  GoMap* place = make_map(scene.arena);
  place->set("BasePath", GoValue::string("micro/templates"));
  GoMap* data = make_map(scene.arena);
  data->set("Values", GoValue::map(scene.json(values).as_map(), GoType::values));
  data->set("Template", GoValue::map(place, GoType::values));
  Execution execution(scene.set, scene.world);
  const auto result = execution.execute(file, GoValue::map(data, GoType::values));
  if (!result) return as_execution_error(file, HelmProfile::helm4, result.error()).message;
  return std::string(result->substr(std::string_view("out: ").size()));
}

}  // namespace

TEST_CASE("templates give what Helm gives") {
  const auto values = read_file(RECONCILED_TESTDATA "/renderers/helm/template/values.json", 1 << 20);
  REQUIRE(values.has_value());
  std::size_t count = 0;
  for (const char* name : {"output.cases", "error.cases", "syntax.cases"}) {
    for (const Case& one : read_cases(name)) {
      CAPTURE(name);
      CAPTURE(one.text);
      CHECK(render(one.text, *values) == one.expected);
      ++count;
    }
  }
  CHECK(count > 450);
}
