// Whole repositories: testdata/stacks/<case>/{input,expected.json}.
#include "base/json.h"
#include "ports/memory_tree.h"
#include "stacks/load.h"
#include "tests/support/case_folders.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

Value texts(const std::vector<std::string>& items) {
  Value list = Value::list();
  for (const auto& item : items) list.append(item);
  return list;
}

std::string_view name_of(RendererKind kind) {
  return kind == RendererKind::plain ? "plain" : kind == RendererKind::helm ? "helm" : "kustomize";
}

/// Only what differs from the default is named, so that an expectation says what it is about.
Value describe(const Stack& stack) {
  Value value = Value::map({{"stack", stack.id.path()}, {"namespace", stack.namespace_}});
  if (!stack.cluster.empty()) value.set("cluster", stack.cluster);
  if (stack.path != stack.id.path()) value.set("path", stack.path);
  if (!stack.source.url.empty()) value.set("source", stack.source.url + " " + stack.source.ref);
  if (stack.renderer != RendererKind::plain) value.set("renderer", name_of(stack.renderer));
  if (!stack.bounds.team.empty()) {
    value.set("bounds", Value::map({{"team", stack.bounds.team},
                                    {"namespaces", texts(stack.bounds.namespaces)},
                                    {"clusterKinds", texts(stack.bounds.cluster_kinds)},
                                    {"serviceAccount", stack.bounds.service_account}}));
  }
  if (!stack.plain.include.empty()) value.set("include", texts(stack.plain.include));
  if (!stack.plain.exclude.empty()) value.set("exclude", texts(stack.plain.exclude));
  if (!stack.helm.is_null()) value.set("helm", stack.helm);
  if (!stack.kustomize.is_null()) value.set("kustomize", stack.kustomize);
  if (!stack.depends_on.empty()) value.set("dependsOn", texts(stack.depends_on));
  if (stack.suspended) value.set("suspended", *stack.suspended);
  if (stack.sync.automated == Enabled::no) value.set("automated", false);
  if (stack.sync.prune == Enabled::no) value.set("prune", false);
  if (stack.sync.self_heal == Enabled::no) value.set("selfHeal", false);
  for (const auto& rule : stack.ignore) {
    value.edit("ignore").append(rule.group + "/" + rule.kind + " " + rule.namespace_ + "/" + rule.name + " " +
                                format_json(texts(rule.pointers)) + " " + format_json(texts(rule.managers)));
  }
  value.set("origin", stack.origin.file);
  return value;
}

Value describe(const StackGraph& graph) {
  Value value = Value::map({{"layers", texts(graph.layers)}, {"stacks", Value::list()}});
  for (const auto& stack : graph.stacks) value.edit("stacks").append(describe(stack));
  for (const auto& broken : graph.broken) value.edit("broken").set(broken.id.path(), format_error(broken.error));
  for (const auto& [path, before] : graph.before) value.edit("before").set(path, texts(before));
  if (!graph.warnings.empty()) value.set("warnings", texts(graph.warnings));
  return value;
}

Value describe_all(const SourceTree& tree) {
  Budget budget;
  const auto repository = load_repository(tree, budget);
  if (!repository) return Value::map({{"error", format_error(repository.error())}});
  Value value = Value::map({{"fromConvention", repository->from_convention}});
  for (const auto& environment : repository->environments) {
    const auto graph = load_stacks(*repository, environment.name, tree, budget);
    value.edit("environments").set(environment.name, graph ? describe(*graph) : Value(format_error(graph.error())));
  }
  return value;
}

TEST_CASE("every repository of testdata/stacks is read as expected") {
  const auto cases = testing::load_case_folders("stacks");
  CHECK(cases.size() >= 4);
  for (const auto& folder : cases) {
    const auto tree = make_memory_tree(folder.files);
    CHECK_GOLDEN(folder, describe_all(*tree));
  }
}

TEST_CASE("reading a repository twice gives the same answer") {
  for (const auto& folder : testing::load_case_folders("stacks")) {
    const auto tree = make_memory_tree(folder.files);
    CHECK(describe_all(*tree) == describe_all(*tree));
  }
}

}  // namespace
}  // namespace reconciled
