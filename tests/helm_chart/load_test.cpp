#include "renderers/helm/chart/load.h"

#include "ports/memory_tree.h"
#include "ports/random.h"
#include "renderers/helm/chart/chart.h"
#include "renderers/helm/chart/release_name.h"
#include "renderers/helm/chart/render.h"
#include "tests/helm_chart/tar_writer.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::helm;

namespace {

using Files = std::map<std::string, std::string>;

Result<std::shared_ptr<const LoadedChart>> load(Files files) {
  Budget budget;
  const auto tree = make_memory_tree(std::move(files));
  return load_chart_folder(*tree, "", HelmProfile::helm4, budget);
}

std::string error_of(std::string chart_yaml) {
  const auto chart = load({{"Chart.yaml", std::move(chart_yaml)}});
  return chart ? "" : chart.error().message;
}

constexpr const char* k_head = "apiVersion: v2\nname: a\nversion: 1.0.0\n";

Result<RenderedChart> render(const LoadedChart& chart, RenderRequest request = {}) {
  Budget budget;
  SeededRandom random(1);
  return render_chart(chart, request, {random, {}}, budget);
}

}  // namespace

TEST_CASE("Chart.yaml is decoded and refused as Helm does it") {
  CHECK(error_of(k_head).empty());
  const auto chart = load({{"Chart.yaml", "NAME: a\nversion: 1.10\nappVersion: 0777\ndescription: \"a\\tb\\x01c\"\n"}});
  REQUIRE(chart);
  const auto& metadata = (*chart)->root().metadata;
  CHECK(metadata.name == "a");
  CHECK(metadata.version == "1.1");
  CHECK(metadata.app_version == "511");
  CHECK(metadata.description == "a bc");
  CHECK(metadata.api_version == "v1");
  constexpr const char* k_decoding =
      "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ";
  CHECK(error_of("name: [a]\n") == std::string(k_decoding) + "array into Go struct field Metadata.name of type string");
  CHECK(error_of("deprecated: x\n") ==
        std::string(k_decoding) + "string into Go struct field Metadata.deprecated of type bool");
  CHECK(error_of("dependencies:\n- {name: {}}\n") ==
        std::string(k_decoding) + "object into Go struct field Dependency.dependencies.name of type string");
  CHECK(error_of("dependencies: {}\n") ==
        std::string(k_decoding) + "object into Go struct field Metadata.dependencies of type []*v2.Dependency");
  CHECK(error_of("- a") == std::string(k_decoding) + "array into Go value of type loader.chartBase");
  CHECK(error_of("apiVersion: [v2]\nname: a") ==
        std::string(k_decoding) + "array into Go struct field chartBase.apiVersion of type string");
  CHECK(error_of("\"") ==
        "cannot load Chart.yaml: error converting YAML to JSON: yaml: found unexpected end of stream");
  CHECK(error_of("") == "validation: chart.metadata.name is required");
  CHECK(error_of("name: a") == "validation: chart.metadata.version is required");
  CHECK(error_of("name: a\nversion: x") == "validation: chart.metadata.version \"x\" is invalid");
  CHECK(error_of("name: a/b\nversion: 1") == "validation: chart.metadata.name \"a/b\" is invalid");
  CHECK(error_of("name: ..\nversion: 1") == "validation: chart.metadata.name \"..\" is not allowed");
  CHECK(error_of(std::string(k_head) + "type: x") == "validation: chart.metadata.type must be application or library");
  CHECK(error_of(std::string(k_head) + "maintainers: [null]") ==
        "validation: maintainers must not contain empty or null nodes");
  CHECK(error_of(std::string(k_head) + "dependencies: [{name: x}, {name: z, alias: x}]") ==
        "validation: more than one dependency with name or alias \"x\"");
  CHECK(error_of(std::string(k_head) + "dependencies: [{name: x, alias: 'a/b'}]") ==
        "validation: dependency \"x\" has disallowed characters in the alias");
  CHECK(error_of("name: a\nversion: 1\napiVersion: v9") == "unsupported chart version");
  CHECK(error_of("name: a\nversion: 1\napiVersion: v3") == "invalid chart apiVersion");
  CHECK(load({{"values.yaml", ""}}).error().message == "Chart.yaml file is missing");
}

TEST_CASE("of a Chart.yaml the first document and the last of equal keys count") {
  const auto twice = load({{"Chart.yaml", "name: a\nname: b\nversion: 1.2.3\n"}});
  REQUIRE(twice);
  CHECK((*twice)->root().metadata.name == "b");
  const auto more = load({{"Chart.yaml", "{name: a, version: 1.2.3}t"}});
  REQUIRE(more);
  CHECK((*more)->root().metadata.name == "a");
}

TEST_CASE("names of releases are made of templates with sprig's functions alone") {
  SeededRandom random(1);
  const auto name = [&](std::string_view text) {
    Budget budget;
    const auto made = render_release_name(std::string(text), {random, {}}, budget);
    return made ? *made : made.error().message;
  };
  CHECK(name("x-{{ upper \"a\" | lower }}") == "x-a");
  CHECK(name("x-{{ .Foo }}") == "x-<no value>");
  CHECK(name("x-{{ upper") == "template: name-template:1: unclosed action");
  CHECK(name("x-{{ toYaml 1 }}") == "template: name-template:1: function \"toYaml\" not defined");
  CHECK(name("x-{{ fail \"no\" }}") ==
        "template: name-template:1:5: executing \"name-template\" at <fail \"no\">: error calling fail: no");
}

TEST_CASE("links in a chart's folder are refused") {
  Budget budget;
  const auto tree = make_entry_tree(
      {{"Chart.yaml", {TreeEntry::Kind::file, k_head}}, {"templates/passwd.yaml", {TreeEntry::Kind::symlink, {}}}});
  const auto chart = load_chart_folder(*tree, "", HelmProfile::helm4, budget);
  REQUIRE_FALSE(chart);
  CHECK(chart.error().kind == ErrorKind::policy);
  CHECK(chart.error().where.file == "templates/passwd.yaml");
}

TEST_CASE("values of charts are bounded") {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const auto last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 0; j < 8; ++j) bomb += "," + last;
    bomb += "]\n";
  }
  for (const auto& text : {bomb, std::string(70'000, '['), "a: &a [*a]\n" + std::string(), std::string("a: b: c")}) {
    const auto chart = load({{"Chart.yaml", k_head}, {"values.yaml", text}});
    REQUIRE_FALSE(chart);
    CHECK(chart.error().message.starts_with("cannot load values.yaml: "));
  }
  CHECK(load({{"Chart.yaml", k_head}, {"values.yaml", "[1]"}}).error().message ==
        "cannot load values.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: "
        "cannot unmarshal array into Go value of type map[string]interface {}");
  CHECK(load({{"Chart.yaml", k_head}, {"values.yaml", "a: 1\n--- b\n"}}).error().message ==
        "cannot load values.yaml: error reading yaml document: invalid Yaml document separator: b");
}

TEST_CASE("charts that are archives inside of archives end") {
  std::string inner = testing::gzip(testing::tar_entry("a/Chart.yaml", k_head) + std::string(1024, '\0'));
  for (int i = 0; i < 40; ++i)
    inner = testing::gzip(testing::tar_entry("a/Chart.yaml", k_head) + testing::tar_entry("a/charts/a.tgz", inner) +
                          std::string(1024, '\0'));
  Budget budget;
  const auto chart = load_chart_archive(inner, HelmProfile::helm4, budget);
  REQUIRE_FALSE(chart);
  CHECK(chart.error().kind == ErrorKind::limit);
}

TEST_CASE("hostile templates end in errors") {
  const auto error_of_template = [](const char* text) {
    Limits limits;
    limits.steps = 5'000'000;
    limits.bytes = 32U << 20;
    Budget budget(limits);
    const auto chart = load({{"Chart.yaml", k_head}, {"templates/a.yaml", text}});
    REQUIRE(chart);
    SeededRandom random(1);
    const auto rendered = render_chart(**chart, {}, {random, {}}, budget);
    return rendered ? "" : rendered.error().message;
  };
  for (const auto* text : {R"({{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }})",
                           "{{ range until 1000000000 }}x{{ end }}", R"({{ repeat 1000000000 "x" }})",
                           R"({{ printf "%1000000000d" 1 }})", R"({{ tpl "{{ tpl . . }}" "{{ tpl . . }}" }})"}) {
    CAPTURE(text);
    CHECK_FALSE(error_of_template(text).empty());
  }
  CHECK(error_of_template(R"({{ env "HOME" }})") ==
        "parse error at (a/templates/a.yaml:1): function \"env\" not defined");
}

TEST_CASE("release names are checked") {
  const auto chart = load({{"Chart.yaml", k_head}});
  REQUIRE(chart);
  RenderRequest request;
  request.release.name = "Rel";
  CHECK(
      render(**chart, request).error().message.starts_with("release name check failed: release name \"Rel\": invalid"));
  request.release.name = std::string(54, 'a');
  CHECK_FALSE(render(**chart, request));
  request.release.name = "a.b-c";
  CHECK(render(**chart, request));
  request.capabilities.kube_version = "x";
  CHECK(render(**chart, request).error().message == "invalid kube version 'x': could not parse \"x\" as version");
}

TEST_CASE("hooks, notes and look-ups are told apart") {
  const auto chart = load({{"Chart.yaml", k_head},
                           {"templates/NOTES.txt", "hello {{ .Release.Name }}"},
                           {"templates/h.yaml",
                            "kind: Job\nmetadata: {name: j, annotations: {helm.sh/hook: 'pre-install,post-upgrade', "
                            "helm.sh/hook-weight: '-3', helm.sh/hook-delete-policy: ' Hook-Failed '}}\n"},
                           {"templates/r.yaml", "{{ if lookup \"v1\" \"Pod\" \"a\" \"b\" }}kind: X{{ end }}"}});
  REQUIRE(chart);
  const auto rendered = render(**chart);
  REQUIRE(rendered);
  CHECK(rendered->notes == "hello release-name");
  CHECK(rendered->manifests.empty());
  REQUIRE(rendered->hooks.size() == 1);
  const auto& hook = rendered->hooks.front();
  CHECK(hook.weight == -3);
  CHECK(hook.events == std::vector{HookEvent::pre_install, HookEvent::post_upgrade});
  CHECK(hook.delete_policies == std::vector<std::string>{"hook-failed"});
  CHECK(hook.document.kind == "Job");
  CHECK(hook.document.name == "j");
  CHECK(hook.document.source == "a/templates/h.yaml");
  CHECK(rendered->reproducible);
}
