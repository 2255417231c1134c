// Which kinds are known to be cluster-scoped or namespaced: the rows that kustomize 5.7 was given.
#include "renderers/kustomize/scope_table.h"

#include <algorithm>
#include <array>

namespace reconciled::kustomize {
namespace {

struct Row {
  std::string_view api_version;
  std::string_view kind;
};

constexpr std::array k_cluster_scoped{
    Row{"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"},
    Row{"admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"},
    Row{"admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration"},
    Row{"admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration"},
    Row{"apiextensions.k8s.io/v1", "CustomResourceDefinition"},
    Row{"apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"},
    Row{"apiregistration.k8s.io/v1", "APIService"},
    Row{"apiregistration.k8s.io/v1beta1", "APIService"},
    Row{"certificates.k8s.io/v1", "CertificateSigningRequest"},
    Row{"certificates.k8s.io/v1beta1", "CertificateSigningRequest"},
    Row{"flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema"},
    Row{"flowcontrol.apiserver.k8s.io/v1beta1", "PriorityLevelConfiguration"},
    Row{"networking.k8s.io/v1", "IngressClass"},
    Row{"networking.k8s.io/v1beta1", "IngressClass"},
    Row{"node.k8s.io/v1", "RuntimeClass"},
    Row{"node.k8s.io/v1beta1", "RuntimeClass"},
    Row{"policy/v1beta1", "PodSecurityPolicy"},
    Row{"rbac.authorization.k8s.io/v1", "ClusterRole"},
    Row{"rbac.authorization.k8s.io/v1", "ClusterRoleBinding"},
    Row{"rbac.authorization.k8s.io/v1beta1", "ClusterRole"},
    Row{"rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding"},
    Row{"scheduling.k8s.io/v1", "PriorityClass"},
    Row{"scheduling.k8s.io/v1beta1", "PriorityClass"},
    Row{"storage.k8s.io/v1", "CSIDriver"},
    Row{"storage.k8s.io/v1", "CSINode"},
    Row{"storage.k8s.io/v1", "StorageClass"},
    Row{"storage.k8s.io/v1", "VolumeAttachment"},
    Row{"storage.k8s.io/v1beta1", "CSIDriver"},
    Row{"storage.k8s.io/v1beta1", "CSINode"},
    Row{"storage.k8s.io/v1beta1", "StorageClass"},
    Row{"storage.k8s.io/v1beta1", "VolumeAttachment"},
    Row{"v1", "ComponentStatus"},
    Row{"v1", "Namespace"},
    Row{"v1", "Node"},
    Row{"v1", "NodeProxyOptions"},
    Row{"v1", "PersistentVolume"},
};

}  // namespace

bool is_certainly_cluster_scoped(std::string_view api_version, std::string_view kind) {
  return std::any_of(k_cluster_scoped.begin(), k_cluster_scoped.end(),
                     [&](const Row& row) { return row.kind == kind && row.api_version == api_version; });
}

}  // namespace reconciled::kustomize
