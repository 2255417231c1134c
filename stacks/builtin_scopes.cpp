// Scopes of the kinds that every API server has, as a table.
#include "stacks/manifest.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace reconciled {
namespace {

constexpr ObjectScope k_cluster = ObjectScope::cluster;
constexpr ObjectScope k_namespaced = ObjectScope::namespaced;

struct ScopeRow {
  std::string_view group;
  std::string_view kind;
  ObjectScope scope;
};

/// Sorted by group and kind. Source: the discovery of Kubernetes 1.35, and the built-in kinds that 1.25 to 1.34 had.
constexpr std::array k_scopes{
    ScopeRow{"", "Binding", k_namespaced},
    ScopeRow{"", "ComponentStatus", k_cluster},
    ScopeRow{"", "ConfigMap", k_namespaced},
    ScopeRow{"", "Endpoints", k_namespaced},
    ScopeRow{"", "Event", k_namespaced},
    ScopeRow{"", "LimitRange", k_namespaced},
    ScopeRow{"", "Namespace", k_cluster},
    ScopeRow{"", "Node", k_cluster},
    ScopeRow{"", "PersistentVolume", k_cluster},
    ScopeRow{"", "PersistentVolumeClaim", k_namespaced},
    ScopeRow{"", "Pod", k_namespaced},
    ScopeRow{"", "PodTemplate", k_namespaced},
    ScopeRow{"", "ReplicationController", k_namespaced},
    ScopeRow{"", "ResourceQuota", k_namespaced},
    ScopeRow{"", "Secret", k_namespaced},
    ScopeRow{"", "Service", k_namespaced},
    ScopeRow{"", "ServiceAccount", k_namespaced},
    ScopeRow{"admissionregistration.k8s.io", "MutatingAdmissionPolicy", k_cluster},
    ScopeRow{"admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding", k_cluster},
    ScopeRow{"admissionregistration.k8s.io", "MutatingWebhookConfiguration", k_cluster},
    ScopeRow{"admissionregistration.k8s.io", "ValidatingAdmissionPolicy", k_cluster},
    ScopeRow{"admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", k_cluster},
    ScopeRow{"admissionregistration.k8s.io", "ValidatingWebhookConfiguration", k_cluster},
    ScopeRow{"apiextensions.k8s.io", "CustomResourceDefinition", k_cluster},
    ScopeRow{"apiregistration.k8s.io", "APIService", k_cluster},
    ScopeRow{"apps", "ControllerRevision", k_namespaced},
    ScopeRow{"apps", "DaemonSet", k_namespaced},
    ScopeRow{"apps", "Deployment", k_namespaced},
    ScopeRow{"apps", "ReplicaSet", k_namespaced},
    ScopeRow{"apps", "StatefulSet", k_namespaced},
    ScopeRow{"authentication.k8s.io", "SelfSubjectReview", k_cluster},
    ScopeRow{"authentication.k8s.io", "TokenReview", k_cluster},
    ScopeRow{"authorization.k8s.io", "LocalSubjectAccessReview", k_namespaced},
    ScopeRow{"authorization.k8s.io", "SelfSubjectAccessReview", k_cluster},
    ScopeRow{"authorization.k8s.io", "SelfSubjectRulesReview", k_cluster},
    ScopeRow{"authorization.k8s.io", "SubjectAccessReview", k_cluster},
    ScopeRow{"autoscaling", "HorizontalPodAutoscaler", k_namespaced},
    ScopeRow{"batch", "CronJob", k_namespaced},
    ScopeRow{"batch", "Job", k_namespaced},
    ScopeRow{"certificates.k8s.io", "CertificateSigningRequest", k_cluster},
    ScopeRow{"certificates.k8s.io", "ClusterTrustBundle", k_cluster},
    ScopeRow{"certificates.k8s.io", "PodCertificateRequest", k_namespaced},
    ScopeRow{"coordination.k8s.io", "Lease", k_namespaced},
    ScopeRow{"coordination.k8s.io", "LeaseCandidate", k_namespaced},
    ScopeRow{"discovery.k8s.io", "EndpointSlice", k_namespaced},
    ScopeRow{"events.k8s.io", "Event", k_namespaced},
    ScopeRow{"flowcontrol.apiserver.k8s.io", "FlowSchema", k_cluster},
    ScopeRow{"flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", k_cluster},
    ScopeRow{"internal.apiserver.k8s.io", "StorageVersion", k_cluster},
    ScopeRow{"networking.k8s.io", "IPAddress", k_cluster},
    ScopeRow{"networking.k8s.io", "Ingress", k_namespaced},
    ScopeRow{"networking.k8s.io", "IngressClass", k_cluster},
    ScopeRow{"networking.k8s.io", "NetworkPolicy", k_namespaced},
    ScopeRow{"networking.k8s.io", "ServiceCIDR", k_cluster},
    ScopeRow{"node.k8s.io", "RuntimeClass", k_cluster},
    ScopeRow{"policy", "Eviction", k_namespaced},
    ScopeRow{"policy", "PodDisruptionBudget", k_namespaced},
    ScopeRow{"rbac.authorization.k8s.io", "ClusterRole", k_cluster},
    ScopeRow{"rbac.authorization.k8s.io", "ClusterRoleBinding", k_cluster},
    ScopeRow{"rbac.authorization.k8s.io", "Role", k_namespaced},
    ScopeRow{"rbac.authorization.k8s.io", "RoleBinding", k_namespaced},
    ScopeRow{"resource.k8s.io", "DeviceClass", k_cluster},
    ScopeRow{"resource.k8s.io", "DeviceTaintRule", k_cluster},
    ScopeRow{"resource.k8s.io", "ResourceClaim", k_namespaced},
    ScopeRow{"resource.k8s.io", "ResourceClaimTemplate", k_namespaced},
    ScopeRow{"resource.k8s.io", "ResourceSlice", k_cluster},
    ScopeRow{"scheduling.k8s.io", "PriorityClass", k_cluster},
    ScopeRow{"storage.k8s.io", "CSIDriver", k_cluster},
    ScopeRow{"storage.k8s.io", "CSINode", k_cluster},
    ScopeRow{"storage.k8s.io", "CSIStorageCapacity", k_namespaced},
    ScopeRow{"storage.k8s.io", "StorageClass", k_cluster},
    ScopeRow{"storage.k8s.io", "VolumeAttachment", k_cluster},
    ScopeRow{"storage.k8s.io", "VolumeAttributesClass", k_cluster},
    ScopeRow{"storagemigration.k8s.io", "StorageVersionMigration", k_cluster},
};

constexpr auto key_of(const ScopeRow& row) {
  return std::tie(row.group, row.kind);
}

constexpr bool is_sorted() {
  for (std::size_t i = 1; i < k_scopes.size(); ++i) {
    if (!(key_of(k_scopes[i - 1]) < key_of(k_scopes[i]))) return false;
  }
  return true;
}
static_assert(is_sorted(), "the table is searched by halves");

}  // namespace

std::optional<ObjectScope> builtin_scope(const GroupKind& kind) {
  const std::pair<std::string_view, std::string_view> wanted{kind.group, kind.kind};
  const auto at = std::ranges::lower_bound(k_scopes, wanted, {},
                                           [](const ScopeRow& row) { return std::pair(row.group, row.kind); });
  if (at == k_scopes.end() || at->group != kind.group || at->kind != kind.kind) return std::nullopt;
  return at->scope;
}

}  // namespace reconciled
