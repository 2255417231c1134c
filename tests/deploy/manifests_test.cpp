#include "tests/deploy/manifests.h"

#include "base/json.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::string_view k_space = "reconciled-system";

/// The shared plane with the namespace "shop" that the examples name.
ControlPlane& plane_with_shop() {
  ControlPlane& plane = shared_control_plane();
  const auto made = plane.call({"POST", "/api/v1/namespaces", R"({"metadata":{"name":"shop"}})"});
  REQUIRE((made && (made->status == 201 || made->status == 409)));
  return plane;
}

Value pod_of_the_deployment() {
  const auto manifests = read_manifests("base");
  const auto deployment = std::ranges::find(manifests, "Deployment", &Manifest::kind);
  REQUIRE(deployment != manifests.end());
  const Value& pod = deployment->object.at({"spec", "template"});
  Value metadata = pod["metadata"];
  metadata.set("name", "reconciled-x");
  metadata.set("namespace", k_space);
  return Value::map({{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", metadata}, {"spec", pod["spec"]}});
}

}  // namespace

TEST_CASE("the API server takes every manifest, with strict validation") {
  const ControlPlane& plane = plane_with_shop();
  for (const char* place : {"base", "rbac", "two-replicas"}) {
    for (const auto& manifest : read_manifests(place)) {
      CAPTURE(manifest.file);
      CAPTURE(manifest.name());
      // The namespace has to be there for what lies in it.
      const ForReal for_real = manifest.kind() == "Namespace" ? ForReal::yes : ForReal::no;
      const auto answer = apply_manifest(plane, manifest.object, for_real);
      CHECK_MESSAGE(answer.status / 100 == 2, answer.body);
    }
  }
}

TEST_CASE("an unknown field in a manifest is an error") {
  const ControlPlane& plane = plane_with_shop();
  Value object = read_manifests("base").front().object;
  object.edit("metadata").set("lables", Value::map());
  const auto answer = apply_manifest(plane, object, ForReal::no);
  CHECK(answer.status / 100 != 2);
  CHECK(answer.body.find("lables") != std::string::npos);
}

TEST_CASE("the namespace admits the pod of the Deployment, and none with more rights") {
  const ControlPlane& plane = plane_with_shop();
  apply_manifests(plane, "base");
  const Value pod = pod_of_the_deployment();
  const auto admitted = apply_manifest(plane, pod, ForReal::no);
  CHECK_MESSAGE(admitted.status / 100 == 2, admitted.body);

  const auto refused_with = [&](std::string_view what, auto change) {
    Value changed = pod;
    change(changed.edit("spec"));
    const auto answer = apply_manifest(plane, changed, ForReal::no);
    CAPTURE(what);
    CHECK(answer.status == 403);
    CHECK_MESSAGE(answer.body.find("violates PodSecurity") != std::string::npos, answer.body);
  };
  refused_with("root", [](Value& spec) { spec.edit("securityContext").set("runAsUser", 0); });
  refused_with("no seccomp", [](Value& spec) { spec.edit("securityContext").erase("seccompProfile"); });
  refused_with("host network", [](Value& spec) { spec.set("hostNetwork", true); });
  refused_with("capabilities",
               [](Value& spec) { spec.edit("containers").edit_item(0).edit("securityContext").erase("capabilities"); });
}

TEST_CASE("the pod can write nowhere but into its cache and its folder for temporary files") {
  const Value pod = pod_of_the_deployment();
  const Value& container = pod.at({"spec", "containers"}).items()[0];
  CHECK(container.at({"securityContext", "readOnlyRootFilesystem"}).as_bool());
  for (const Value& mount : container["volumeMounts"].items()) {
    const auto path = mount["mountPath"].as_string();
    CAPTURE(path);
    CHECK(mount["readOnly"].as_bool() == (path != "/tmp" && path != "/var/cache/reconciled"));
  }
}

}  // namespace reconciled
