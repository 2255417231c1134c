#include "tests/renderers/render_stack.h"
#include "tests/support/odd_tree.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

std::string config_map(std::string_view name) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + std::string(name) + "}\n";
}

std::vector<std::string> names(const Result<ManifestSet>& set) {
  REQUIRE_MESSAGE(set, format_error(set.error()));
  std::vector<std::string> result;
  for (const auto& manifest : set->manifests) result.push_back(manifest.id.name);
  return result;
}

using Names = std::vector<std::string>;

TEST_CASE("include and exclude are patterns relative to the stack's folder") {
  auto inputs = testing::make_inputs({{"a.yaml", config_map("a")},
                                      {"b.yaml", config_map("b")},
                                      {"k8s/c.yaml", config_map("c")},
                                      {"k8s/test/d.yaml", config_map("d")}});
  CHECK(names(testing::render(inputs)) == Names{"a", "b", "c", "d"});
  inputs.stack.plain.include = {"k8s/"};
  CHECK(names(testing::render(inputs)) == Names{"c", "d"});
  inputs.stack.plain.exclude = {"**/test/*.yaml"};
  CHECK(names(testing::render(inputs)) == Names{"c"});
  inputs.stack.plain = {{}, {"/?.yaml"}};
  CHECK(names(testing::render(inputs)) == Names{"c", "d"});
  inputs.stack.plain = {{"nothing"}, {}};
  const auto empty = testing::render(inputs);
  CHECK(names(empty).empty());
  CHECK(empty->warnings == Names{"apps/web holds no manifest"});
}

TEST_CASE("a broken file that is excluded does not matter") {
  auto inputs = testing::make_inputs({{"a.yaml", config_map("a")}, {"templates/x.yaml", "a: {{ .Values.x }}\n"}});
  CHECK_FALSE(testing::render(inputs));
  inputs.stack.plain.exclude = {"templates/"};
  CHECK(names(testing::render(inputs)) == Names{"a"});
}

TEST_CASE("the root's .sourceignore counts for files of the stack and of its overlay") {
  auto inputs = testing::make_inputs({{"a.yaml", config_map("a")}, {"test/b.yaml", config_map("b")}},
                                     {{"c.yaml", config_map("c")}, {"d.yaml", config_map("d")}});
  inputs.stack.source_ignore = "/apps/web/test/\n/environments/*/apps/web/c.yaml\n";
  CHECK(names(testing::render(inputs)) == Names{"a", "d"});
}

TEST_CASE("the root's .sourceignore is not about the files of another repository") {
  auto inputs = testing::make_inputs({{"a.yaml", config_map("a")}});
  inputs.stack.source = {"https://example.com/web.git", "main"};
  inputs.stack.path = "";
  inputs.stack.source_ignore = "*.yaml\n";
  CHECK(names(testing::render(inputs)) == Names{"a"});
}

TEST_CASE("a link with a manifest's name is an error, another link a warning, a submodule a warning") {
  const auto odd = [](const std::string& path, TreeEntry::Kind kind) {
    return testing::render(testing::make_inputs(
        std::make_shared<testing::OddTree>(std::map<std::string, std::string>{{"a.yaml", config_map("a")}},
                                           std::map<std::string, TreeEntry::Kind>{{path, kind}})));
  };
  const auto link = odd("b.yaml", TreeEntry::Kind::symlink);
  REQUIRE_FALSE(link);
  CHECK(format_error(link.error()) ==
        "apps/web/b.yaml: the file is a symbolic link; links are never followed (put the file itself there; if it is "
        "no manifest, add it to .sourceignore or to plain.exclude of stack.yaml)");
  CHECK(odd("common", TreeEntry::Kind::symlink)->warnings ==
        Names{"apps/web/common is a symbolic link; links are never followed"});
  CHECK(odd("README.md", TreeEntry::Kind::symlink)->warnings.empty());
  CHECK(odd("lib", TreeEntry::Kind::submodule)->warnings ==
        Names{"apps/web/lib is a submodule; submodules are never fetched"});
  CHECK(odd("values.yaml", TreeEntry::Kind::symlink)->warnings.empty());
}

TEST_CASE("limits of bytes, steps and depth are named") {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 100; ++i) files["f" + std::to_string(i) + ".yaml"] = config_map("n" + std::to_string(i));
  const auto inputs = testing::make_inputs(files);
  CHECK(testing::render(inputs)->manifests.size() == 100);
  CHECK(testing::render(inputs, Limits{.steps = 100, .bytes = 1 << 20, .depth = 64, .time = std::chrono::seconds(30)})
            .error()
            .kind == ErrorKind::limit);
  CHECK(
      testing::render(inputs, Limits{.steps = 1'000'000, .bytes = 1'000, .depth = 64, .time = std::chrono::seconds(30)})
          .error()
          .kind == ErrorKind::limit);
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "d/";
  const auto nested =
      testing::render(testing::make_inputs(std::map<std::string, std::string>{{deep + "a.yaml", config_map("a")}}));
  REQUIRE_FALSE(nested);
  CHECK(nested.error().kind == ErrorKind::limit);
}

TEST_CASE("hostile documents are named errors") {
  const auto fault = [](const std::string& text) {
    const auto set = testing::render(testing::make_inputs(std::map<std::string, std::string>{{"a.yaml", text}}));
    REQUIRE_FALSE(set);
    CHECK(set.error().where.file == "apps/web/a.yaml");
    return set.error().kind;
  };
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char name = 'b'; name <= 'k'; ++name) {
    bomb += std::string(1, name) + ": &" + name + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string(i == 0 ? "*" : ",*") + static_cast<char>(name - 1);
    bomb += "]\n";
  }
  CHECK(fault(bomb) == ErrorKind::limit);
  CHECK(fault(std::string(64'000, '[')) == ErrorKind::limit);
  CHECK(fault("a: &a [*a]\n") == ErrorKind::render);
  CHECK(fault("apiVersion: v1\nkind: A\nkind: B\n") == ErrorKind::render);
  CHECK(fault("x: !!python/object {}\n") == ErrorKind::render);
  CHECK(fault(std::string("apiVersion: v1\0\n", 16)) == ErrorKind::render);
  CHECK(fault("\xFF\xFE not text") == ErrorKind::render);
}

TEST_CASE("equal inputs have one digest, and everything that a render depends on changes it") {
  const auto base = testing::make_inputs({{"a.yaml", config_map("a")}}, {{"b.yaml", config_map("b")}});
  const auto digest = digest_inputs(base).value();
  CHECK(digest ==
        digest_inputs(testing::make_inputs({{"a.yaml", config_map("a")}}, {{"b.yaml", config_map("b")}})).value());
  std::vector<InputSet> others(8, base);
  others[0] = testing::make_inputs({{"a.yaml", config_map("A")}}, {{"b.yaml", config_map("b")}});
  others[1] = testing::make_inputs({{"a.yaml", config_map("a")}}, {{"b.yaml", config_map("B")}});
  others[2].stack.plain.exclude = {"x"};
  others[3].stack.plain.include = {"x"};
  others[4].stack.source_ignore = "x";
  others[5].stack.cluster = "other";
  others[6].stack.renderer = RendererKind::helm;
  others[7].files_origin = "elsewhere";
  for (const auto& other : others) CHECK(digest_inputs(other).value() != digest);
  auto suspended = base;
  suspended.stack.suspended = "later";
  CHECK(digest_inputs(suspended).value() == digest);
}

TEST_CASE("a set knows the stack and the digest of what it was rendered from") {
  auto inputs = testing::make_inputs(std::map<std::string, std::string>{{"a.yaml", config_map("a")}});
  inputs.digest = digest_inputs(inputs).value();
  const auto set = testing::render(inputs);
  REQUIRE(set);
  CHECK(set->stack == inputs.stack.id);
  CHECK(set->inputs == inputs.digest);
}

}  // namespace
}  // namespace reconciled
