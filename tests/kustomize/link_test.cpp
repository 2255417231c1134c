// Symbolic links of a folder: followed as kustomize follows them, and only in trees that say where they lead.
#include "ports/memory_tree.h"
#include "renderers/kustomize/build.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace reconciled;

namespace {

/// Builds /root/app of a tree with a base beside it; links by path.
Result<std::string> build(const std::string& file, const std::map<std::string, std::string>& links,
                          kustomize::LoadRestriction restriction = kustomize::LoadRestriction::root_only) {
  const std::string object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n";
  std::map<std::string, MemoryEntry> entries{
      {"root/app/kustomization.yaml", {.content = file}},
      {"root/app/real.yaml", {.content = object}},
      {"root/base/kustomization.yaml", {.content = "resources: [c.yaml]\n"}},
      {"root/base/c.yaml", {.content = object}},
  };
  for (const auto& [path, target] : links) entries[path] = {.kind = TreeEntry::Kind::symlink, .content = target};
  Budget budget;
  kustomize::BuildOptions options;
  options.restriction = restriction;
  const kustomize::NoRemotes remotes;
  return kustomize::build_text({make_entry_tree(std::move(entries)), ""}, "/root/app", options, remotes, budget).output;
}

const std::string k_built = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n";

}  // namespace

TEST_CASE("links to folders and to files of the own folder are followed") {
  CHECK(build("resources: [link]\n", {{"root/app/link", "../base"}}) == k_built);
  CHECK(build("resources: [link]\n", {{"root/app/link", "/root/base"}}) == k_built);
  CHECK(build("resources: [a/b]\n", {{"root/app/a", "../x"}, {"root/x/b", "../base/."}}) == k_built);
  CHECK(build("resources: [link.yaml]\n", {{"root/app/link.yaml", "real.yaml"}}) == k_built);
}

TEST_CASE("a file that a link brings from elsewhere is not in or below the folder") {
  const std::map<std::string, std::string> links{{"root/app/f", "../base/c.yaml"}, {"root/app/d", "../base"}};
  CHECK(build("resources: [f]\n", links).error().message ==
        "accumulating resources: accumulation err='accumulating resources from 'f': security; file '/root/app/f' is "
        "not in or below '/root/app'': must build at directory: '/root/app/f': file is not directory");
  CHECK(build("configMapGenerator: [{name: x, files: [d/c.yaml]}]\n", links).error().message ==
        "loading KV pairs: file sources: [d/c.yaml]: security; file '/root/app/d/c.yaml' is not in or below "
        "'/root/app'");
  CHECK(build("resources: [f]\n", links, kustomize::LoadRestriction::none) == k_built);
}

TEST_CASE("links that lead nowhere, in circles or back are errors with kustomize's texts") {
  const auto message = [](const std::string& target) {
    return build("resources: [link]\n", {{"root/app/link", target}, {"root/loop", "loop"}}).error().message;
  };
  CHECK(message("nothing") ==
        "accumulating resources: accumulation err='accumulating resources from 'link': evalsymlink failure on "
        "'/root/app/link' : lstat /root/app/nothing: no such file or directory': must build at directory: not a valid "
        "directory: evalsymlink failure on '/root/app/link' : lstat /root/app/nothing: no such file or directory");
  CHECK(message("../loop").find("evalsymlink failure on '/root/app/link' : EvalSymlinks: too many links") !=
        std::string::npos);
  CHECK(message("real.yaml/x").find("evalsymlink failure on '/root/app/link' : not a directory'") != std::string::npos);
  CHECK(message("../app").find("cycle detected: candidate root '/root/app' contains visited root '/root/app'") !=
        std::string::npos);
  CHECK(message("../../../etc").find("lies outside of what this build may read") != std::string::npos);
}

TEST_CASE("a kustomization file that is a link out of its folder is none") {
  Budget budget;
  const kustomize::NoRemotes remotes;
  const kustomize::Place place{
      make_entry_tree({{"app/kustomization.yaml", {.kind = TreeEntry::Kind::symlink, .content = "../k.yaml"}},
                       {"k.yaml", {.content = "namePrefix: a\n"}}}),
      ""};
  CHECK(kustomize::build_text(place, "app", {}, remotes, budget).output.error().message ==
        "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '/app'");
}

TEST_CASE("links of other trees are not followed") {
  Budget budget;
  const kustomize::NoRemotes remotes;
  const kustomize::Place place{make_entry_tree({{"app/kustomization.yaml", {.content = "resources: [link]\n"}},
                                                {"app/link", {.kind = TreeEntry::Kind::symlink}}}),
                               ""};
  const auto built = kustomize::build_text(place, "app", {}, remotes, budget).output;
  CHECK(built.error().message.find("'/app/link': is a symbolic link; links are never followed") != std::string::npos);
}
