// Builds written as one file a resource.
#include "ports/memory_tree.h"
#include "renderers/kustomize/build.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

Result<std::vector<kustomize::OutputFile>> build(const std::string& resources) {
  Budget budget;
  const kustomize::NoRemotes remotes;
  const kustomize::Place place{
      make_memory_tree({{"app/kustomization.yaml", "resources: [r.yaml]\n"}, {"app/r.yaml", resources}}), ""};
  return kustomize::build_files(place, "app", {}, remotes, budget).output;
}

std::string names(const std::vector<kustomize::OutputFile>& files) {
  std::string text;
  for (const auto& file : files) text += file.name + " ";
  return text;
}

}  // namespace

TEST_CASE("files are named by group, version, kind and name, and by namespace where there are several") {
  const std::string here =
      "kind: ConfigMap\napiVersion: v1\nmetadata: {name: 'We:ird'}\n---\n"
      "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: Sys}\n";
  const auto one = build(here);
  REQUIRE(one);
  CHECK(names(*one) == "rbac.authorization.k8s.io_v1_clusterrole_sys.yaml v1_configmap_we:ird.yaml ");
  CHECK(one->back().text == "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: We:ird\n");
  const auto two = build(here + "---\nkind: NoVersion\nmetadata: {name: d, namespace: Foo}\n");
  REQUIRE(two);
  CHECK(names(*two) ==
        "rbac.authorization.k8s.io_v1_clusterrole_sys.yaml default_v1_configmap_we:ird.yaml foo_noversion_d.yaml ");
}

TEST_CASE("a name that would lead out of the folder is refused") {
  const auto built = build("kind: A\nmetadata: {name: ../../etc/x}\n");
  REQUIRE_FALSE(built);
  CHECK(built.error().message ==
        "A.[noVer].[noGrp]/../../etc/x.[noNs] cannot be a file of its own: \"a_../../etc/x.yaml\" has a slash");
}
