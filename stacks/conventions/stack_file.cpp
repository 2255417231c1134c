#include "stacks/conventions/stack_file.h"

#include "base/kind_name.h"
#include "base/suggest.h"
#include "stacks/conventions/names.h"
#include "stacks/conventions/shared_keys.h"
#include "stacks/path_patterns.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

constexpr std::array<std::string_view, 16> k_own_keys{
    "apiVersion", "kind", "owner",     "environments", "dependsOn",    "namespace", "source", "renderer",
    "plain",      "helm", "kustomize", "variables",    "substitution", "sync",      "ignore", "suspend"};
constexpr std::array<std::string_view, 12> k_overlay_keys{"apiVersion",   "kind", "namespace", "source",
                                                          "plain",        "helm", "kustomize", "variables",
                                                          "substitution", "sync", "ignore",    "suspend"};
constexpr std::array<std::string_view, 3> k_source_keys{"repository", "ref", "path"};
constexpr std::array<std::string_view, 2> k_plain_keys{"include", "exclude"};
constexpr std::array<std::string_view, 1> k_suspend_keys{"reason"};
constexpr std::array<std::string_view, 3> k_renderers{"plain", "helm", "kustomize"};

constexpr std::string_view k_bounds_why = "a stack cannot widen what its team may do";
constexpr std::string_view k_bounds_hint = "the root file reconcile.yaml sets it, below \"teams\" or \"environments\"";
constexpr std::array k_own_refused{
    RefusedKey{"cluster", k_bounds_why, k_bounds_hint},
    RefusedKey{"serviceAccount", k_bounds_why, k_bounds_hint},
    RefusedKey{"namespaces", k_bounds_why, k_bounds_hint},
    RefusedKey{"clusterKinds", k_bounds_why, k_bounds_hint},
    RefusedKey{"teams", k_bounds_why, k_bounds_hint},
    RefusedKey{"team", "the key is called \"owner\"", "write \"owner: TEAM\""},
    RefusedKey{"layers", "layers are the platform's", k_bounds_hint},
    RefusedKey{"layer", "the folder says which layer it is", "move the folder"},
};

constexpr std::string_view k_overlay_why = "the file of one environment changes settings, not what the stack is";
constexpr std::string_view k_overlay_hint = "set it in the stack.yaml of the stack's own folder";
constexpr std::array k_overlay_refused{
    RefusedKey{"owner", k_overlay_why, k_overlay_hint},     RefusedKey{"environments", k_overlay_why, k_overlay_hint},
    RefusedKey{"dependsOn", k_overlay_why, k_overlay_hint}, RefusedKey{"renderer", k_overlay_why, k_overlay_hint},
    RefusedKey{"cluster", k_bounds_why, k_bounds_hint},     RefusedKey{"serviceAccount", k_bounds_why, k_bounds_hint},
    RefusedKey{"namespaces", k_bounds_why, k_bounds_hint},  RefusedKey{"clusterKinds", k_bounds_why, k_bounds_hint},
};

Status read_source(const Node& node, StackFile& stack) {
  TRY(node.check_keys(k_source_keys));
  if (const auto url = node.find("repository")) {
    TRY_ASSIGN(auto text, url->text());
    if (const auto fault = fault_of_url(text); !fault.why.empty()) {
      return fail(url->error(std::string(fault.why), std::string(fault.hint),
                             fault.credentials ? ErrorKind::policy : ErrorKind::render));
    }
    stack.repository = std::move(text);
  }
  if (const auto ref = node.find("ref")) {
    TRY_ASSIGN(auto text, ref->text());
    if (const auto fault = fault_of_ref(text); !fault.empty())
      return fail(ref->error("the ref " + std::string(fault), "write a branch, a tag or a commit"));
    stack.ref = std::move(text);
  }
  if (const auto path = node.find("path")) {
    TRY_ASSIGN(const auto text, path->text());
    auto inside = normalise_path(text);
    if (!inside)
      return fail(path->error(inside.error().message, "write a folder relative to the root of the repository",
                              inside.error().kind));
    stack.path = std::move(*inside);
  }
  return {};
}

Result<std::vector<std::string>> read_patterns(const Node& node) {
  TRY_ASSIGN(auto texts, node.texts());
  TRY_ASSIGN(const auto each, node.items());
  PathPatterns patterns;
  for (std::size_t i = 0; i < texts.size(); ++i) TRY(patterns.add_pattern("", texts[i], each[i].where()));
  return texts;
}

Status read_plain(const Node& node, StackFile& stack) {
  TRY(node.check_keys(k_plain_keys));
  if (const auto include = node.find("include")) {
    TRY_ASSIGN(stack.include, read_patterns(*include));
  }
  if (const auto exclude = node.find("exclude")) {
    TRY_ASSIGN(stack.exclude, read_patterns(*exclude));
  }
  return {};
}

Status read_suspend(const Node& node, StackFile& stack) {
  if (node.value().is_bool()) {
    if (node.value().as_bool()) stack.suspended = "no reason is given";
    stack.unsuspended = !node.value().as_bool();
    return {};
  }
  if (!node.value().is_map())
    return fail(node.error("suspend is " + std::string(kind_name(node.value())),
                           "write \"suspend: true\" or \"suspend: {reason: why}\""));
  TRY(node.check_keys(k_suspend_keys));
  const auto reason = node.find("reason");
  if (!reason)
    return fail(node.error("suspend has no reason", "write \"suspend: true\" or \"suspend: {reason: why}\""));
  TRY_ASSIGN(stack.suspended, reason->text());
  return {};
}

Status read_depends_on(const Node& node, StackFile& stack) {
  TRY_ASSIGN(stack.depends_on, node.texts());
  TRY_ASSIGN(const auto each, node.items());
  for (std::size_t i = 0; i < each.size(); ++i) {
    const auto& path = stack.depends_on[i];
    const auto slash = path.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == path.size() ||
        path.find('/', slash + 1) != std::string::npos) {
      return fail(each[i].error('"' + path + "\" is no stack", "write layer/stack, for example platform/vault"));
    }
  }
  std::ranges::sort(stack.depends_on);
  return {};
}

Status read_renderer(const Node& node, StackFile& stack) {
  TRY_ASSIGN(const auto name, node.text());
  const auto at = std::ranges::find(k_renderers, name);
  if (at == k_renderers.end()) {
    const std::vector<std::string> words(k_renderers.begin(), k_renderers.end());
    return fail(node.error("unknown renderer \"" + name + '"' + did_you_mean(name, words),
                           "known are plain, helm and kustomize"));
  }
  stack.renderer = static_cast<RendererKind>(at - k_renderers.begin());
  return {};
}

}  // namespace

Result<std::optional<StackFile>> read_stack_file(const SourceTree& tree, const std::string& path, StackFileRole role,
                                                 Budget& budget) {
  TRY_ASSIGN(auto file, read_convention_file(tree, path, "Stack", budget));
  if (!file) return std::nullopt;
  StackFile stack;
  stack.file = std::move(*file);
  const Node root = stack.root();
  if (role == StackFileRole::own) {
    TRY(root.check_keys(k_own_keys, k_own_refused));
  } else {
    TRY(root.check_keys(k_overlay_keys, k_overlay_refused));
  }
  if (const auto node = root.find("owner")) {
    TRY_ASSIGN(stack.owner, node->text());
  }
  if (const auto node = root.find("environments")) {
    TRY_ASSIGN(stack.environments, node->texts());
    if (stack.environments->empty())
      return fail(node->error("the stack is in no environment",
                              "leave the key out for all environments, or suspend the stack"));
  }
  if (const auto node = root.find("dependsOn")) TRY(read_depends_on(*node, stack));
  if (const auto node = root.find("source")) TRY(read_source(*node, stack));
  if (const auto node = root.find("renderer")) TRY(read_renderer(*node, stack));
  if (const auto node = root.find("plain")) TRY(read_plain(*node, stack));
  if (const auto node = root.find("suspend")) TRY(read_suspend(*node, stack));
  TRY_ASSIGN(stack.shared, read_shared_keys(root));
  return std::optional(std::move(stack));
}

}  // namespace reconciled
