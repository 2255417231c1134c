#include "engine/desired.h"

#include "base/suggest.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr int k_max_lock_rounds = 8;

Result<OpenTree> open_ref(const SourceRef& ref, Source& source, MonotonicTime deadline) {
  TRY_ASSIGN(Revision revision, source.resolve(ref, deadline));
  TRY_ASSIGN(auto tree, source.open(revision));
  return OpenTree{std::move(revision), std::move(tree)};
}

std::string names_of(const std::vector<Environment>& environments) {
  std::string names;
  for (const auto& environment : environments) names += (names.empty() ? "" : ", ") + environment.name;
  return names;
}

Result<const Environment*> choose_environment(const Repository& repository, const std::string& name) {
  const auto& all = repository.environments;
  if (name.empty()) {
    if (all.size() == 1) return &all.front();
    return fail(ErrorKind::usage,
                "the repository has " + std::to_string(all.size()) + " environments: " + names_of(all), {},
                "choose one with --environment");
  }
  const auto at = std::ranges::find(all, name, &Environment::name);
  if (at != all.end()) return &*at;
  std::vector<std::string> names;
  for (const auto& environment : all) names.push_back(environment.name);
  return fail(ErrorKind::usage, "there is no environment \"" + name + "\"" + did_you_mean(name, names),
              {.file = "reconcile.yaml"}, "the repository has " + names_of(all));
}

/// The tree that rules an environment: its own repository and ref where it names them, else the root's.
Result<OpenTree> open_environment(const Environment& environment, const DesiredRequest& request, const OpenTree& root,
                                  Source& source) {
  SourceRef ref = environment.source;
  if (ref.url.empty() && ref.ref.empty()) return root;
  if (ref.url.empty()) ref.url = request.local ? request.local->revision.url : request.root.url;
  if (ref.url == root.revision.url && ref.ref == root.revision.ref) return root;
  auto opened = open_ref(ref, source, request.deadline);
  if (!opened) return fail(std::move(opened).error().in("environment " + environment.name));
  return opened;
}

bool selected(const Stack& stack, const DesiredRequest& request) {
  const bool layer =
      request.layers.empty() || std::ranges::find(request.layers, stack.id.layer) != request.layers.end();
  const bool name = request.stacks.empty() || std::ranges::any_of(request.stacks, [&](const std::string& pattern) {
                      return matches_pattern(pattern, stack.id.path());
                    });
  return layer && name;
}

/// A selection that names something which is not there is a mistake, never "nothing to do".
Status check_selection(const DesiredRequest& request, const StackGraph& graph) {
  std::vector<std::string> paths;
  for (const auto& stack : graph.stacks) paths.push_back(stack.id.path());
  for (const auto& broken : graph.broken) paths.push_back(broken.id.path());
  for (const auto& pattern : request.stacks) {
    const bool found =
        std::ranges::any_of(paths, [&](const std::string& path) { return matches_pattern(pattern, path); });
    if (!found) {
      return fail(
          ErrorKind::usage,
          "no stack is named \"" + pattern + "\" in environment " + graph.environment + did_you_mean(pattern, paths),
          {}, "stacks are named layer/stack");
    }
  }
  for (const auto& layer : request.layers) {
    if (std::ranges::find(graph.layers, layer) == graph.layers.end()) {
      return fail(ErrorKind::usage, "there is no layer \"" + layer + "\"" + did_you_mean(layer, graph.layers));
    }
  }
  return {};
}

/// lock: pins everything the render depends on.
Result<InputSet> lock_inputs(const Stack& stack, const OpenTree& environment, Source& source, MonotonicTime deadline) {
  OpenTree own = environment;
  InputSet inputs{.stack = stack,
                  .files = nullptr,
                  .overlay = nullptr,
                  .files_origin = stack.path,
                  .overlay_origin = stack.overlay_path,
                  .digest = {}};
  if (!stack.source.url.empty()) {
    TRY_ASSIGN(own, open_ref(stack.source, source, deadline));
    inputs.files_origin = join_path(own.revision.url + "@" + own.revision.commit.substr(0, 12), stack.path);
    TRY_ASSIGN(const auto entry, own.tree->stat(stack.path));
    if (!entry || entry->kind != TreeEntry::Kind::folder) {
      return fail(ErrorKind::source_missing,
                  "the repository " + own.revision.url + " has no folder \"" + stack.path + "\" at " +
                      own.revision.commit.substr(0, 12),
                  stack.origin, "correct source.path");
    }
  }
  inputs.files = make_subtree(own.tree, stack.path);
  inputs.overlay = make_subtree(environment.tree, stack.overlay_path);
  if (!stack.source.url.empty()) TRY(settle_renderer(inputs.stack, *inputs.files, *inputs.overlay));
  if (inputs.stack.renderer == RendererKind::plain) inputs.files = make_overlay_tree(inputs.files, inputs.overlay);
  TRY_ASSIGN(inputs.digest, digest_inputs(inputs));
  return inputs;
}

}  // namespace

Result<ManifestSet> render_stack(const Stack& stack, const OpenTree& environment, Source& source, const Limits& limits,
                                 MonotonicTime deadline) {
  for (int round = 0; round < k_max_lock_rounds; ++round) {
    auto inputs = lock_inputs(stack, environment, source, deadline);
    if (!inputs) return fail(std::move(inputs).error().in("lock " + stack.id.path()));
    Budget budget(limits);
    auto outcome = renderer_for(inputs->stack.renderer).render(*inputs, budget);
    if (!outcome) return fail(std::move(outcome).error().in("render " + stack.id.path()));
    if (auto* manifests = std::get_if<ManifestSet>(&*outcome)) return std::move(*manifests);
    for (const auto& ref : std::get<Missing>(*outcome).refs) TRY(source.resolve(ref, deadline));
  }
  return fail(ErrorKind::limit, "rendering asked for further inputs " + std::to_string(k_max_lock_rounds) + " times",
              stack.origin);
}

Result<Desired> load_desired(const DesiredRequest& request, Source& source) {
  OpenTree root;
  if (request.local) {
    root = *request.local;
  } else {
    TRY_ASSIGN(root, open_ref(request.root, source, request.deadline));
  }
  Budget budget(request.limits);
  Desired desired;
  TRY_ASSIGN(desired.repository, load_repository(*root.tree, budget));
  TRY_ASSIGN(const Environment* chosen, choose_environment(desired.repository, request.environment));
  const std::string name = chosen->name;
  TRY_ASSIGN(const OpenTree own, open_environment(*chosen, request, root, source));
  if (own.tree != root.tree) {
    // The root file of the environment's own ref is the one that rules.
    TRY_ASSIGN(desired.repository, load_environment_repository(desired.repository, name, *own.tree, budget));
  }
  desired.revision = own.revision;
  TRY_ASSIGN(desired.graph, load_stacks(desired.repository, name, *own.tree, budget));
  TRY(check_selection(request, desired.graph));
  for (const auto& stack : desired.graph.stacks) {
    // What is not selected is rendered, too: an object that moved there must not be taken for one that nobody wants.
    const Selected chosen_too = selected(stack, request) ? Selected::yes : Selected::no;
    desired.whole = desired.whole && chosen_too == Selected::yes;
    desired.stacks.push_back({stack, render_stack(stack, own, source, request.limits, request.deadline), chosen_too});
  }
  return desired;
}

}  // namespace reconciled
