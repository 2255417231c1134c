// reconcile.yaml, the root file of a repository, or the convention that stands for it.
#include "base/kind_name.h"
#include "base/suggest.h"
#include "stacks/conventions/document.h"
#include "stacks/conventions/layers.h"
#include "stacks/conventions/names.h"
#include "stacks/conventions/shared_keys.h"
#include "stacks/load.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

constexpr std::string_view k_root_file = "reconcile.yaml";
constexpr std::size_t k_max_layers = 256;
constexpr std::size_t k_max_named = 10'000;  // environments, teams

constexpr std::array<std::string_view, 6> k_root_keys{"apiVersion",   "kind",  "layers",
                                                      "environments", "teams", "defaults"};
constexpr std::array<std::string_view, 8> k_layer_keys{"after",     "namespace",    "helm", "kustomize",
                                                       "variables", "substitution", "sync", "ignore"};
constexpr std::array<std::string_view, 11> k_environment_keys{"cluster",      "layers", "ref",       "source",
                                                              "namespace",    "helm",   "kustomize", "variables",
                                                              "substitution", "sync",   "ignore"};
constexpr std::array<std::string_view, 2> k_environment_source_keys{"repository", "ref"};
constexpr std::array<std::string_view, 4> k_team_keys{"stacks", "namespaces", "serviceAccount", "clusterKinds"};

std::string quote(std::string_view text) {
  return '"' + std::string(text) + '"';
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& named) {
  std::vector<std::string> names;
  for (const auto& item : named) names.push_back(item.name);
  return names;
}

Status check_name(const std::string& name, const Node& node, std::string_view what) {
  if (is_dns_label(name)) return {};
  return fail(node.error(quote(name) + " is no name of " + std::string(what),
                         "a name has lower-case letters, digits and \"-\", at most 63"));
}

Result<std::vector<Layer>> read_layers(const Node& node) {
  constexpr std::string_view k_hint =
      "write \"layers: {bootstrap: {}, applications: {after: [bootstrap]}}\", or leave the key out for the six usual "
      "layers";
  if (!node.value().is_map()) {
    return fail(
        node.error("this is " + std::string(kind_name(node.value())) + ", not a map of layers", std::string(k_hint)));
  }
  if (node.value().size() == 0) return fail(node.error("there is no layer", std::string(k_hint)));
  if (node.value().size() > k_max_layers)
    return fail(node.error("there are more than " + std::to_string(k_max_layers) + " layers"));
  TRY_ASSIGN(const auto all, node.entries());
  std::vector<Layer> layers;
  std::vector<std::string> names;
  for (const auto& [name, inner] : all) names.push_back(name);
  for (const auto& [name, inner] : all) {
    TRY(check_name(name, inner, "a layer"));
    if (name == "environments")
      return fail(
          inner.error("a layer cannot be called \"environments\"", "that folder holds the files of environments"));
    TRY(inner.check_keys(k_layer_keys));
    Layer layer{name, {}, {}};
    if (const auto after = inner.find("after")) {
      TRY_ASSIGN(layer.after, after->texts());
      TRY_ASSIGN(const auto each, after->items());
      for (std::size_t i = 0; i < each.size(); ++i) {
        if (std::ranges::find(names, layer.after[i]) != names.end()) continue;
        return fail(each[i].error("there is no layer " + quote(layer.after[i]) + did_you_mean(layer.after[i], names)));
      }
    }
    TRY_ASSIGN(layer.defaults, read_shared_keys(inner));
    layers.push_back(std::move(layer));
  }
  auto order = order_layers(std::move(layers));
  if (!order.cycle.empty()) {
    return fail(
        node.find(order.cycle[0])
            ->error("the layers wait for each other: " + format_cycle(order.cycle), "remove one of these \"after\""));
  }
  return std::move(order.layers);
}

Status read_environment_source(const Node& node, SourceRef& source) {
  TRY(node.check_keys(k_environment_source_keys));
  if (const auto url = node.find("repository")) {
    TRY_ASSIGN(source.url, url->text());
    if (const auto fault = fault_of_url(source.url); !fault.why.empty()) {
      return fail(url->error(std::string(fault.why), std::string(fault.hint),
                             fault.credentials ? ErrorKind::policy : ErrorKind::render));
    }
  }
  if (const auto ref = node.find("ref")) {
    TRY_ASSIGN(source.ref, ref->text());
    if (const auto fault = fault_of_ref(source.ref); !fault.empty())
      return fail(ref->error("the ref " + std::string(fault), "write a branch, a tag or a commit"));
  }
  return {};
}

Result<Environment> read_environment(const std::string& name, const Node& node,
                                     const std::vector<std::string>& layers) {
  TRY(check_name(name, node, "an environment"));
  TRY(node.check_keys(k_environment_keys));
  Environment environment;
  environment.name = name;
  if (const auto cluster = node.find("cluster")) {
    TRY_ASSIGN(environment.cluster, cluster->text());
    TRY(check_name(environment.cluster, *cluster, "a cluster"));
  }
  if (const auto chosen = node.find("layers")) {
    TRY_ASSIGN(environment.layers, chosen->texts());
    if (environment.layers.empty())
      return fail(chosen->error("the environment has no layer", "leave the key out for all layers"));
    TRY_ASSIGN(const auto each, chosen->items());
    for (std::size_t i = 0; i < each.size(); ++i) {
      if (std::ranges::find(layers, environment.layers[i]) != layers.end()) continue;
      return fail(each[i].error("there is no layer " + quote(environment.layers[i]) +
                                did_you_mean(environment.layers[i], layers)));
    }
  }
  if (const auto source = node.find("source")) TRY(read_environment_source(*source, environment.source));
  if (const auto ref = node.find("ref")) {
    if (!environment.source.ref.empty())
      return fail(ref->error("both ref and source.ref are given", "keep one of them"));
    TRY_ASSIGN(environment.source.ref, ref->text());
    if (const auto fault = fault_of_ref(environment.source.ref); !fault.empty())
      return fail(ref->error("the ref " + std::string(fault), "write a branch, a tag or a commit"));
  }
  TRY_ASSIGN(environment.defaults, read_shared_keys(node));
  return environment;
}

/// A pattern that names a layer that is not there would quietly leave a stack without bounds, so it is refused.
Status check_stack_pattern(const Node& node, const std::string& pattern, const std::vector<std::string>& layers) {
  const auto slash = pattern.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == pattern.size() ||
      pattern.find('/', slash + 1) != std::string::npos) {
    return fail(node.error(quote(pattern) + " is no stack",
                           "write layer/stack; \"*\" stands for any characters: applications/shop-*"));
  }
  const std::string layer = pattern.substr(0, slash);
  if (std::ranges::any_of(layers, [&](const auto& name) { return matches_pattern(layer, name); })) return {};
  return fail(node.error("there is no layer " + quote(layer) + did_you_mean(layer, layers)));
}

Result<Team> read_team(const std::string& name, const Node& node, const std::vector<std::string>& layers) {
  TRY(check_name(name, node, "a team"));
  TRY(node.check_keys(k_team_keys));
  Team team;
  team.name = name;
  team.bounds.team = name;
  const auto stacks = node.find("stacks");
  const auto namespaces = node.find("namespaces");
  if (!stacks) return fail(node.error("the team has no stacks", "add \"stacks: [layer/stack]\""));
  if (!namespaces)
    return fail(node.error("the team has no namespaces", "add \"namespaces: [pattern]\"; \"*\" alone stands for all"));
  TRY_ASSIGN(team.stacks, stacks->texts());
  TRY_ASSIGN(const auto each, stacks->items());
  for (std::size_t i = 0; i < each.size(); ++i) TRY(check_stack_pattern(each[i], team.stacks[i], layers));
  TRY_ASSIGN(team.bounds.namespaces, namespaces->texts());
  TRY_ASSIGN(const auto patterns, namespaces->items());
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    std::string sample = team.bounds.namespaces[i];
    std::ranges::replace(sample, '*', 'x');
    if (!is_dns_label(sample))
      return fail(patterns[i].error(quote(team.bounds.namespaces[i]) + " is no pattern of namespaces",
                                    "lower-case letters, digits, \"-\" and \"*\": shop-*"));
  }
  if (const auto kinds = node.find("clusterKinds")) {
    TRY_ASSIGN(team.bounds.cluster_kinds, kinds->texts());
  }
  if (const auto account = node.find("serviceAccount")) {
    TRY_ASSIGN(team.bounds.service_account, account->text());
    TRY(check_name(team.bounds.service_account, *account, "a service account"));
  }
  return team;
}

/// Without a word in the root file: the folders below `environments/`, or one named "default".
Result<std::vector<Environment>> find_environments(const SourceTree& tree, Budget& budget) {
  std::vector<Environment> environments;
  TRY_ASSIGN(const auto folder, tree.stat("environments"));
  if (folder && folder->kind == TreeEntry::Kind::folder) {
    TRY_ASSIGN(const auto entries, tree.list("environments"));
    for (const auto& entry : entries) {
      if (!budget.step()) return fail(budget.error("looking for environments"));
      if (entry.kind != TreeEntry::Kind::folder || entry.name.starts_with('.')) continue;
      if (!is_dns_label(entry.name)) {
        return fail(ErrorKind::render, quote(entry.name) + " is no name of an environment",
                    {.file = "environments/" + entry.name},
                    "a name has lower-case letters, digits and \"-\", at most 63; rename the folder");
      }
      environments.push_back({.name = entry.name, .cluster = {}, .layers = {}, .source = {}, .defaults = {}});
    }
  }
  if (environments.empty())
    environments.push_back({.name = "default", .cluster = {}, .layers = {}, .source = {}, .defaults = {}});
  return environments;
}

}  // namespace

Result<Repository> load_repository(const SourceTree& tree, Budget& budget) {
  Repository repository;
  TRY_ASSIGN(const auto file, read_convention_file(tree, std::string(k_root_file), "Repository", budget));
  if (!file) {
    repository.from_convention = true;
    repository.layers = order_layers(default_layers()).layers;
    TRY_ASSIGN(repository.environments, find_environments(tree, budget));
    return repository;
  }
  const Node root(*file);
  TRY(root.check_keys(k_root_keys));
  repository.layers = order_layers(default_layers()).layers;
  if (const auto layers = root.find("layers")) {
    TRY_ASSIGN(repository.layers, read_layers(*layers));
  }
  const auto layer_names = names_of(repository.layers);
  if (const auto environments = root.find("environments")) {
    TRY_ASSIGN(const auto all, environments->entries());
    if (all.empty() || all.size() > k_max_named)
      return fail(environments->error("there must be between 1 and 10000 environments",
                                      "leave the key out to take the folders below environments/"));
    for (const auto& [name, node] : all) {
      TRY_ASSIGN(auto environment, read_environment(name, node, layer_names));
      repository.environments.push_back(std::move(environment));
    }
  } else {
    TRY_ASSIGN(repository.environments, find_environments(tree, budget));
  }
  if (const auto teams = root.find("teams")) {
    TRY_ASSIGN(const auto all, teams->entries());
    if (all.size() > k_max_named) return fail(teams->error("there are more than 10000 teams"));
    for (const auto& [name, node] : all) {
      TRY_ASSIGN(auto team, read_team(name, node, layer_names));
      repository.teams.push_back(std::move(team));
    }
  }
  if (const auto defaults = root.find("defaults")) {
    TRY(defaults->check_keys(k_shared_keys));
    TRY_ASSIGN(repository.defaults, read_shared_keys(*defaults));
  }
  return repository;
}

Result<Repository> load_environment_repository(const Repository& root, std::string_view environment,
                                               const SourceTree& tree, Budget& budget) {
  TRY_ASSIGN(const auto own, tree.stat(k_root_file));
  if (!own) return root;
  TRY_ASSIGN(auto repository, load_repository(tree, budget));
  if (std::ranges::find(repository.environments, environment, &Environment::name) == repository.environments.end()) {
    return fail(
        ErrorKind::render,
        "the root file of the environment's own tree does not define " + quote(environment) +
            did_you_mean(environment, names_of(repository.environments)),
        {.file = std::string(k_root_file)},
        "add it below \"environments\" at this ref: the root file of the environment's own ref is the one that rules");
  }
  return repository;
}

}  // namespace reconciled
