#include "base/json.h"
#include "ports/memory_tree.h"
#include "stacks/load.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

constexpr std::string_view k_manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

/// The graph of environment `prod` of a repository with one layer `apps`.
StackGraph load(std::string_view root, std::map<std::string, std::string> files) {
  files["reconcile.yaml"] = "apiVersion: reconcile/v1\nkind: Repository\n" + std::string(root);
  const auto tree = make_memory_tree(std::move(files));
  Budget budget;
  const auto repository = load_repository(*tree, budget);
  REQUIRE_MESSAGE(repository, format_error(repository.error()));
  auto graph = load_stacks(*repository, "prod", *tree, budget);
  REQUIRE_MESSAGE(graph, format_error(graph.error()));
  return *graph;
}

std::string stack_file(std::string_view text) {
  return "apiVersion: reconcile/v1\nkind: Stack\n" + std::string(text);
}

TEST_CASE("settings are laid over each other: defaults, layer, environment, stack, the environment's stack file") {
  const auto graph = load(
      "layers: {apps: {namespace: from-layer, helm: {chart: ./c, values: {a: layer, b: layer}}, sync: {prune: "
      "false}}}\n"
      "environments: {prod: {helm: {version: \"2\", values: {b: env, c: env}}, sync: {automated: false}}}\n"
      "defaults: {namespace: from-defaults, helm: {values: {a: default, z: default}}, ignore: [{managers: [one]}]}\n",
      {{"apps/a/stack.yaml",
        stack_file("helm: {values: {c: stack, z: null}, valueFiles: [a, b]}\nignore: [{managers: [two]}]\n")},
       {"environments/prod/apps/a/stack.yaml",
        stack_file("namespace: from-overlay\nhelm: {valueFiles: [c]}\nsync: {prune: true}\n")}});
  CHECK(graph.broken.empty());
  REQUIRE(graph.stacks.size() == 1);
  const auto& stack = graph.stacks[0];
  CHECK(stack.namespace_ == "from-overlay");
  CHECK(stack.renderer == RendererKind::helm);
  CHECK(format_json(stack.helm, JsonStyle::canonical) ==
        R"({"chart":"./c","releaseName":"a","valueFiles":["c"],)"
        R"("values":{"a":"layer","b":"env","c":"stack","z":null},"version":"2"})");
  CHECK(stack.sync.prune == Enabled::yes);
  CHECK(stack.sync.automated == Enabled::no);
  CHECK(stack.sync.self_heal == Enabled::yes);
  REQUIRE(stack.ignore.size() == 2);
  CHECK(stack.ignore[0].managers == std::vector<std::string>{"one"});
  CHECK(stack.ignore[1].managers == std::vector<std::string>{"two"});
}

TEST_CASE("variables are laid over each other by name, whole, and a null removes one") {
  const auto graph = load(
      "layers: {apps: {variables: {a: layer, m: {x: 1, y: 2}}, substitution: {mode: flux, always: true}}}\n"
      "environments: {prod: {variables: {b: env, gone: 1}}}\n"
      "defaults: {variables: {a: default, z: default}}\n",
      {{"apps/a/stack.yaml", stack_file("variables: {b: 2, gone: null, m: {x: 3}}\nsubstitution: {mode: native}\n")},
       {"environments/prod/apps/a/stack.yaml", stack_file("variables: {c: overlay}\n")},
       {"apps/b/stack.yaml", stack_file("variables: {m: null}\nsubstitution: {undefined: empty}\n")}});
  CHECK(graph.broken.empty());
  REQUIRE(graph.stacks.size() == 2);
  const auto& a = graph.stacks[0].substitution;
  CHECK(format_json(a.variables, JsonStyle::canonical) ==
        R"({"a":"layer","b":2,"c":"overlay","m":{"x":3},"z":"default"})");
  CHECK(a.mode == SubstitutionMode::native);
  CHECK(a.always == Enabled::yes);
  CHECK(a.undefined == UndefinedVariable::error);
  const auto& b = graph.stacks[1].substitution;
  CHECK(b.mode == SubstitutionMode::flux);
  CHECK(b.undefined == UndefinedVariable::empty);
  CHECK(b.variables.size() == 4);
}

TEST_CASE("namespace patterns name stack, layer, environment and team") {
  const auto graph = load(
      "layers: {apps: {namespace: \"{team}-{layer}-{stack}-{env}\"}}\nenvironments: {prod: {}}\n"
      "teams: {blue: {stacks: [apps/a], namespaces: [blue-*]}}\n",
      {{"apps/a/x.yaml", std::string(k_manifest)}});
  REQUIRE(graph.stacks.size() == 1);
  CHECK(graph.stacks[0].namespace_ == "blue-apps-a-prod");
  CHECK(graph.stacks[0].bounds.team == "blue");
}

TEST_CASE("a stack that nothing gives a namespace has the API server's default") {
  const auto graph =
      load("layers: {apps: {}}\nenvironments: {prod: {}}\n", {{"apps/a/x.yaml", std::string(k_manifest)}});
  REQUIRE(graph.stacks.size() == 1);
  CHECK(graph.stacks[0].namespace_ == "default");
}

TEST_CASE("a namespace pattern that becomes no namespace breaks that stack only") {
  const auto graph =
      load("layers: {apps: {namespace: \"{stack}\"}}\nenvironments: {prod: {}}\n",
           {{"apps/My_App/x.yaml", std::string(k_manifest)}, {"apps/b/x.yaml", std::string(k_manifest)}});
  CHECK(graph.stacks.size() == 1);
  REQUIRE(graph.broken.size() == 1);
  CHECK(format_error(graph.broken[0].error) ==
        "apps/My_App: the namespace pattern \"{stack}\" gives \"My_App\", which is no namespace (a namespace has "
        "lower-case letters, digits and \"-\", at most 63; set namespace in stack.yaml)");
}

TEST_CASE("a team's stack has its bounds without saying whose it is") {
  const auto graph = load(
      "layers: {apps: {namespace: other}}\nenvironments: {prod: {}}\nteams: {blue: {stacks: [apps/*], namespaces: "
      "[blue-*]}}\n",
      {{"apps/a/x.yaml", std::string(k_manifest)}});
  CHECK(graph.stacks.empty());
  REQUIRE(graph.broken.size() == 1);
  CHECK(graph.broken[0].error.kind == ErrorKind::policy);
  CHECK(format_error(graph.broken[0].error) ==
        "apps/a: the namespace \"other\" is outside of the bounds of team blue: blue-* (set namespace in stack.yaml to "
        "one that the team has, or widen teams.blue.namespaces in reconcile.yaml)");
}

TEST_CASE("no key of a stack file widens what its team may do") {
  for (const std::string key :
       {"cluster: main", "serviceAccount: root", "namespaces: [\"*\"]", "clusterKinds: [ClusterRole]", "teams: {}"}) {
    const auto graph =
        load("layers: {apps: {}}\nenvironments: {prod: {}}\n", {{"apps/a/stack.yaml", stack_file(key + "\n")}});
    REQUIRE(graph.broken.size() == 1);
    CHECK(graph.broken[0].error.kind == ErrorKind::policy);
    CHECK(graph.broken[0].error.where.line == 3);
  }
}

TEST_CASE("suspension has a reason, and an environment can lift or set it") {
  const auto graph = load("layers: {apps: {}}\nenvironments: {prod: {}}\n",
                          {{"apps/a/stack.yaml", stack_file("suspend: true\n")},
                           {"apps/b/stack.yaml", stack_file("suspend: {reason: frozen}\n")},
                           {"apps/c/stack.yaml", stack_file("suspend: true\n")},
                           {"environments/prod/apps/c/stack.yaml", stack_file("suspend: false\n")}});
  REQUIRE(graph.stacks.size() == 3);
  CHECK(graph.stacks[0].suspended == "no reason is given");
  CHECK(graph.stacks[1].suspended == "frozen");
  CHECK_FALSE(graph.stacks[2].suspended);
}

TEST_CASE("a source of its own is completed by the environment's file, and its renderer is settled later") {
  const auto graph =
      load("layers: {apps: {}}\nenvironments: {prod: {}}\n",
           {{"apps/a/stack.yaml",
             stack_file("source: {repository: \"https://example.com/a.git\", ref: main, path: ./deploy/}\n")},
            {"environments/prod/apps/a/stack.yaml", stack_file("source: {ref: v2}\n")},
            {"apps/a/lost.yaml", std::string(k_manifest)}});
  REQUIRE(graph.stacks.size() == 1);
  Stack stack = graph.stacks[0];
  CHECK(stack.source == SourceRef{"https://example.com/a.git", "v2"});
  CHECK(stack.path == "deploy");
  CHECK(graph.warnings == std::vector<std::string>{"apps/a/lost.yaml is not read: the stack has a source of its own"});
  CHECK(settle_renderer(stack, *make_memory_tree({{"kustomization.yml", ""}}), *make_memory_tree({})));
  CHECK(stack.renderer == RendererKind::kustomize);
}

TEST_CASE("a folder elsewhere in the repository can be the source") {
  const auto graph = load(
      "layers: {apps: {}}\nenvironments: {prod: {}}\n",
      {{"apps/a/stack.yaml", stack_file("source: {path: generated/a}\n")}, {"generated/a/Chart.yaml", "name: a\n"}});
  REQUIRE(graph.stacks.size() == 1);
  CHECK(graph.stacks[0].source.url.empty());
  CHECK(graph.stacks[0].path == "generated/a");
  CHECK(graph.stacks[0].renderer == RendererKind::helm);
}

TEST_CASE("what lies in the folder decides the renderer, and two at once must be told apart") {
  const auto settle = [](std::map<std::string, std::string> files,
                         std::optional<RendererKind> stated = {}) -> std::string {
    Stack stack;
    stack.stated_renderer = stated;
    const auto status = settle_renderer(stack, *make_memory_tree(std::move(files)), *make_memory_tree({}));
    if (!status) return format_error(status.error());
    return stack.renderer == RendererKind::plain  ? "plain"
           : stack.renderer == RendererKind::helm ? "helm"
                                                  : "kustomize";
  };
  CHECK(settle({{"x.yaml", ""}}) == "plain");
  CHECK(settle({}) == "plain");
  CHECK(settle({{"Chart.yaml", ""}}) == "helm");
  CHECK(settle({{"kustomization.yaml", ""}}) == "kustomize");
  CHECK(settle({{"kustomization.yml", ""}}) == "kustomize");
  CHECK(settle({{"Kustomization", ""}}) == "kustomize");
  CHECK(settle({{"charts/Chart.yaml", ""}}) == "plain");
  CHECK(settle({{"Chart.yaml", ""}, {"Kustomization", ""}}) ==
        "two renderers at once: its folder holds Chart.yaml (helm), and its folder holds Kustomization (kustomize) "
        "(say which one in stack.yaml, for example \"renderer: kustomize\")");
  CHECK(settle({{"Chart.yaml", ""}, {"Kustomization", ""}}, RendererKind::helm) == "helm");
  CHECK(settle({{"Chart.yaml", ""}}, RendererKind::plain) == "plain");
}

TEST_CASE("a helm block of an environment does not make charts of plain stacks") {
  const auto graph = load("layers: {apps: {}}\nenvironments: {prod: {helm: {version: 1.2.3}}}\n",
                          {{"apps/a/x.yaml", std::string(k_manifest)}});
  REQUIRE(graph.stacks.size() == 1);
  CHECK(graph.stacks[0].renderer == RendererKind::plain);
  CHECK(graph.stacks[0].helm.is_null());
}

TEST_CASE("a stack of one environment needs a stack.yaml there") {
  const auto graph = load("layers: {apps: {}}\nenvironments: {prod: {}}\n",
                          {{"apps/shop/x.yaml", std::string(k_manifest)},
                           {"environments/prod/apps/shpo/x.yaml", std::string(k_manifest)},
                           {"environments/prod/apps/only/x.yaml", std::string(k_manifest)},
                           {"environments/prod/apps/only/stack.yaml", stack_file("dependsOn: [apps/shop]\n")}});
  REQUIRE(graph.stacks.size() == 2);
  CHECK(graph.stacks[1].id.name == "only");
  CHECK(graph.before.at("apps/only") == std::vector<std::string>{"apps/shop"});
  REQUIRE(graph.broken.size() == 1);
  CHECK(format_error(graph.broken[0].error) ==
        "environments/prod/apps/shpo: there is no stack \"apps/shpo\" to which this folder could add (rename it after "
        "a stack, or give it a stack.yaml to make it a stack of this environment alone)");
}

TEST_CASE("an order exists for ten thousand stacks in a chain") {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 10'000; ++i) {
    files["apps/s" + std::to_string(i) + "/stack.yaml"] =
        stack_file(i == 0 ? "" : "dependsOn: [apps/s" + std::to_string(i - 1) + "]\n");
  }
  const auto graph = load("layers: {apps: {}}\nenvironments: {prod: {}}\n", std::move(files));
  REQUIRE(graph.stacks.size() == 10'000);
  CHECK(graph.stacks[0].id.name == "s0");
  CHECK(graph.stacks[9'999].id.name == "s9999");
}

TEST_CASE("many small circles do not make reading slow") {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 600; ++i)
    files["apps/s" + std::to_string(i) + "/stack.yaml"] =
        stack_file("dependsOn: [apps/s" + std::to_string(i ^ 1) + "]\n");
  const auto graph = load("layers: {apps: {}}\nenvironments: {prod: {}}\n", std::move(files));
  CHECK(graph.stacks.empty());
  CHECK(graph.broken.size() == 600);
}

}  // namespace
}  // namespace reconciled
