#include "renderers/kustomize/resource_id.h"

#include <algorithm>
#include <array>

namespace reconciled::kustomize {
namespace {

constexpr std::array<std::string_view, 22> k_first{"Namespace",
                                                   "ResourceQuota",
                                                   "StorageClass",
                                                   "CustomResourceDefinition",
                                                   "ServiceAccount",
                                                   "PodSecurityPolicy",
                                                   "Role",
                                                   "ClusterRole",
                                                   "RoleBinding",
                                                   "ClusterRoleBinding",
                                                   "ConfigMap",
                                                   "Secret",
                                                   "Endpoints",
                                                   "Service",
                                                   "LimitRange",
                                                   "PriorityClass",
                                                   "PersistentVolume",
                                                   "PersistentVolumeClaim",
                                                   "Deployment",
                                                   "StatefulSet",
                                                   "CronJob",
                                                   "PodDisruptionBudget"};
constexpr std::array<std::string_view, 2> k_last{"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"};

std::string_view or_else(std::string_view text, std::string_view fallback) {
  return text.empty() ? fallback : text;
}

/// sort_key_of(a) < sort_key_of(b), without making either.
bool is_key_less(const Gvk& a, const Gvk& b) {
  const auto parts = [](const Gvk& gvk) {
    return std::array<std::string_view, 5>{or_else(gvk.group, "~G"), "_", or_else(gvk.version, "~V"), "_",
                                           or_else(gvk.kind, "~K")};
  };
  const auto left = parts(a), right = parts(b);
  std::size_t i = 0, j = 0, x = 0, y = 0;
  for (;;) {
    while (i < left.size() && x == left[i].size()) ++i, x = 0;
    while (j < right.size() && y == right[j].size()) ++j, y = 0;
    if (j == right.size()) return false;
    if (i == left.size()) return true;
    const auto p = static_cast<unsigned char>(left[i][x++]), q = static_cast<unsigned char>(right[j][y++]);
    if (p != q) return p < q;
  }
}

}  // namespace

Gvk gvk_of(std::string_view api_version, std::string_view kind) {
  const auto slash = api_version.find('/');
  if (slash == std::string_view::npos) return {{}, api_version, kind};
  return {api_version.substr(0, slash), api_version.substr(slash + 1), kind};
}

std::string api_version_of(const Gvk& gvk) {
  if (gvk.group.empty()) return std::string(gvk.version);
  return std::string(gvk.group) + "/" + std::string(gvk.version);
}

std::string format_gvk(const Gvk& gvk) {
  std::string text(or_else(gvk.kind, "[noKind]"));
  text.append(".").append(or_else(gvk.version, "[noVer]")).append(".").append(or_else(gvk.group, "[noGrp]"));
  return text;
}

std::string format_id(const ResourceId& id) {
  std::string text = format_gvk(id.gvk);
  text.append("/").append(or_else(id.name, "[noName]")).append(".").append(or_else(id.name_space, "[noNs]"));
  return text;
}

std::string key_of(const ResourceId& id) {
  std::string key;
  for (const auto part : {id.gvk.group, id.gvk.version, id.gvk.kind, id.name, id.effective_namespace()})
    key.append(part).push_back('\0');
  return key;
}

int legacy_rank(std::string_view kind) {
  if (const auto it = std::find(k_first.begin(), k_first.end(), kind); it != k_first.end())
    return static_cast<int>(it - k_first.end());
  if (const auto it = std::find(k_last.begin(), k_last.end(), kind); it != k_last.end())
    return 1 + static_cast<int>(it - k_last.begin());
  return 0;
}

std::string sort_key_of(const Gvk& gvk) {
  std::string key(or_else(gvk.group, "~G"));
  key.append("_").append(or_else(gvk.version, "~V")).append("_").append(or_else(gvk.kind, "~K"));
  return key;
}

bool gvk_less(const Gvk& a, const Gvk& b) {
  const int rank_a = legacy_rank(a.kind), rank_b = legacy_rank(b.kind);
  if (rank_a != rank_b) return rank_a < rank_b;
  return is_key_less(a, b);
}

}  // namespace reconciled::kustomize
