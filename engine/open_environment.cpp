#include "engine/open_environment.h"

#include "base/suggest.h"

#include <algorithm>

namespace reconciled {
namespace {

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

/// Its own repository and ref where it names them, else the root's.
Result<OpenTree> open_own(const Environment& environment, const DesiredRequest& request, const OpenTree& root,
                          Source& source) {
  SourceRef ref = environment.source;
  if (ref.url.empty() && ref.ref.empty()) return root;
  if (ref.url.empty()) ref.url = request.local ? request.local->revision.url : request.root.url;
  if (ref.url == root.revision.url && ref.ref == root.revision.ref) return root;
  auto opened = open_ref(ref, source, request.deadline);
  if (!opened) return fail(std::move(opened).error().in("environment " + environment.name));
  return opened;
}

}  // namespace

Result<OpenTree> open_ref(const SourceRef& ref, Source& source, MonotonicTime deadline) {
  TRY_ASSIGN(Revision revision, source.resolve(ref, deadline));
  TRY_ASSIGN(auto tree, source.open(revision));
  return OpenTree{std::move(revision), std::move(tree)};
}

Result<OpenEnvironment> open_environment(const DesiredRequest& request, Source& source, Budget& budget) {
  OpenTree root;
  if (request.local) {
    root = *request.local;
  } else {
    TRY_ASSIGN(root, open_ref(request.root, source, request.deadline));
  }
  OpenEnvironment opened;
  TRY_ASSIGN(opened.repository, load_repository(*root.tree, budget));
  TRY_ASSIGN(const Environment* chosen, choose_environment(opened.repository, request.environment));
  opened.name = chosen->name;
  TRY_ASSIGN(opened.own, open_own(*chosen, request, root, source));
  if (opened.own.tree != root.tree) {
    TRY_ASSIGN(opened.repository,
               load_environment_repository(opened.repository, opened.name, *opened.own.tree, budget));
  }
  return opened;
}

}  // namespace reconciled
