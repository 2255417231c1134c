#include "stacks/conventions/stack_folders.h"

#include "base/suggest.h"
#include "stacks/conventions/names.h"
#include "stacks/file_names.h"

#include <algorithm>
#include <map>

namespace reconciled {
namespace {

std::string quote(std::string_view text) {
  return '"' + std::string(text) + '"';
}

/// What every step of the search needs.
struct Search {
  const SourceTree& tree;
  const PathPatterns& ignored;
  const Environment& environment;
  Budget& budget;
  StackMemory* memory;  // may be null
  StackFolders found;
};

Result<bool> is_ignored(Search& search, const std::string& path, TreeEntry::Kind kind) {
  return search.ignored.matches(path, kind == TreeEntry::Kind::folder ? PathKind::folder : PathKind::file,
                                search.budget);
}

Result<bool> look_into(Search& search, const std::string& path) {
  TRY_ASSIGN(const auto entries, search.tree.list(path));
  for (const auto& entry : entries) {
    if (!search.budget.step()) return fail(search.budget.error("looking for stacks", {.file = path}));
    TRY_ASSIGN(const bool ignored, is_ignored(search, join_path(path, entry.name), entry.kind));
    if (!ignored) return true;
  }
  return false;
}

/// Whether a folder holds anything that is not ignored.
Result<bool> holds_anything(Search& search, const std::string& path) {
  if (search.memory == nullptr) return look_into(search, path);
  TRY_ASSIGN(const bool* known, search.memory->filled.find(path, search.tree));
  if (known != nullptr) return *known;
  TRY_ASSIGN(const bool anything, look_into(search, path));
  TRY(search.memory->filled.keep(path, {path}, search.tree, anything));
  return anything;
}

enum class LayerFolder : bool { own, overlay };

void add_broken(Search& search, const std::string& layer, const std::string& name, std::string message,
                std::string file, std::string hint) {
  search.found.broken.push_back(
      {{search.environment.name, layer, name},
       Error(ErrorKind::render, std::move(message), {.file = std::move(file)}, std::move(hint))});
}

/// Names of the stack folders in a layer's folder.
Result<std::vector<std::string>> list_layer(Search& search, const std::string& layer, const std::string& folder,
                                            LayerFolder which) {
  std::vector<std::string> names;
  TRY_ASSIGN(const auto self, search.tree.stat(folder));
  if (!self) return names;
  TRY_ASSIGN(const bool layer_ignored, is_ignored(search, folder, self->kind));
  if (layer_ignored) return names;
  if (self->kind != TreeEntry::Kind::folder) {
    return fail(ErrorKind::render,
                "the layer " + quote(layer) + " is not a folder; links and submodules are never followed",
                {.file = folder}, "put the folders of its stacks there, or name it in .sourceignore");
  }
  TRY_ASSIGN(const auto entries, search.tree.list(folder));
  for (const auto& entry : entries) {
    if (!search.budget.step()) return fail(search.budget.error("looking for stacks", {.file = folder}));
    const std::string path = join_path(folder, entry.name);
    if (entry.name.starts_with('.')) continue;
    TRY_ASSIGN(const bool ignored, is_ignored(search, path, entry.kind));
    if (ignored) continue;
    if (entry.kind == TreeEntry::Kind::file) {
      if (is_manifest_name(entry.name))
        search.found.warnings.push_back(path + " lies in no stack and is not read; put it into a folder of its own");
      continue;
    }
    if (entry.kind != TreeEntry::Kind::folder) {
      add_broken(search, layer, entry.name,
                 entry.kind == TreeEntry::Kind::symlink ? "the stack is a symbolic link; links are never followed"
                                                        : "the stack is a submodule; submodules are never fetched",
                 path, "put the files there, or give the stack a source of its own in its stack.yaml");
      continue;
    }
    if (!is_stack_name(entry.name)) {
      add_broken(search, layer, entry.name, quote(entry.name) + " is no name of a stack", path,
                 "a name has letters, digits, \"-\", \"_\" and \".\", at most 63; rename the folder, or name it in "
                 ".sourceignore");
      continue;
    }
    TRY_ASSIGN(const bool anything, holds_anything(search, path));
    if (anything || which == LayerFolder::overlay) names.push_back(entry.name);
  }
  return names;
}

/// Folders that look like a layer or an environment and are none.
Status warn_of_strays(Search& search, const std::string& folder, const std::vector<std::string>& expected,
                      std::string_view what) {
  TRY_ASSIGN(const auto self, search.tree.stat(folder));
  if (!self || self->kind != TreeEntry::Kind::folder) return {};
  TRY_ASSIGN(const auto entries, search.tree.list(folder));
  for (const auto& entry : entries) {
    if (entry.kind != TreeEntry::Kind::folder || entry.name.starts_with('.') ||
        std::ranges::find(expected, entry.name) != expected.end())
      continue;
    const std::string path = join_path(folder, entry.name);
    TRY_ASSIGN(const bool ignored, is_ignored(search, path, entry.kind));
    const auto suggestion = did_you_mean(entry.name, expected);
    // In the root, folders such as docs/ are nobody's business; only a misspelled layer is.
    if (ignored || (folder.empty() && (suggestion.empty() || entry.name == "environments"))) continue;
    search.found.warnings.push_back(path + " is " + std::string(what) + " and is not read" + suggestion);
  }
  return {};
}

}  // namespace

Result<StackFolders> find_stack_folders(const Repository& repository, const Environment& environment,
                                        const std::vector<std::string>& layers, const SourceTree& tree,
                                        const PathPatterns& ignored, Budget& budget, StackMemory* memory) {
  Search search{tree, ignored, environment, budget, memory, {}};
  std::vector<std::string> all_layers;
  std::vector<std::string> all_environments;
  for (const auto& layer : repository.layers) all_layers.push_back(layer.name);
  for (const auto& known : repository.environments) all_environments.push_back(known.name);

  for (const auto& layer : all_layers) {
    const bool chosen = std::ranges::find(layers, layer) != layers.end();
    StackFolders kept = search.found;
    TRY_ASSIGN(const auto own, list_layer(search, layer, layer, LayerFolder::own));
    for (const auto& name : own) search.found.known.insert(join_path(layer, name));
    if (!chosen) {  // what is wrong in a layer of other environments is reported there
      search.found.broken = std::move(kept.broken);
      search.found.warnings = std::move(kept.warnings);
      continue;
    }
    TRY_ASSIGN(const auto overlays,
               list_layer(search, layer, "environments/" + environment.name + "/" + layer, LayerFolder::overlay));
    std::map<std::string, StackFolder> merged;
    for (const auto& name : own) merged[name] = {layer, name, true, false};
    for (const auto& name : overlays) {
      auto& folder = merged[name];
      folder.layer = layer;
      folder.name = name;
      folder.has_overlay = true;
    }
    for (auto& [name, folder] : merged) search.found.folders.push_back(std::move(folder));
  }
  TRY(warn_of_strays(search, "", all_layers, "no layer"));
  TRY(warn_of_strays(search, "environments", all_environments, "no environment of reconcile.yaml"));
  TRY(warn_of_strays(search, "environments/" + environment.name, layers, "no layer of this environment"));
  return std::move(search.found);
}

}  // namespace reconciled
