// Stacks that are kustomizations, with what their settings add.
#include "ports/memory_tree.h"
#include "renderers/kustomize_inputs.h"
#include "renderers/kustomize_renderer.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace reconciled;

namespace {

using Files = std::map<std::string, std::string>;

constexpr std::string_view k_deployment =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n"
    "      - {name: web, image: nginx}\n";

Files make_files() {
  return {{"applications/web/kustomization.yaml", "resources: [web.yaml, ../../shared/config]\n"},
          {"applications/web/web.yaml", std::string(k_deployment)},
          {"applications/web/patch.yaml",
           "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {paused: true}\n"},
          {"shared/config/kustomization.yaml", "configMapGenerator: [{name: c, literals: [a=b]}]\n"},
          {"unrelated/big.yaml", "a: b\n"}};
}

InputSet make_inputs(Files files, Value settings = Value()) {
  InputSet inputs;
  inputs.stack.id = {"", "applications", "web"};
  inputs.stack.path = "applications/web";
  inputs.stack.overlay_path = "environments/prod/applications/web";
  inputs.stack.renderer = RendererKind::kustomize;
  inputs.stack.kustomize = std::move(settings);
  auto selected = select_kustomization(inputs.stack, make_memory_tree(std::move(files)));
  REQUIRE(selected);
  inputs.files = *selected;
  inputs.overlay = make_memory_tree({});
  return inputs;
}

Result<ManifestSet> render(const InputSet& inputs) {
  Budget budget;
  auto outcome = KustomizeRenderer().render(inputs, budget);
  if (!outcome) return fail(outcome.error());
  return std::get<ManifestSet>(std::move(*outcome));
}

std::vector<std::string> names_of(const ManifestSet& set) {
  std::vector<std::string> names;
  for (const auto& manifest : set.manifests) names.push_back(manifest.id.kind + "/" + manifest.id.name);
  return names;
}

}  // namespace

TEST_CASE("a stack is built with the bases that it names elsewhere in the repository") {
  const auto inputs = make_inputs(make_files());
  const auto set = render(inputs);
  REQUIRE_MESSAGE(set, (set ? "" : format_error(set.error())));
  REQUIRE(set->manifests.size() == 2);
  CHECK(set->manifests[0].id.name.starts_with("c-"));
  CHECK(set->manifests[1].id.name == "web");
  CHECK(set->manifests[1].origin.file == "applications/web");
}

TEST_CASE("only the folders that a stack is built from decide its digest") {
  const auto id = [](Files files) { return *make_inputs(std::move(files)).files->id(""); };
  const auto before = id(make_files());
  Files unrelated = make_files();
  unrelated["unrelated/big.yaml"] = "other\n";
  CHECK(id(unrelated) == before);
  Files base = make_files();
  base["shared/config/kustomization.yaml"] = "configMapGenerator: [{name: c, literals: [a=c]}]\n";
  CHECK(id(base) != before);
  CHECK_FALSE(*make_inputs(make_files()).files->stat("unrelated/big.yaml"));
}

TEST_CASE("the environment's overlay is built when it is a kustomization") {
  Files files = make_files();
  files["environments/prod/applications/web/kustomization.yaml"] =
      "resources: [../../../../applications/web]\nnamePrefix: prod-\n";
  const auto set = render(make_inputs(std::move(files)));
  REQUIRE_MESSAGE(set, (set ? "" : format_error(set.error())));
  CHECK(names_of(*set)[1] == "Deployment/prod-web");
}

TEST_CASE("the kustomize block adds images, patches, namespace and prefix") {
  const Value image = Value::map({{"name", "nginx"}, {"newTag", "1.27"}});
  const Value settings = Value::map({{"images", Value::list({image})},
                                     {"patches", Value::list({Value::map({{"path", "patch.yaml"}})})},
                                     {"namespace", "shop"},
                                     {"prefix", "a-"},
                                     {"sort", "fifo"}});
  const auto set = render(make_inputs(make_files(), settings));
  REQUIRE_MESSAGE(set, (set ? "" : format_error(set.error())));
  const Value& web = set->manifests[0].object;
  CHECK(web.at({"metadata", "name"}).as_string() == "a-web");
  CHECK(web.at({"metadata", "namespace"}).as_string() == "shop");
  CHECK(web.at({"spec", "paused"}).as_bool());
  CHECK(web.at({"spec", "template", "spec", "containers"}).items()[0]["image"].as_string() == "nginx:1.27");
}

TEST_CASE("an unknown key of the block and a file that is missing are named") {
  auto set = render(make_inputs(make_files(), Value::map({{"imagse", Value::list()}})));
  REQUIRE_FALSE(set);
  CHECK(set.error().message == "the kustomize block has no \"imagse\"");
  CHECK(set.error().where.key_path == "kustomize.imagse");
  Files files = make_files();
  files.erase("applications/web/web.yaml");
  set = render(make_inputs(std::move(files)));
  REQUIRE_FALSE(set);
  CHECK(set.error().message.find("lstat ./applications/web/web.yaml: no such file or directory") != std::string::npos);
  CHECK(set.error().where.file == "applications/web");
}

TEST_CASE("a remote base is asked for by repository, ref and path, and built once it is there") {
  Files files = make_files();
  files["applications/web/kustomization.yaml"] =
      "resources: [web.yaml, 'https://git.example.com/team/bases//config?ref=v1']\nnamePrefix: p-\n";
  InputSet inputs = make_inputs(files);
  Budget budget;
  const auto outcome = KustomizeRenderer().render(inputs, budget);
  REQUIRE(outcome);
  const auto* missing = std::get_if<Missing>(&*outcome);
  REQUIRE(missing != nullptr);
  CHECK(missing->bases == std::vector<BaseRef>{{{"https://git.example.com/team/bases", "v1"}, "config"}});

  const auto before = digest_inputs(inputs);
  std::shared_ptr<const SourceTree> tree =
      make_memory_tree({{"config/kustomization.yaml", "resources: [../more]\n"},
                        {"more/kustomization.yaml", "configMapGenerator: [{name: far, literals: [a=b]}]\n"},
                        {"unrelated/x.yaml", "a: b\n"}});
  auto selected = select_base(tree, "config");
  REQUIRE(selected);
  CHECK((*selected)->stat("unrelated/x.yaml")->has_value() == false);
  inputs.bases = {{missing->bases.front(), std::string(40, 'a'), *selected}};
  const auto set = render(inputs);
  REQUIRE(set);
  CHECK(names_of(*set) == std::vector<std::string>{"ConfigMap/p-far-4h2mbtbbt6", "Deployment/p-web"});
  const auto after = digest_inputs(inputs);
  CHECK(*before != *after);
  inputs.bases.front().commit = std::string(40, 'b');
  CHECK(*after != *digest_inputs(inputs));
}

TEST_CASE("a single file is not fetched, and the error says so") {
  Files files = make_files();
  files["applications/web/kustomization.yaml"] = "resources: ['https://example.com/org/repository/file.yaml']\n";
  const auto set = render(make_inputs(files));
  REQUIRE_FALSE(set);
  CHECK(set.error().kind == ErrorKind::source_missing);
  CHECK(set.error().hint.find("files are not fetched") != std::string::npos);
}

TEST_CASE("charts of a kustomization are rendered, and those of a repository asked for") {
  Files files = make_files();
  files["applications/web/kustomization.yaml"] =
      "namespace: shop\nhelmGlobals: {chartHome: ../../charts}\n"
      "helmCharts: [{name: tool, releaseName: r, valuesInline: {k: v}, valuesFile: values.yaml}]\n";
  files["applications/web/values.yaml"] = "l: m\n";
  files["charts/tool/Chart.yaml"] = "apiVersion: v2\nname: tool\nversion: 1.0.0\n";
  files["charts/tool/templates/a.yaml"] =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}-a'}\ndata: {{ toJson .Values }}\n";
  const auto set = render(make_inputs(files));
  REQUIRE(set);
  CHECK(names_of(*set) == std::vector<std::string>{"ConfigMap/r-a"});
  CHECK(set->manifests.front().object["data"] == Value::map({{"k", "v"}, {"l", "m"}}));
  CHECK(set->manifests.front().id.namespace_ == "shop");

  files["applications/web/kustomization.yaml"] =
      "helmCharts: [{name: tool, repo: 'https://charts.example.com', version: 2.x}]\n";
  Budget budget;
  const auto outcome = KustomizeRenderer().render(make_inputs(files), budget);
  REQUIRE(outcome);
  const auto* missing = std::get_if<Missing>(&*outcome);
  REQUIRE(missing != nullptr);
  CHECK(missing->charts == std::vector<ChartRef>{{"https://charts.example.com", "tool", "2.x"}});
}
