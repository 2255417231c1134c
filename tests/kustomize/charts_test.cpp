// helmCharts up to the port that renders them: which chart, with which values.
#include "ports/memory_tree.h"
#include "renderers/kustomize/build.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace reconciled;

namespace {

using Files = std::map<std::string, std::string>;

/// Has one chart.
class OneChart final : public kustomize::Remotes {
 public:
  [[nodiscard]] std::shared_ptr<const SourceTree> find_repository(const kustomize::RepositoryUrl&) const override {
    return nullptr;
  }
  [[nodiscard]] std::optional<std::string> find_file(std::string_view) const override { return std::nullopt; }
  [[nodiscard]] std::shared_ptr<const SourceTree> find_chart(const ChartRef& chart) const override {
    if (chart != ChartRef{"https://charts.example.com", "far", "1.2.3"}) return nullptr;
    return make_memory_tree({{"Chart.yaml", "name: far\n"}, {"values.yaml", "far: true\n"}});
  }
};

/// Renders a chart to one ConfigMap that tells what was asked.
Result<std::string> tell(const kustomize::ChartRequest& chart, Budget& /*budget*/) {
  std::string text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: told}\ndata:\n";
  const auto add = [&](const std::string& key, std::string value) {
    for (std::size_t at = value.find('\n'); at != std::string::npos; at = value.find('\n', at + 2))
      value.replace(at, 1, "; ");
    text += "  " + key + ": '" + value + "'\n";
  };
  const auto head = chart.tree->read("Chart.yaml", 1000);
  add("chart", head && *head ? **head : "none");
  add("release", chart.release_name + "/" + chart.name_space);
  for (std::size_t i = 0; i < chart.values.size(); ++i) add("values" + std::to_string(i), chart.values[i].text);
  add("flags", std::string(chart.include_crds ? "crds " : "") + (chart.skip_hooks ? "no-hooks " : "") +
                   (chart.skip_tests ? "no-tests" : ""));
  return text;
}

Result<std::string> build(const std::string& file, Files files = {}, kustomize::ChartRenderer render = &tell) {
  files.emplace("app/kustomization.yaml", file);
  files.emplace("app/charts/near/Chart.yaml", "name: near\n");
  files.emplace("app/charts/near/values.yaml", "a: {b: 1, c: 2}\nl: [x]\n");
  Budget budget;
  kustomize::BuildOptions options;
  options.render_chart = std::move(render);
  const OneChart remotes;
  return kustomize::build_text({make_memory_tree(std::move(files)), ""}, "app", options, remotes, budget).output;
}

std::string text_of(const Result<std::string>& built) {
  return built ? *built : built.error().message;
}

/// The line of the answer that begins with a word.
std::string line_of(const Result<std::string>& built, std::string_view word) {
  const std::string text = text_of(built);
  const auto at = text.find("  " + std::string(word) + ": ");
  return at == std::string::npos ? text : text.substr(at + 2, text.find('\n', at) - at - 2);
}

}  // namespace

TEST_CASE("a chart below chartHome is rendered with its own values, as they are") {
  const auto built =
      build("helmCharts: [{name: near, releaseName: r, namespace: here, includeCRDs: true, skipTests: true}]\n");
  CHECK(text_of(built) ==
        "apiVersion: v1\ndata:\n  chart: 'name: near; '\n  flags: crds no-tests\n  release: r/here\n"
        "  values0: 'a: {b: 1, c: 2}; l: [x]; '\nkind: ConfigMap\nmetadata:\n  name: told\n");
  const Files moved{{"charts/other/Chart.yaml", "name: other\n"}, {"charts/other/values.yaml", "{}\n"}};
  CHECK(text_of(build("helmGlobals: {chartHome: ../charts}\nhelmCharts: [{name: other}]\n", moved)) ==
        "security; file '/charts/other/values.yaml' is not in or below '/app'");
  CHECK(line_of(build("helmGlobals: {chartHome: ../charts}\nhelmCharts: [{name: other, valuesFile: v.yaml}]\n",
                      {{"charts/other/Chart.yaml", "name: other\n"}, {"app/v.yaml", "v: 1\n"}}),
                "values0") == "values0: 'v: 1; '");
}

TEST_CASE("valuesInline override, merge into or replace the chart's values") {
  const std::string file = "helmCharts: [{name: near, valuesInline: {a: {c: 3, d: 4}, l: [z]}, valuesMerge: ";
  CHECK(line_of(build(file + "override}]\n"), "values0") == R"(values0: '{"a":{"b":1,"c":3,"d":4},"l":["z"]}')");
  CHECK(line_of(build(file + "merge}]\n"), "values0") == R"(values0: '{"a":{"c":2,"d":4,"b":1},"l":["x"]}')");
  CHECK(line_of(build(file + "replace}]\n"), "values0") == R"(values0: '{"a":{"c":3,"d":4},"l":["z"]}')");
  CHECK(text_of(build(file + "mix}]\n")).find("valuesMerge must be one of [merge override replace]") !=
        std::string::npos);
  CHECK(
      line_of(build("helmCharts: [{name: near, additionalValuesFiles: [more.yaml]}]\n", {{"app/more.yaml", "m: 1\n"}}),
              "values1") == "values1: 'm: 1; '");
}

TEST_CASE("a chart of a repository is one of the build's inputs, or an error that says what to do") {
  CHECK(line_of(build("helmCharts: [{name: far, repo: 'https://charts.example.com', version: 1.2.3}]\n"), "values0") ==
        "values0: 'far: true; '");
  const auto absent = build("helmCharts: [{name: far, repo: 'https://charts.example.com', version: 2.0.0}]\n");
  REQUIRE_FALSE(absent);
  CHECK(absent.error().kind == ErrorKind::source_missing);
  CHECK(absent.error().hint == "put it into 'charts/far-2.0.0/far', as `helm pull --untar` does");
  CHECK(text_of(build("helmCharts: [{name: nowhere}]\n")) == "no repo specified for pull, no chart found at ''");
}

TEST_CASE("without a port, and without a name, charts are refused as kustomize refuses them") {
  CHECK(text_of(build("helmCharts: [{name: near}]\n", {}, nullptr)).ends_with("`: must specify --enable-helm"));
  CHECK(text_of(build("helmCharts: [{version: 1.0.0}]\n")).ends_with("`: chart name cannot be empty"));
}
