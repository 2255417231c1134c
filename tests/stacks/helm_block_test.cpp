#include "base/json.h"
#include "ports/memory_tree.h"
#include "stacks/helm_options.h"
#include "stacks/load.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

constexpr std::string_view k_root = "apiVersion: reconcile/v1\nkind: Repository\n";

StackGraph load(std::string_view root, std::map<std::string, std::string> files, std::string_view environment) {
  files["reconcile.yaml"] = std::string(k_root) + std::string(root);
  const auto tree = make_memory_tree(std::move(files));
  Budget budget;
  const auto repository = load_repository(*tree, budget);
  REQUIRE_MESSAGE(repository, format_error(repository.error()));
  auto graph = load_stacks(*repository, environment, *tree, budget);
  REQUIRE_MESSAGE(graph, format_error(graph.error()));
  return *graph;
}

/// What the one stack of layer `apps` says of a helm block, or why it is broken.
std::string fault_of(std::string_view helm, std::string_view layer = "apps: {}") {
  const auto graph =
      load("layers: {" + std::string(layer) + "}\nenvironments: {prod: {}}\n",
           {{"apps/a/stack.yaml", "apiVersion: reconcile/v1\nkind: Stack\nhelm: " + std::string(helm) + "\n"}}, "prod");
  if (graph.broken.empty()) return "";
  return format_error(graph.broken[0].error);
}

ChartPlace place_of(std::string_view chart, std::string_view repository = {}, std::string_view version = {}) {
  HelmBlock options;
  options.chart = chart;
  options.repository = repository;
  options.version = version;
  auto place = find_chart_place(options, {});
  REQUIRE_MESSAGE(place, format_error(place.error()));
  return *place;
}

TEST_CASE("one chart serves many stacks: moved forward by the layer, held back by one environment") {
  const std::map<std::string, std::string> files{{"apps/shop/values.yaml", "replicas: 2\n"},
                                                 {"apps/pay/values.yaml", "replicas: 3\n"},
                                                 {"apps/own/stack.yaml",
                                                  "apiVersion: reconcile/v1\nkind: Stack\nhelm: {chart: "
                                                  "oci://registry.example.com/charts/own, version: 9.0.0}\n"}};
  const std::string root =
      "layers: {apps: {helm: {chart: platform/service, version: 3.2.1, values: {team: a, region: eu}}}}\n"
      "environments: {dev: {}, prod: {helm: {version: 3.2.0, values: {region: null}}}}\n";
  for (const std::string environment : {"dev", "prod"}) {
    CAPTURE(environment);
    const auto graph = load(root, files, environment);
    CHECK(graph.broken.empty());
    REQUIRE(graph.stacks.size() == 3);
    for (const auto& stack : graph.stacks) {
      CHECK(stack.renderer == RendererKind::helm);
      const auto options = read_helm_block(stack.helm);
      const auto place = find_chart_place(options, {});
      REQUIRE(place);
      CHECK(options.release_name == stack.id.name);
      if (stack.id.name == "own") {
        CHECK(place->chart == ChartRef{"oci://registry.example.com/charts", "own", "9.0.0"});
      } else {
        CHECK(place->chart == ChartRef{"platform", "service", environment == "dev" ? "3.2.1" : "3.2.0"});
        // A null is no absence: it takes a default of the chart away.
        CHECK(format_json(options.values) ==
              (environment == "dev" ? R"({"team":"a","region":"eu"})" : R"({"team":"a","region":null})"));
      }
    }
  }
}

TEST_CASE("a chart's place is told from chart, repository and version") {
  using Kind = ChartPlace::Kind;
  CHECK(place_of("").kind == Kind::own_folder);
  CHECK(place_of("./charts/service").path == "charts/service");
  CHECK(place_of("./charts/service").kind == Kind::folder);
  CHECK(place_of("service", "./charts").kind == Kind::folder_of);
  CHECK(place_of("service", "./charts").path == "charts");
  CHECK(place_of("platform/service", "", "1.2").chart == ChartRef{"platform", "service", "1.2"});
  CHECK(place_of("oci://r.example.com:5000/team/service", "", "1").chart ==
        ChartRef{"oci://r.example.com:5000/team", "service", "1"});
  CHECK(place_of("service", "https://charts.example.com", ">=1 <2").chart ==
        ChartRef{"https://charts.example.com", "service", ">=1 <2"});
  CHECK(place_of("service", "oci://r.example.com/team").chart == ChartRef{"oci://r.example.com/team", "service", ""});
  for (const std::string_view git : {"https://git.example.com/charts.git", "git+https://git.example.com/charts.git",
                                     "ssh://git@git.example.com/charts", "git@git.example.com:charts"}) {
    CAPTURE(git);
    const auto place = place_of("charts/service", git, "v1.2.0");
    CHECK(place.kind == Kind::git);
    CHECK(place.path == "charts/service");
    CHECK(place.git.ref == "v1.2.0");
    CHECK(place.git.url.starts_with("git+") == false);
  }
}

TEST_CASE("what does not fit each other is refused with the way out") {
  CHECK(fault_of("{chart: service}").find("helm.chart \"service\" does not say where the chart lies") !=
        std::string::npos);
  CHECK(fault_of("{chart: ./a, repository: https://c.example.com}").find("says it again") != std::string::npos);
  CHECK(fault_of("{chart: p/s, releaseName: Shop_1}").find("\"Shop_1\" is no name of a Helm release") !=
        std::string::npos);
  CHECK(fault_of("{chart: p/s, releaseName: '{stack}-{env}'}").empty());
}

TEST_CASE("a helm block is refused at the place that is wrong") {
  const std::string at = "apps/a/stack.yaml:3:";
  struct Case {
    std::string_view block;
    std::string_view says;
  };
  for (const Case& row : {
           Case{"{chrt: a/b}", R"(: helm.chrt: unknown key "chrt", did you mean "chart"?)"},
           Case{"{chart: [a]}", ": helm.chart: this is a list, not a text"},
           Case{"{version: 1.10}", ": helm.version: this is a number, not a text (put it in quotes)"},
           Case{"{chart: 'a b'}", ": helm.chart: there is a blank"},
           Case{"{chart: ./../up}", ": helm.chart: "},
           Case{"{repository: 'ftp://x/y'}", ": helm.repository: the URL's scheme is not known"},
           Case{"{repository: 'https://u:p@x/y'}", ": helm.repository: the URL has credentials in it"},
           Case{"{chart: 'oci://u@x/y/z'}", ": helm.chart: there is user-info"},
           Case{"{digest: abc}", ": helm.digest: this is no digest"},
           Case{"{values: [a]}", ": helm.values: values are a list, not a map"},
           Case{"{valueFiles: [../b/values.yaml]}", ": helm.valueFiles[0]: "},
           Case{"{valueFiles: [/etc/passwd]}", ": helm.valueFiles[0]: "},
           Case{"{valueFiles: ['https://x/values.yaml']}", ": helm.valueFiles[0]: values are not fetched from a URL"},
           Case{"{valueFiles: values.yaml}", ": helm.valueFiles: this is a text, not a list"},
           Case{"{includeCRDs: 1}", ": helm.includeCRDs: this is a number, not true or false"},
           Case{"{profile: helm2}", ": helm.profile: unknown profile \"helm2\""},
           Case{"{password: x}", ": helm.password: \"password\" may not be set here"},
       }) {
    CAPTURE(row.block);
    const auto fault = fault_of(row.block);
    CAPTURE(fault);
    CHECK(fault.starts_with(at));
    CHECK(fault.find(row.says) != std::string::npos);
  }
}

TEST_CASE("the namespace of a release is the namespace of its stack, within the team's bounds") {
  const std::map<std::string, std::string> files{
      {"apps/a/stack.yaml", "apiVersion: reconcile/v1\nkind: Stack\nhelm: {chart: p/s, namespace: '{stack}-rel'}\n"}};
  const auto graph = load("layers: {apps: {namespace: other}}\nenvironments: {prod: {}}\n", files, "prod");
  REQUIRE(graph.stacks.size() == 1);
  CHECK(graph.stacks[0].namespace_ == "a-rel");
  const auto bound =
      load("layers: {apps: {}}\nenvironments: {prod: {}}\nteams: {t: {stacks: [apps/a], namespaces: [t-*]}}\n", files,
           "prod");
  REQUIRE(bound.broken.size() == 1);
  CHECK(format_error(bound.broken[0].error).find("\"a-rel\" is outside of the bounds of team t") != std::string::npos);
}

}  // namespace
}  // namespace reconciled
