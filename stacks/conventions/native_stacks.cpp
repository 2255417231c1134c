// The stacks of one environment, read from its tree.
#include "base/suggest.h"
#include "stacks/conventions/helm_block.h"
#include "stacks/conventions/layers.h"
#include "stacks/conventions/shared_keys.h"
#include "stacks/conventions/stack_file.h"
#include "stacks/conventions/stack_folders.h"
#include "stacks/conventions/stack_order.h"
#include "stacks/conventions/variables.h"
#include "stacks/file_names.h"
#include "stacks/helm_options.h"
#include "stacks/load.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::uint64_t k_max_ignore_file = 1U << 20;
constexpr std::string_view k_default_namespace = "default";  // as for the API server

std::string quote(std::string_view text) {
  return '"' + std::string(text) + '"';
}

/// What reading one stack needs.
struct Reading {
  const Repository& repository;
  const Environment& environment;
  std::shared_ptr<const SourceTree> tree;  // borrowed
  std::string source_ignore;
  Budget& budget;
  StackMemory* memory;  // may be null
};

/// The one or two files that speak of a stack.
struct StackFiles {
  std::optional<StackFile> own;
  std::optional<StackFile> overlay;
};

Result<StackFiles> read_stack_files(const Reading& reading, const StackFolder& folder,
                                    const std::string& overlay_path) {
  StackFiles files;
  const std::string own_path = join_path(folder.has_folder ? folder.path() : overlay_path, "stack.yaml");
  TRY_ASSIGN(files.own, read_stack_file(*reading.tree, own_path, StackFileRole::own, reading.budget));
  if (!folder.has_folder && !files.own) {
    return fail(ErrorKind::render, "there is no stack " + quote(folder.path()) + " to which this folder could add",
                {.file = overlay_path},
                "rename it after a stack, or give it a stack.yaml to make it a stack of this environment alone");
  }
  if (folder.has_folder && folder.has_overlay) {
    TRY_ASSIGN(files.overlay, read_stack_file(*reading.tree, join_path(overlay_path, "stack.yaml"),
                                              StackFileRole::overlay, reading.budget));
  }
  return files;
}

Result<bool> is_in_environment(const Reading& reading, const std::optional<StackFile>& own) {
  if (!own || !own->environments) return true;
  std::vector<std::string> known;
  for (const auto& environment : reading.repository.environments) known.push_back(environment.name);
  const auto node = own->root().find("environments");
  TRY_ASSIGN(const auto items, node->items());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& name = (*own->environments)[i];
    if (std::ranges::find(known, name) != known.end()) continue;
    return fail(items[i].error("there is no environment " + quote(name) + did_you_mean(name, known)));
  }
  return std::ranges::find(*own->environments, reading.environment.name) != own->environments->end();
}

/// The bounds of the team that the root file gives the stack to. `owner` chooses among several, and must be one of
/// them: a stack that a team's pattern names has that team's bounds whether it says so or not.
Result<Bounds> find_bounds(const Reading& reading, const StackId& id, const StackFiles& files) {
  const std::string owner = files.own ? files.own->owner : "";
  std::vector<const Team*> matching;
  std::vector<std::string> names;
  std::vector<std::string> known;
  for (const auto& team : reading.repository.teams) {
    known.push_back(team.name);
    if (std::ranges::none_of(team.stacks, [&](const auto& pattern) { return matches_pattern(pattern, id.path()); }))
      continue;
    matching.push_back(&team);
    names.push_back(team.name);
  }
  if (owner.empty()) {
    if (matching.empty()) return Bounds{};
    if (matching.size() == 1) return matching[0]->bounds;
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    return fail(ErrorKind::policy, "several teams may own " + id.path() + ": " + list,
                {.file = files.own ? files.own->file.path : id.path()}, "set \"owner\" in its stack.yaml");
  }
  const Node node = *files.own->root().find("owner");
  if (std::ranges::find(known, owner) == known.end()) {
    return fail(node.error("there is no team " + quote(owner) + did_you_mean(owner, known),
                           "define it below \"teams\" in reconcile.yaml", ErrorKind::policy));
  }
  const auto at = std::ranges::find(matching, owner, [](const Team* team) { return team->name; });
  if (at == matching.end()) {
    return fail(node.error("the team " + quote(owner) + " may not own " + id.path(),
                           "add the stack to teams." + owner + ".stacks in reconcile.yaml", ErrorKind::policy));
  }
  return (*at)->bounds;
}

Status set_namespace(Stack& stack, const Value& shared, const StackFiles& files) {
  Where where = stack.origin;
  for (const auto* file : {&files.overlay, &files.own}) {
    if (!*file) continue;
    if (const auto node = (*file)->root().find("namespace")) {
      where = node->where();
      break;
    }
  }
  const Value* release = stack.renderer == RendererKind::helm ? stack.helm.find("namespace") : nullptr;
  const Value* pattern = release != nullptr ? release : shared.find("namespace");
  if (pattern == nullptr) {
    stack.namespace_ = k_default_namespace;
  } else {
    TRY_ASSIGN(stack.namespace_, expand_namespace(pattern->as_string(), stack.id, stack.bounds.team, where));
  }
  if (stack.bounds.team.empty()) return {};
  const auto& allowed = stack.bounds.namespaces;
  if (std::ranges::any_of(allowed, [&](const auto& text) { return matches_pattern(text, stack.namespace_); }))
    return {};
  std::string list;
  for (const auto& text : allowed) list += (list.empty() ? "" : ", ") + text;
  return fail(ErrorKind::policy,
              "the namespace " + quote(stack.namespace_) + (pattern == nullptr ? " (none is set)" : "") +
                  " is outside of the bounds of team " + stack.bounds.team + ": " + list,
              where,
              "set namespace in stack.yaml to one that the team has, or widen teams." + stack.bounds.team +
                  ".namespaces in reconcile.yaml");
}

Status set_source(Stack& stack, const Reading& reading, const StackFiles& files, const StackFolder& folder) {
  std::optional<std::string> repository, ref, path;
  std::optional<Node> node;
  for (const auto* file : {&files.own, &files.overlay}) {
    if (!*file) continue;
    if ((*file)->repository) repository = (*file)->repository;
    if ((*file)->ref) ref = (*file)->ref;
    if ((*file)->path) path = (*file)->path;
    if (auto source = (*file)->root().find("source")) node = std::move(source);
  }
  if (ref && !repository) {
    return fail(node->error("the source has a ref and no repository",
                            "add source.repository; the ref of this repository is the environment's"));
  }
  if (repository) {
    stack.source = {*repository, ref.value_or("")};
    stack.path = path.value_or("");
    return {};
  }
  stack.path = path.value_or(folder.path());
  if (!path) return {};
  TRY_ASSIGN(const auto entry, reading.tree->stat(*path));
  if (!entry || entry->kind != TreeEntry::Kind::folder) {
    return fail(node->error("there is no folder " + quote(*path) + " in this repository",
                            "source.path is relative to the root of the repository"));
  }
  return {};
}

Status set_renderer(Stack& stack, const Reading& reading, const StackFiles& files, const Value& shared) {
  bool helm = false, kustomize = false;
  for (const auto* file : {&files.own, &files.overlay}) {
    if (!*file) continue;
    helm = helm || (*file)->shared.find("helm") != nullptr;
    kustomize = kustomize || (*file)->shared.find("kustomize") != nullptr;
    if ((*file)->renderer) stack.stated_renderer = (*file)->renderer;
  }
  if (helm && kustomize && !stack.stated_renderer) {
    return fail(ErrorKind::render, "two renderers at once: the stack has a helm block and a kustomize block",
                stack.origin, "remove one, or say which one with \"renderer\"");
  }
  stack.helm = shared["helm"];
  stack.kustomize = shared["kustomize"];
  if (kustomize)
    stack.implied_renderer = RendererKind::kustomize;
  else if (helm || stack.helm.find("chart") != nullptr)
    stack.implied_renderer = RendererKind::helm;
  if (stack.stated_renderer)
    stack.renderer = *stack.stated_renderer;
  else if (stack.implied_renderer)
    stack.renderer = *stack.implied_renderer;
  if (!stack.source.url.empty()) return {};
  return settle_renderer(stack, *make_subtree(reading.tree, stack.path),
                         *make_subtree(reading.tree, stack.overlay_path));
}

void set_plain(Stack& stack, const StackFiles& files) {
  for (const auto* file : {&files.own, &files.overlay}) {
    if (!*file) continue;
    if ((*file)->include) stack.plain.include = *(*file)->include;
    if ((*file)->exclude) stack.plain.exclude = *(*file)->exclude;
    if ((*file)->unsuspended) stack.suspended.reset();
    if ((*file)->suspended) stack.suspended = (*file)->suspended;
  }
}

/// Manifests beside a stack.yaml that takes its files from elsewhere are probably meant to be read.
Status warn_of_unread_files(const Stack& stack, const Reading& reading, const StackFolder& folder,
                            std::vector<std::string>& warnings) {
  const bool chart = stack.renderer == RendererKind::helm && stack.helm.find("chart") != nullptr;
  if (!folder.has_folder || (stack.path == folder.path() && !chart)) return {};
  const auto value_files = read_helm_block(stack.helm).value_files.value_or(std::vector<std::string>{});
  const std::string why = chart ? ": the chart is not this folder" : ": the stack has a source of its own";
  TRY_ASSIGN(const auto entries, reading.tree->list(folder.path()));
  for (const auto& entry : entries) {
    if (entry.name == "stack.yaml" || is_values_name(entry.name) || !is_manifest_name(entry.name)) continue;
    if (chart && std::ranges::find(value_files, entry.name) != value_files.end()) continue;
    warnings.push_back(join_path(folder.path(), entry.name) + " is not read" + why);
  }
  return {};
}

Result<StackFact> read_stack(const Reading& reading, const StackFolder& folder) {
  Stack stack;
  stack.id = {reading.environment.name, folder.layer, folder.name};
  stack.overlay_path = "environments/" + reading.environment.name + "/" + folder.path();
  TRY_ASSIGN(const auto files, read_stack_files(reading, folder, stack.overlay_path));
  TRY_ASSIGN(const bool here, is_in_environment(reading, files.own));
  if (!here) return StackFact{};
  stack.origin.file = files.own ? files.own->file.path : folder.path();
  stack.cluster = reading.environment.cluster;
  stack.source_ignore = reading.source_ignore;
  TRY_ASSIGN(stack.bounds, find_bounds(reading, stack.id, files));

  const auto layer = std::ranges::find(reading.repository.layers, folder.layer, &Layer::name);
  Value shared = merge_shared_keys(reading.repository.defaults, layer->defaults);
  shared = merge_shared_keys(shared, reading.environment.defaults);
  if (files.own) shared = merge_shared_keys(shared, files.own->shared);
  if (files.overlay) shared = merge_shared_keys(shared, files.overlay->shared);
  stack.sync = read_sync_policy(shared);
  stack.ignore = read_ignore_rules(shared);
  TRY_ASSIGN(stack.substitution, read_substitution(shared, stack.origin));
  if (files.own) stack.depends_on = files.own->depends_on;
  TRY(set_source(stack, reading, files, folder));
  TRY(set_renderer(stack, reading, files, shared));
  TRY(set_namespace(stack, shared, files));
  if (stack.renderer == RendererKind::helm) TRY(settle_release(stack));
  set_plain(stack, files);
  StackFact fact;
  TRY(warn_of_unread_files(stack, reading, folder, fact.warnings));
  fact.stack = std::move(stack);
  return fact;
}

/// The paths that a stack is read from: its folder, its overlay and where its files are.
std::vector<std::string> paths_of(const StackFact& fact, const Reading& reading, const StackFolder& folder) {
  std::vector<std::string> paths{folder.path(), "environments/" + reading.environment.name + "/" + folder.path()};
  const bool elsewhere = fact.stack && fact.stack->source.url.empty() && fact.stack->path != folder.path();
  if (elsewhere) paths.push_back(fact.stack->path);
  return paths;
}

/// The same from the memory, while nothing changed. What is wrong is read again: it is little.
Result<StackFact> recall_stack(const Reading& reading, const StackFolder& folder) {
  if (reading.memory == nullptr) return read_stack(reading, folder);
  TRY_ASSIGN(const StackFact* known, reading.memory->stacks.find(folder.path(), *reading.tree));
  if (known != nullptr) return *known;
  TRY_ASSIGN(StackFact fact, read_stack(reading, folder));
  TRY(reading.memory->stacks.keep(folder.path(), paths_of(fact, reading, folder), *reading.tree, fact));
  return fact;
}

/// Layers of the environment in the order of the repository.
std::vector<std::string> layers_of(const Repository& repository, const Environment& environment) {
  std::vector<std::string> layers;
  for (const auto& layer : repository.layers) {
    const bool chosen =
        environment.layers.empty() || std::ranges::find(environment.layers, layer.name) != environment.layers.end();
    if (chosen) layers.push_back(layer.name);
  }
  return layers;
}

/// A team's pattern without '*' that names no stack leaves a stack of nearly that name without bounds.
void warn_of_team_patterns(const Repository& repository, const StackFolders& found, StackGraph& graph) {
  std::vector<std::string> words(found.known.begin(), found.known.end());
  for (const auto& folder : found.folders) {
    if (!folder.has_folder) words.push_back(folder.path());
  }
  for (const auto& team : repository.teams) {
    for (const auto& pattern : team.stacks) {
      if (pattern.find('*') != std::string::npos || std::ranges::find(words, pattern) != words.end()) continue;
      const auto suggestion = did_you_mean(pattern, words);
      if (suggestion.empty()) continue;  // a stack that is still to come
      graph.warnings.push_back("reconcile.yaml: teams." + team.name + ".stacks names " + pattern +
                               ", which is no stack" + suggestion);
    }
  }
}

std::string list_layers(const std::vector<std::string>& layers) {
  std::string list;
  for (const auto& layer : layers) list += (list.empty() ? "" : ", ") + layer;
  return list;
}

}  // namespace

Result<StackGraph> load_stacks(const Repository& repository, std::string_view environment, const SourceTree& tree,
                               Budget& budget, StackMemory* memory) {
  const auto at = std::ranges::find(repository.environments, environment, &Environment::name);
  if (at == repository.environments.end()) {
    std::vector<std::string> known;
    for (const auto& item : repository.environments) known.push_back(item.name);
    return fail(ErrorKind::render, "there is no environment " + quote(environment) + did_you_mean(environment, known),
                {}, "the repository has: " + list_layers(known));
  }
  StackGraph graph;
  graph.environment = environment;
  graph.layers = layers_of(repository, *at);
  PathPatterns ignored;
  TRY_ASSIGN(const auto ignore_text, tree.read(".sourceignore", k_max_ignore_file));
  TRY(ignored.add_file("", ignore_text.value_or(""), ".sourceignore"));
  if (memory != nullptr) memory->begin(repository, environment, ignore_text.value_or(""));
  TRY_ASSIGN(auto found, find_stack_folders(repository, *at, graph.layers, tree, ignored, budget, memory));
  graph.broken = std::move(found.broken);
  graph.warnings = std::move(found.warnings);

  const Reading reading{repository, *at,   {std::shared_ptr<const void>(), &tree}, ignore_text.value_or(""),
                        budget,     memory};
  for (const auto& folder : found.folders) {
    if (!budget.step()) return fail(budget.error("reading stacks"));
    auto fact = recall_stack(reading, folder);
    if (!fact) {
      graph.broken.push_back({{graph.environment, folder.layer, folder.name}, std::move(fact.error())});
      continue;
    }
    graph.warnings.insert(graph.warnings.end(), fact->warnings.begin(), fact->warnings.end());
    if (fact->stack) graph.stacks.push_back(std::move(*fact->stack));
  }
  TRY(order_stacks(repository, found.known, graph, budget));
  std::ranges::sort(graph.broken, {}, &BrokenStack::id);
  warn_of_team_patterns(repository, found, graph);
  if (graph.stacks.empty() && graph.broken.empty()) {
    graph.warnings.push_back("there is no stack; a stack is a folder LAYER/NAME, and the layers are " +
                             list_layers(graph.layers));
  }
  return graph;
}

}  // namespace reconciled
