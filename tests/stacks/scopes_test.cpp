#include "stacks/manifest.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

Stack make_stack() {
  Stack stack;
  stack.id = {"prod", "applications", "shop"};
  stack.cluster = "main";
  stack.namespace_ = "shop-prod";
  return stack;
}

Stack make_team_stack() {
  Stack stack = make_stack();
  stack.bounds = {"shop", {"shop-*"}, {"PriorityClass", "storage.k8s.io/StorageClass", "Namespace"}, "shop"};
  return stack;
}

Manifest object(std::string_view api_version, std::string_view kind, std::string_view name,
                std::string_view namespace_ = "", std::uint32_t line = 1) {
  Value metadata = Value::map({{"name", name}});
  if (!namespace_.empty()) metadata.set("namespace", namespace_);
  auto manifest = make_manifest(Value::map({{"apiVersion", api_version}, {"kind", kind}, {"metadata", metadata}}),
                                {"applications/shop/x.yaml", line, 0}, "main");
  REQUIRE(manifest);
  return *manifest;
}

Manifest crd(std::string_view kind, std::string_view scope) {
  auto manifest = object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "things.acme.io");
  manifest.object.set("spec",
                      Value::map({{"group", "acme.io"}, {"scope", scope}, {"names", Value::map({{"kind", kind}})}}));
  return manifest;
}

ManifestSet make_set(std::vector<Manifest> manifests) {
  ManifestSet set;
  set.stack = make_stack().id;
  set.manifests = std::move(manifests);
  return set;
}

std::string fault(const Stack& stack, std::vector<Manifest> manifests) {
  auto set = make_set(std::move(manifests));
  const auto status = resolve_scopes(set, stack, nullptr, {});
  REQUIRE_FALSE(status);
  return format_error(status.error());
}

TEST_CASE("built-in kinds have the scope that the API server gives them") {
  CHECK(builtin_scope({"", "Namespace"}) == ObjectScope::cluster);
  CHECK(builtin_scope({"apps", "Deployment"}) == ObjectScope::namespaced);
  CHECK(builtin_scope({"storage.k8s.io", "CSIStorageCapacity"}) == ObjectScope::namespaced);
  CHECK(builtin_scope({"storage.k8s.io", "VolumeAttributesClass"}) == ObjectScope::cluster);
  CHECK(builtin_scope({"", "Binding"}) == ObjectScope::namespaced);
  CHECK_FALSE(builtin_scope({"", "Deployment"}));
  CHECK_FALSE(builtin_scope({"acme.io", "Thing"}));
  CHECK_FALSE(builtin_scope({"zzz", "Thing"}));
}

TEST_CASE("a namespaced object without a namespace gets the stack's, in its id and in its body") {
  auto set = make_set({object("v1", "ConfigMap", "a"), object("v1", "ConfigMap", "a", "elsewhere")});
  REQUIRE(resolve_scopes(set, make_stack(), nullptr, {}));
  CHECK(set.manifests[0].id.namespace_ == "shop-prod");
  CHECK(set.manifests[0].object.at({"metadata", "namespace"}) == Value("shop-prod"));
  CHECK(set.manifests[1].id.namespace_ == "elsewhere");
  CHECK(set.warnings.empty());
}

TEST_CASE("a cluster-scoped object loses the namespace that it should not have had") {
  auto set = make_set({object("rbac.authorization.k8s.io/v1", "ClusterRole", "reader", "shop-prod")});
  REQUIRE(resolve_scopes(set, make_stack(), nullptr, {}));
  CHECK(set.manifests[0].id.namespace_.empty());
  CHECK(set.manifests[0].object["metadata"].find("namespace") == nullptr);
}

TEST_CASE("resolving twice changes nothing") {
  auto set = make_set({object("v1", "ConfigMap", "a"), object("v1", "Namespace", "shop-prod")});
  REQUIRE(resolve_scopes(set, make_stack(), nullptr, {}));
  auto again = set;
  REQUIRE(resolve_scopes(again, make_stack(), nullptr, {}));
  CHECK(again == set);
}

TEST_CASE("the scope of a custom kind comes from a CRD of this stack, then of others, then from discovery") {
  auto own = make_set({crd("Thing", "Cluster"), object("acme.io/v1", "Thing", "a")});
  REQUIRE(resolve_scopes(own, make_stack(), nullptr, {}));
  CHECK(own.manifests[1].id.namespace_.empty());

  const auto other = make_set({crd("Thing", "Cluster")});
  auto using_other = make_set({object("acme.io/v1", "Thing", "a")});
  REQUIRE(resolve_scopes(using_other, make_stack(), nullptr, {&other}));
  CHECK(using_other.manifests[0].id.namespace_.empty());

  Discovery discovery;
  discovery.types.push_back({{"acme.io", "v1", "Thing"}, "things", ObjectScope::cluster, {}});
  auto discovered = make_set({object("acme.io/v1beta1", "Thing", "a")});
  REQUIRE(resolve_scopes(discovered, make_stack(), &discovery, {}));
  CHECK(discovered.manifests[0].id.namespace_.empty());
  CHECK(discovered.warnings.empty());
}

TEST_CASE("a kind that nobody knows is taken as namespaced, with one warning") {
  auto set = make_set({object("acme.io/v1", "Thing", "a"), object("acme.io/v1", "Thing", "b")});
  REQUIRE(resolve_scopes(set, make_stack(), nullptr, {}));
  CHECK(set.manifests[0].id.namespace_ == "shop-prod");
  CHECK(set.warnings ==
        std::vector<std::string>{
            "applications/shop/x.yaml:1: the kind Thing of acme.io is not known here; it is taken as namespaced"});
}

TEST_CASE("one object twice names both places, whatever the version or the way to its namespace") {
  CHECK(fault(make_stack(), {object("v1", "ConfigMap", "a"), object("v1", "ConfigMap", "a", "shop-prod", 9)}) ==
        "applications/shop/x.yaml:9: ConfigMap shop-prod/a is already defined in applications/shop/x.yaml:1 (keep one "
        "of the two)");
  CHECK(fault(make_stack(), {object("autoscaling/v1", "HorizontalPodAutoscaler", "a"),
                             object("autoscaling/v2", "HorizontalPodAutoscaler", "a")})
            .find("is already defined") != std::string::npos);
}

TEST_CASE("a team's stack stays in its namespaces and its cluster kinds") {
  auto fine = make_set({object("v1", "ConfigMap", "a"), object("v1", "ConfigMap", "b", "shop-extra"),
                        object("scheduling.k8s.io/v1", "PriorityClass", "high"),
                        object("storage.k8s.io/v1", "StorageClass", "fast"), object("v1", "Namespace", "shop-prod")});
  CHECK(resolve_scopes(fine, make_team_stack(), nullptr, {}));

  CHECK(fault(make_team_stack(), {object("v1", "ConfigMap", "a", "kube-system")}) ==
        "applications/shop/x.yaml:1: metadata.namespace: ConfigMap kube-system/a is in the namespace \"kube-system\", "
        "outside of the bounds of team shop (use a namespace of the team, or widen "
        "teams.shop.namespaces in reconcile.yaml)");
  CHECK(fault(make_team_stack(), {object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "admin")}) ==
        "applications/shop/x.yaml:1: kind: ClusterRoleBinding admin is cluster-scoped, outside of the bounds of team "
        "shop (leave it to the platform, or add ClusterRoleBinding to "
        "teams.shop.clusterKinds in reconcile.yaml)");
  CHECK(fault(make_team_stack(), {object("v1", "Namespace", "kube-public")}) ==
        "applications/shop/x.yaml:1: metadata.name: Namespace kube-public is outside of the bounds of team shop (use a "
        "namespace of the team, or widen teams.shop.namespaces in reconcile.yaml)");
}

TEST_CASE("bounds are a matter of policy, and nobody else's group passes for a kind") {
  auto stack = make_team_stack();
  auto set = make_set({crd("StorageClass", "Cluster"), object("acme.io/v1", "StorageClass", "fast")});
  stack.bounds.cluster_kinds.emplace_back("CustomResourceDefinition");
  const auto status = resolve_scopes(set, stack, nullptr, {});
  REQUIRE_FALSE(status);
  CHECK(status.error().kind == ErrorKind::policy);
}

TEST_CASE("no manifest writes what reconciled keeps for itself") {
  for (const auto& manifest :
       {object("v1", "ConfigMap", "a", "reconciled-system"),
        object("v1", "ConfigMap", "reconciled-inventory-3", "shop"), object("v1", "Namespace", "reconciled-system"),
        object("coordination.k8s.io/v1", "Lease", "x", "reconciled-system")}) {
    auto set = make_set({manifest});
    const auto status = resolve_scopes(set, make_stack(), nullptr, {});
    REQUIRE_FALSE(status);
    CHECK(status.error().kind == ErrorKind::policy);
    CHECK(status.error().message == format_id(manifest.id) + " is kept by reconciled itself and cannot be a manifest");
  }
}

TEST_CASE("an object of two stacks names both and where they say it") {
  auto first = make_set({object("v1", "ConfigMap", "a", "x"), object("v1", "ConfigMap", "b", "x")});
  auto second = make_set({object("v1", "ConfigMap", "a", "x", 4)});
  second.stack.name = "pay";
  const auto claims = find_shared_claims({&first, &second});
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].stacks == std::vector<StackId>{first.stack, second.stack});
  CHECK(format_error(claims[0].error) ==
        "applications/shop/x.yaml:1: ConfigMap x/a is claimed by more than one stack: applications/shop "
        "(applications/shop/x.yaml:1) and applications/pay (applications/shop/x.yaml:4) (keep it in "
        "one of them)");
  CHECK(find_shared_claims({&first}).empty());
}

TEST_CASE("a stack's mark is stable and depends on installation and key") {
  Stack stack = make_stack();
  const auto uid = stack.uid("one");
  CHECK(uid.size() == 32);
  CHECK(uid == stack.uid("one"));
  CHECK(uid != stack.uid("two"));
  stack.id.name = "other";
  CHECK(uid != stack.uid("one"));
}

}  // namespace
}  // namespace reconciled
