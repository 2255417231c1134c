// Inputs that were made to hurt: each ends soon, with an error that says why.
#include "ports/memory_tree.h"
#include "renderers/kustomize/build.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace reconciled;

namespace {

using Files = std::map<std::string, std::string>;

Result<std::string> build(Files files, Limits limits = {.steps = 3'000'000, .bytes = 64U << 20}) {
  Budget budget(limits);
  const kustomize::NoRemotes remotes;
  return kustomize::build_text({make_memory_tree(std::move(files)), "<root>"}, "app", {}, remotes, budget).output;
}

std::string error_of(Files files) {
  const auto built = build(std::move(files));
  REQUIRE_FALSE(built);
  return built.error().message;
}

const std::string k_config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n";

}  // namespace

TEST_CASE("a tower of diamonds is not climbed 2^30 times") {
  Files files;
  for (int level = 0; level < 30; ++level) {
    const std::string next = "../l" + std::to_string(level + 1);
    files["l" + std::to_string(level) + "/kustomization.yaml"] =
        "resources: [" + next + "a, " + next + "b]\nnamePrefix: x\n";
    for (const std::string side : {"a", "b"})
      files["l" + std::to_string(level + 1) + side + "/kustomization.yaml"] =
          "resources: [../l" + std::to_string(level + 1) + "]\nnamePrefix: yy\n";
  }
  files["l30/kustomization.yaml"] = "namePrefix: z\n";
  files["app/kustomization.yaml"] = "resources: [../l0]\n";
  const auto built = build(std::move(files));
  REQUIRE_FALSE(built);
  CHECK_MESSAGE(built.error().kind == ErrorKind::limit, built.error().message.substr(0, 2000));
}

TEST_CASE("cycles and paths that lead out are refused by name") {
  CHECK(error_of({{"app/kustomization.yaml", "resources: [../b]\n"}, {"b/kustomization.yaml", "resources: [../app]\n"}})
            .find("cycle detected: candidate root '<root>/app' contains visited root '<root>/app'") !=
        std::string::npos);
  CHECK(error_of({{"app/kustomization.yaml", "resources: [..]\n"}, {"kustomization.yaml", "namePrefix: a\n"}})
            .find("cycle detected: candidate root '<root>' contains visited root '<root>/app'") != std::string::npos);
  CHECK(error_of({{"app/kustomization.yaml", "resources: [../../../etc]\n"}})
            .find("lies outside of what this build may read") != std::string::npos);
  CHECK(error_of({{"app/kustomization.yaml", "resources: [/etc]\n"}}).find("new root '/etc' cannot be absolute") !=
        std::string::npos);
  CHECK(error_of({{"app/kustomization.yaml", "configMapGenerator: [{name: a, files: [../secret]}]\n"}, {"secret", "x"}})
            .find("security; file '<root>/secret' is not in or below '<root>/app'") != std::string::npos);
}

TEST_CASE("aliases, copies and patterns that explode end at the budget") {
  std::string laughs = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\na0: &a0 [x, x]\n";
  for (int i = 1; i < 40; ++i)
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + ", *a" +
              std::to_string(i - 1) + "]\n";
  const auto bomb = build({{"app/kustomization.yaml", "resources: [c.yaml]\n"}, {"app/c.yaml", laughs}});
  REQUIRE_FALSE(bomb);
  CHECK(bomb.error().kind == ErrorKind::limit);

  std::string patch;
  for (int i = 0; i < 60; ++i) patch += "- {op: copy, from: /data, path: /data/x" + std::to_string(i) + "}\n";
  const auto doubled =
      build({{"app/kustomization.yaml", "resources: [c.yaml]\npatches: [{path: p.yaml, target: {kind: ConfigMap}}]\n"},
             {"app/c.yaml", k_config_map},
             {"app/p.yaml", patch}});
  REQUIRE_FALSE(doubled);
  CHECK(doubled.error().kind == ErrorKind::limit);

  CHECK(build({{"app/kustomization.yaml", "resources: [c.yaml]\nimages: [{name: '(a*)*(a|aa)*b'}]\n"},
               {"app/c.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: c}\nspec: {containers: [{image: " +
                                  std::string(5000, 'a') + "}]}\n"}}));
}

TEST_CASE("what cannot be read is an error, not a crash") {
  for (const std::string text :
       {"", "[]", "a", "\t", "resources: a", "resources: [[]]", "patches: [{patch: x}]", "images: [{name: '('}]",
        "&a [*a]", "{a: *b}", "resources: [\"\"]", "configMapGenerator: [{name: a, literals: ['=']}]",
        "openapi: {path: nothing}", "openapi: {version: v9}", "crds: [app]", "transformers: [c.yaml]"}) {
    CAPTURE(text);
    CHECK_FALSE(build({{"app/kustomization.yaml", text}, {"app/c.yaml", k_config_map}}));
  }
  CHECK_FALSE(build({{"app/kustomization.yaml", "resources: [c.yaml]\n"},
                     {"app/c.yaml", "&a {kind: ConfigMap, metadata: {name: *a}}\n"}}));
  CHECK_FALSE(
      build({{"app/kustomization.yaml", "resources: [c.yaml]\n"}, {"app/c.yaml", "kind: ThingList\nitems: 3\n"}}));
}
