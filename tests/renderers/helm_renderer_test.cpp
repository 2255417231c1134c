// Stacks that are charts: from an InputSet to manifests and hooks.
#include "renderers/helm_renderer.h"

#include "base/json.h"
#include "tests/renderers/render_stack.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

using Files = std::map<std::string, std::string>;

const Files k_chart{
    {"Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"},
    {"values.yaml", "who: chart\nfrom: {chart: 1, both: chart}\ngone: 1\n"},
    {"templates/a.yaml",
     "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata:\n  values: {{ toJson .Values "
     "| quote }}\n  release: {{ .Release.Namespace }}\n"},
};

InputSet chart_inputs(Files files, Files overlay = {}) {
  InputSet inputs = testing::make_inputs(std::map<std::string, std::string>{});
  inputs.stack.renderer = RendererKind::helm;
  inputs.files = make_memory_tree(std::move(files));
  inputs.overlay = make_memory_tree(std::move(overlay));
  return inputs;
}

Result<RenderOutcome> outcome_of(const InputSet& inputs, Limits limits = {}) {
  Budget budget(limits);
  return HelmRenderer().render(inputs, budget);
}

ManifestSet rendered(const InputSet& inputs) {
  auto outcome = outcome_of(inputs);
  REQUIRE_MESSAGE(outcome, format_error(outcome.error()));
  REQUIRE(std::holds_alternative<ManifestSet>(*outcome));
  return std::get<ManifestSet>(std::move(*outcome));
}

/// The values that the chart k_chart saw, as JSON.
std::string values_seen(const InputSet& inputs) {
  const ManifestSet set = rendered(inputs);
  REQUIRE(set.manifests.size() == 1);
  return std::string(set.manifests[0].object.at({"data", "values"}).as_string());
}

TEST_CASE("values are laid over each other: the chart's, the settings', the stack's files, the environment's") {
  InputSet inputs = chart_inputs({{"values.yaml", "who: stack\nfrom: {stack: 1, both: stack}\n"}},
                                 {{"values.yaml", "who: environment\nfrom: {environment: 1}\n"}});
  inputs.chart = ChartInput{make_memory_tree(k_chart), nullptr, "charts/web", std::nullopt};
  inputs.stack.helm = Value::map({{"values", Value::map({{"who", "settings"}, {"gone", Value()}, {"set", 1}})}});
  CHECK(values_seen(inputs) ==
        R"({"from":{"both":"stack","chart":1,"environment":1,"stack":1},"set":1,"who":"environment"})");
  CHECK(rendered(inputs).manifests[0].object.at({"data", "release"}).as_string() == "web");
}

TEST_CASE("a chart in the stack's own folder has its values there, and the environment adds to them") {
  CHECK(values_seen(chart_inputs(k_chart)) == R"({"from":{"both":"chart","chart":1},"gone":1,"who":"chart"})");
  CHECK(values_seen(chart_inputs(k_chart, {{"values.yaml", "who: environment\n"}})) ==
        R"({"from":{"both":"chart","chart":1},"gone":1,"who":"environment"})");
}

TEST_CASE("value files are those that the settings list, and each must be somewhere") {
  InputSet inputs = chart_inputs(k_chart, {{"b.yaml", "who: b\n"}});
  inputs.stack.helm = Value::map({{"valueFiles", Value::list({"b.yaml"})}});
  CHECK(values_seen(inputs).find(R"("who":"b")") != std::string::npos);
  inputs.stack.helm = Value::map({{"valueFiles", Value::list({"b.yaml", "c.yaml"})}});
  const auto missing = outcome_of(inputs);
  REQUIRE_FALSE(missing);
  CHECK(format_error(missing.error()).find("there is no value file \"c.yaml\"") != std::string::npos);
}

TEST_CASE("hooks of installations and upgrades are told apart from what is never applied") {
  Files files = k_chart;
  const auto hook = [&](const std::string& name, const std::string& annotations) {
    files["templates/" + name + ".yaml"] =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\n  annotations: {" + annotations + "}\n";
  };
  hook("both", "helm.sh/hook: 'pre-install,pre-upgrade', helm.sh/hook-weight: '-5'");
  hook("after", "helm.sh/hook: post-upgrade, helm.sh/hook-delete-policy: 'hook-succeeded,hook-failed'");
  hook("mixed", "helm.sh/hook: 'post-install,pre-upgrade'");
  for (const std::string event : {"test", "test-success", "pre-delete", "post-delete", "pre-rollback", "post-rollback"})
    hook("never-" + event, "helm.sh/hook: " + event);
  InputSet inputs = chart_inputs(files);
  std::map<std::string, std::optional<Hook>> found;
  for (const auto& manifest : rendered(inputs).manifests) found[manifest.id.name] = manifest.hook;
  const std::map<std::string, std::optional<Hook>> expected{
      {"web", std::nullopt},
      {"both", Hook{.at_install = HookSide::before, .at_upgrade = HookSide::before, .weight = -5}},
      {"after", Hook{.at_upgrade = HookSide::after,
                     .when_succeeded = Hook::Afterwards::remove,
                     .when_failed = Hook::Afterwards::remove}},
      {"mixed", Hook{.at_install = HookSide::after, .at_upgrade = HookSide::before}}};
  CHECK(found == expected);
  inputs.stack.helm = Value::map({{"skipHooks", true}});
  CHECK(rendered(inputs).manifests.size() == 1);
}

TEST_CASE("CRDs come first and can be left out") {
  Files files = k_chart;
  files["crds/a.yaml"] =
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.example.com}\n"
      "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
      "b.example.com}\n";
  InputSet inputs = chart_inputs(files);
  const ManifestSet all = rendered(inputs);
  REQUIRE(all.manifests.size() == 3);
  CHECK(all.manifests[1].id.name == "b.example.com");
  inputs.stack.helm = Value::map({{"includeCRDs", false}});
  CHECK(rendered(inputs).manifests.size() == 1);
}

TEST_CASE("dependencies that charts/ lacks are asked for, at the version that the lock file says") {
  Files files = k_chart;
  files["Chart.yaml"] +=
      "dependencies:\n- {name: redis, version: 1.x, repository: 'https://charts.example.com'}\n"
      "- {name: kafka, version: ~2, repository: '@stable'}\n";
  InputSet inputs = chart_inputs(files);
  auto outcome = outcome_of(inputs);
  REQUIRE_MESSAGE(outcome, format_error(outcome.error()));
  REQUIRE(std::holds_alternative<Missing>(*outcome));
  CHECK(std::get<Missing>(*outcome).charts ==
        std::vector<ChartRef>{{"https://charts.example.com", "redis", "1.x"}, {"stable", "kafka", "~2"}});
  files["Chart.lock"] = "dependencies:\n- {name: redis, version: 1.4.2, repository: 'https://charts.example.com'}\n";
  outcome = outcome_of(chart_inputs(files));
  REQUIRE(outcome);
  CHECK(std::get<Missing>(*outcome).charts[0].version == "1.4.2");
  files["Chart.yaml"] =
      "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: redis, version: 1.x, repository: "
      "'file://../redis'}]\n";
  outcome = outcome_of(chart_inputs(files));
  REQUIRE_FALSE(outcome);
  CHECK(format_error(outcome.error()).find("\"redis\", which does not lie in its charts/") != std::string::npos);
}

TEST_CASE("a chart sees the cluster that it is rendered for, or what the settings say of it") {
  Files files = k_chart;
  files["templates/a.yaml"] =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  v: {{ .Capabilities.KubeVersion.Version "
      "}}\n  mine: {{ .Capabilities.APIVersions.Has \"example.com/v1/Thing\" | quote }}\n  apps: {{ "
      ".Capabilities.APIVersions.Has \"apps/v1\" | quote }}\n";
  InputSet inputs = chart_inputs(files);
  const auto seen = [&] { return format_json(rendered(inputs).manifests[0].object["data"], JsonStyle::canonical); };
  CHECK(seen() == R"({"apps":"true","mine":"false","v":"v1.35.0"})");
  inputs.cluster = {"v1.31.4", {"example.com/v1", "example.com/v1/Thing", "v1"}};
  CHECK(seen() == R"({"apps":"false","mine":"true","v":"v1.31.4"})");
  inputs.stack.helm = Value::map({{"kubeVersion", "1.30.1"}, {"apiVersions", Value::list({"apps/v1"})}});
  CHECK(seen() == R"({"apps":"true","mine":"true","v":"v1.30.1"})");
}

TEST_CASE("chance follows from the inputs, and is told") {
  Files files = k_chart;
  files["templates/a.yaml"] =
      "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {p: {{ randAlphaNum 20 }}}\n";
  InputSet inputs = chart_inputs(files);
  inputs.digest = sha256("one");
  const ManifestSet one = rendered(inputs);
  CHECK(rendered(inputs) == one);
  REQUIRE(one.warnings.size() == 1);
  CHECK(one.warnings[0].find("can compute them") != std::string::npos);
  inputs.digest = sha256("two");
  CHECK_FALSE(rendered(inputs).manifests == one.manifests);
}

TEST_CASE("what is wrong with a chart names the file and the stack's budget holds") {
  Files files = k_chart;
  files["templates/b.yaml"] = "{{ fail \"no luck\" }}";
  auto outcome = outcome_of(chart_inputs(files));
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::render);
  CHECK(format_error(outcome.error()).find("no luck") != std::string::npos);
  files["templates/b.yaml"] = "{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}";
  outcome = outcome_of(chart_inputs(files), {.steps = 100'000});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::limit);
}

}  // namespace
}  // namespace reconciled
