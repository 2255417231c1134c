#include "tests/deploy/manifests.h"

#include "base/file.h"
#include "base/json.h"
#include "base/yaml.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>

namespace reconciled {
namespace {

struct KindRow {
  std::string_view kind;
  std::string_view collection;
  bool namespaced;
};
constexpr std::array k_kinds{
    KindRow{"Namespace", "/api/v1/namespaces", false},
    KindRow{"ServiceAccount", "/api/v1/serviceaccounts", true},
    KindRow{"ConfigMap", "/api/v1/configmaps", true},
    KindRow{"Service", "/api/v1/services", true},
    KindRow{"Pod", "/api/v1/pods", true},
    KindRow{"Deployment", "/apis/apps/v1/deployments", true},
    KindRow{"NetworkPolicy", "/apis/networking.k8s.io/v1/networkpolicies", true},
    KindRow{"PodDisruptionBudget", "/apis/policy/v1/poddisruptionbudgets", true},
    KindRow{"Role", "/apis/rbac.authorization.k8s.io/v1/roles", true},
    KindRow{"RoleBinding", "/apis/rbac.authorization.k8s.io/v1/rolebindings", true},
    KindRow{"ClusterRole", "/apis/rbac.authorization.k8s.io/v1/clusterroles", false},
    KindRow{"ClusterRoleBinding", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", false},
};

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(format_error(result.error()));
  return std::move(*result);
}

std::string path_of(const Value& object) {
  const auto row = std::ranges::find(k_kinds, object["kind"].as_string(), &KindRow::kind);
  if (row == k_kinds.end()) throw std::runtime_error("no row for the kind " + std::string(object["kind"].as_string()));
  std::string path(row->collection);
  if (row->namespaced) {
    const std::string space(object.at({"metadata", "namespace"}).as_string());
    if (space.empty()) throw std::runtime_error(path + " needs a namespace in its manifest");
    path.insert(path.rfind('/'), "/namespaces/" + space);
  }
  return path + "/" + std::string(object.at({"metadata", "name"}).as_string());
}

std::vector<Manifest> read_documents(const std::string& path, const std::string& place) {
  const std::string text = must(read_file(path));
  Budget budget;
  std::vector<Manifest> manifests;
  for (const auto& document : must(read_yaml(text, place, budget))) manifests.push_back({place, document.value});
  if (manifests.empty()) throw std::runtime_error(place + " holds nothing");
  return manifests;
}

}  // namespace

std::vector<Manifest> read_manifests(const std::string& place) {
  const std::string path = std::string(RECONCILED_DEPLOY) + "/kubernetes/" + place;
  if (!std::filesystem::is_directory(path)) return read_documents(path, place);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  std::vector<Manifest> manifests;
  for (const auto& name : names) {
    for (auto& manifest : read_documents(path + "/" + name, place + "/" + name))
      manifests.push_back(std::move(manifest));
  }
  return manifests;
}

ApiAnswer apply_manifest(const ControlPlane& plane, const Value& object, ForReal for_real) {
  const std::string query = "?fieldManager=deploy&force=true&fieldValidation=Strict";
  return must(plane.call({.method = "PATCH",
                          .path = path_of(object) + query + (for_real == ForReal::yes ? "" : "&dryRun=All"),
                          .body = format_json(object),
                          .content_type = "application/apply-patch+yaml"}));
}

void apply_manifests(const ControlPlane& plane, const std::string& place) {
  for (const auto& manifest : read_manifests(place)) {
    const auto answer = apply_manifest(plane, manifest.object, ForReal::yes);
    if (answer.status / 100 != 2) throw std::runtime_error(manifest.file + ": " + answer.body);
  }
}

AppliedManifests::AppliedManifests(const ControlPlane& plane, const std::string& place)
    : m_plane(plane), m_manifests(read_manifests(place)) {
  apply_manifests(plane, place);
}

AppliedManifests::~AppliedManifests() {
  for (auto manifest = m_manifests.rbegin(); manifest != m_manifests.rend(); ++manifest) {
    const auto ignored = m_plane.call({.method = "DELETE", .path = path_of(manifest->object)});
  }
}

}  // namespace reconciled
