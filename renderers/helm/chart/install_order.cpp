#include "renderers/helm/chart/install_order.h"

#include <algorithm>
#include <array>

namespace reconciled::helm {
namespace {

/// The last two are known to Helm 4 alone.
constexpr std::array<std::string_view, 38> k_order{
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
};
constexpr std::size_t k_helm3_size = k_order.size() - 2;

}  // namespace

bool installs_before(std::string_view a, std::string_view b, HelmProfile profile) {
  const auto end = k_order.begin() + (profile == HelmProfile::helm4 ? k_order.size() : k_helm3_size);
  const auto* at_a = std::find(k_order.begin(), end, a);
  const auto* at_b = std::find(k_order.begin(), end, b);
  if (at_a == end && at_b == end) return a < b;
  return at_a < at_b;
}

}  // namespace reconciled::helm
