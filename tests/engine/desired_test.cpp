#include "engine/desired.h"

#include "ports/memory_tree.h"

#include <doctest/doctest.h>

#include <set>

using namespace reconciled;

namespace {

using Files = std::map<std::string, std::string>;

std::string map_named(const std::string& name, const std::string& value) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata: {key: " + value + "}\n";
}

/// Repositories in memory: by URL, then by ref.
class Repositories final : public Source {
 public:
  std::map<std::string, std::map<std::string, Files>> trees;
  std::size_t resolved = 0;

  Result<Revision> resolve(const SourceRef& ref, MonotonicTime) override {
    ++resolved;
    const auto url = trees.find(ref.url);
    if (url == trees.end() || !url->second.contains(ref.ref)) {
      return fail(ErrorKind::source_missing, "there is no ref \"" + ref.ref + "\" in " + ref.url);
    }
    Revision revision;
    revision.url = ref.url;
    revision.ref = ref.ref;
    revision.commit = std::string(40, ref.ref.empty() ? '0' : 'a');
    return revision;
  }
  Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) override {
    return std::shared_ptr<const SourceTree>(make_memory_tree(trees[revision.url][revision.ref]));
  }
};

DesiredRequest request_for(const std::string& environment) {
  DesiredRequest request;
  request.root = {"https://git.example.com/fleet", "main"};
  request.environment = environment;
  request.deadline = MonotonicTime::max();
  return request;
}

const StackDesired& stack_named(const Desired& desired, const std::string& path) {
  for (const auto& stack : desired.stacks) {
    if (stack.stack.id.path() == path) return stack;
  }
  FAIL("no stack " << path);
  throw 0;
}

std::string value_of(const Desired& desired, const std::string& path, const std::string& name) {
  const auto& stack = stack_named(desired, path);
  REQUIRE_MESSAGE(stack.manifests.has_value(), format_error(stack.manifests.error()));
  for (const auto& manifest : stack.manifests->manifests) {
    if (manifest.id.name == name) return std::string(manifest.object.at({"data", "key"}).as_string());
  }
  return "absent";
}

constexpr std::string_view k_root = R"(apiVersion: reconcile/v1
kind: Repository
environments:
  dev: {}
  next: {ref: next}
  far: {source: {repository: "https://git.example.com/far", ref: main}}
)";

}  // namespace

TEST_CASE("an environment's files replace and add to a plain stack's") {
  Repositories source;
  source.trees["https://git.example.com/fleet"]["main"] = {
      {"reconcile.yaml", std::string(k_root)},
      {"applications/shop/a.yaml", map_named("a", "base")},
      {"applications/shop/b.yaml", map_named("b", "base")},
      {"environments/dev/applications/shop/b.yaml", map_named("b", "dev")},
      {"environments/dev/applications/shop/c.yaml", map_named("c", "dev")},
  };
  const auto desired = load_desired(request_for("dev"), source);
  REQUIRE_MESSAGE(desired.has_value(), format_error(desired.error()));
  CHECK(value_of(*desired, "applications/shop", "a") == "base");
  CHECK(value_of(*desired, "applications/shop", "b") == "dev");
  CHECK(value_of(*desired, "applications/shop", "c") == "dev");
  CHECK(source.resolved == 1);
}

TEST_CASE("the root file of an environment's own ref is the one that rules") {
  Repositories source;
  auto& fleet = source.trees["https://git.example.com/fleet"];
  fleet["main"] = {{"reconcile.yaml", std::string(k_root)}, {"applications/shop/a.yaml", map_named("a", "main")}};
  fleet["next"] = {
      {"reconcile.yaml", "apiVersion: reconcile/v1\nkind: Repository\nenvironments: {next: {namespace: ruled}}\n"},
      {"applications/shop/a.yaml", map_named("a", "next")}};
  const auto desired = load_desired(request_for("next"), source);
  REQUIRE_MESSAGE(desired.has_value(), format_error(desired.error()));
  CHECK(value_of(*desired, "applications/shop", "a") == "next");
  CHECK(stack_named(*desired, "applications/shop").stack.namespace_ == "ruled");
}

TEST_CASE("an environment may have a repository of its own") {
  Repositories source;
  source.trees["https://git.example.com/fleet"]["main"] = {{"reconcile.yaml", std::string(k_root)}};
  source.trees["https://git.example.com/far"]["main"] = {{"reconcile.yaml", std::string(k_root)},
                                                         {"applications/shop/a.yaml", map_named("a", "far")}};
  const auto desired = load_desired(request_for("far"), source);
  REQUIRE_MESSAGE(desired.has_value(), format_error(desired.error()));
  CHECK(value_of(*desired, "applications/shop", "a") == "far");
  CHECK(desired->revision.url == "https://git.example.com/far");
}

TEST_CASE("a stack whose own source cannot be had is reported alone") {
  Repositories source;
  const std::string stack =
      "apiVersion: reconcile/v1\nkind: Stack\nsource: {repository: \"https://git.example.com/shop\", ref: v1, path: "
      "k8s}\n";
  source.trees["https://git.example.com/fleet"]["main"] = {{"reconcile.yaml", std::string(k_root)},
                                                           {"applications/shop/stack.yaml", stack},
                                                           {"applications/pay/a.yaml", map_named("a", "one")}};
  auto desired = load_desired(request_for("dev"), source);
  REQUIRE_MESSAGE(desired.has_value(), format_error(desired.error()));
  CHECK(value_of(*desired, "applications/pay", "a") == "one");
  REQUIRE_FALSE(stack_named(*desired, "applications/shop").manifests.has_value());
  CHECK(stack_named(*desired, "applications/shop").manifests.error().kind == ErrorKind::source_missing);

  source.trees["https://git.example.com/shop"]["v1"] = {{"k8s/a.yaml", map_named("a", "own")}};
  desired = load_desired(request_for("dev"), source);
  REQUIRE(desired.has_value());
  CHECK(value_of(*desired, "applications/shop", "a") == "own");

  source.trees["https://git.example.com/shop"]["v1"] = {{"other/a.yaml", map_named("a", "own")}};
  desired = load_desired(request_for("dev"), source);
  REQUIRE(desired.has_value());
  CHECK_FALSE(stack_named(*desired, "applications/shop").manifests.has_value());
}

TEST_CASE("a selection keeps the rest rendered, and one that names nothing is an error") {
  Repositories source;
  source.trees["https://git.example.com/fleet"]["main"] = {{"reconcile.yaml", std::string(k_root)},
                                                           {"applications/shop/a.yaml", map_named("a", "1")},
                                                           {"applications/pay/a.yaml", map_named("b", "1")}};
  auto request = request_for("dev");
  request.stacks = {"applications/shop"};
  const auto desired = load_desired(request, source);
  REQUIRE(desired.has_value());
  CHECK(desired->stacks.size() == 2);
  CHECK_FALSE(desired->whole);
  CHECK(stack_named(*desired, "applications/pay").selected == Selected::no);
  request.stacks = {"applications/shob"};
  const auto wrong = load_desired(request, source);
  REQUIRE_FALSE(wrong.has_value());
  CHECK(format_error(wrong.error()).find("did you mean \"applications/shop\"?") != std::string::npos);
  CHECK_FALSE(load_desired(request_for("prod"), source).has_value());
  CHECK_FALSE(load_desired(request_for(""), source).has_value());
}
