#include "ports/object_id.h"

#include <doctest/doctest.h>

#include <unordered_set>

namespace reconciled {
namespace {

TEST_CASE("an API version splits into group and version, and joins again") {
  CHECK(make_gvk("v1", "Pod") == GroupVersionKind{"", "v1", "Pod"});
  CHECK(make_gvk("apps/v1", "Deployment") == GroupVersionKind{"apps", "v1", "Deployment"});
  CHECK(make_gvk("apps/v1", "Deployment").api_version() == "apps/v1");
  CHECK(make_gvk("v1", "Pod").api_version() == "v1");
  CHECK(make_gvk("apps/v1", "Deployment").group_kind() == GroupKind{"apps", "Deployment"});
}

TEST_CASE("people read kind, namespace and name") {
  CHECK(format_id({"main", "apps", "Deployment", "shop", "web"}) == "Deployment shop/web");
  CHECK(format_id({"main", "", "Namespace", "", "shop"}) == "Namespace shop");
}

TEST_CASE("an encoded id is decoded to itself, names with slashes and colons included") {
  for (const ObjectId& id :
       {ObjectId{"main", "apps", "Deployment", "shop", "web"}, ObjectId{"main", "", "Namespace", "", "shop"},
        ObjectId{"main", "rbac.authorization.k8s.io", "ClusterRole", "", "system:a/b"}}) {
    CHECK(decode_id(encode_id(id), "main") == id);
  }
  CHECK(encode_id({"main", "", "Namespace", "", "shop"}) == "/Namespace//shop");
}

TEST_CASE("a text that is no encoded id has no kind and no name") {
  for (const auto* text : {"", "a", "a/b", "a/b/c"}) {
    const auto id = decode_id(text, "main");
    CHECK(id.kind.empty());
    CHECK(id.name.empty());
  }
}

TEST_CASE("ids are equal only in all parts, and their hash agrees") {
  const ObjectId id{"main", "apps", "Deployment", "shop", "web"};
  std::unordered_set<ObjectId> set{id, id};
  CHECK(set.size() == 1);
  for (auto part : {&ObjectId::cluster, &ObjectId::group, &ObjectId::kind, &ObjectId::namespace_, &ObjectId::name}) {
    ObjectId other = id;
    other.*part += "x";
    set.insert(other);
  }
  CHECK(set.size() == 6);
}

}  // namespace
}  // namespace reconciled
