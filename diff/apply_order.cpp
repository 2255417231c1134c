#include "diff/plan.h"

#include <array>
#include <string_view>

namespace reconciled {
namespace {

struct OrderRow {
  std::string_view group;
  std::string_view kind;
  int order;
};

// What others need comes first; what can lock the cluster out (admission, aggregated APIs) comes last, when its own
// backend runs. Custom resources come after workloads: the operator that serves them is one.
constexpr std::array k_order{
    OrderRow{"", "Namespace", 0},
    OrderRow{"apiextensions.k8s.io", "CustomResourceDefinition", 10},
    OrderRow{"scheduling.k8s.io", "PriorityClass", 20},
    OrderRow{"node.k8s.io", "RuntimeClass", 20},
    OrderRow{"storage.k8s.io", "StorageClass", 20},
    OrderRow{"storage.k8s.io", "CSIDriver", 20},
    OrderRow{"storage.k8s.io", "VolumeAttributesClass", 20},
    OrderRow{"networking.k8s.io", "IngressClass", 20},
    OrderRow{"gateway.networking.k8s.io", "GatewayClass", 20},
    OrderRow{"snapshot.storage.k8s.io", "VolumeSnapshotClass", 20},
    OrderRow{"resource.k8s.io", "DeviceClass", 20},
    OrderRow{"flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", 20},
    OrderRow{"flowcontrol.apiserver.k8s.io", "FlowSchema", 21},
    OrderRow{"", "ServiceAccount", 30},
    OrderRow{"rbac.authorization.k8s.io", "ClusterRole", 31},
    OrderRow{"rbac.authorization.k8s.io", "ClusterRoleBinding", 32},
    OrderRow{"rbac.authorization.k8s.io", "Role", 33},
    OrderRow{"rbac.authorization.k8s.io", "RoleBinding", 34},
    OrderRow{"", "ResourceQuota", 40},
    OrderRow{"", "LimitRange", 40},
    OrderRow{"networking.k8s.io", "NetworkPolicy", 41},
    OrderRow{"", "Secret", 50},
    OrderRow{"", "ConfigMap", 50},
    OrderRow{"", "PersistentVolume", 51},
    OrderRow{"", "PersistentVolumeClaim", 52},
    OrderRow{"policy", "PodDisruptionBudget", 53},
    OrderRow{"", "Service", 60},
    OrderRow{"", "Endpoints", 61},
    OrderRow{"discovery.k8s.io", "EndpointSlice", 61},
    OrderRow{"apps", "DaemonSet", 70},
    OrderRow{"", "Pod", 71},
    OrderRow{"", "PodTemplate", 71},
    OrderRow{"", "ReplicationController", 72},
    OrderRow{"apps", "ReplicaSet", 72},
    OrderRow{"apps", "Deployment", 73},
    OrderRow{"apps", "StatefulSet", 74},
    OrderRow{"batch", "Job", 75},
    OrderRow{"batch", "CronJob", 76},
    OrderRow{"autoscaling", "HorizontalPodAutoscaler", 80},
    OrderRow{"networking.k8s.io", "Ingress", 81},
    OrderRow{"apiregistration.k8s.io", "APIService", 110},
    OrderRow{"admissionregistration.k8s.io", "ValidatingAdmissionPolicy", 111},
    OrderRow{"admissionregistration.k8s.io", "MutatingAdmissionPolicy", 111},
    OrderRow{"admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", 112},
    OrderRow{"admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding", 112},
    OrderRow{"admissionregistration.k8s.io", "ValidatingWebhookConfiguration", 113},
    OrderRow{"admissionregistration.k8s.io", "MutatingWebhookConfiguration", 113},
};
constexpr int k_other_kinds = 100;

}  // namespace

int apply_order(const GroupKind& kind) {
  for (const OrderRow& row : k_order) {
    if (row.kind == kind.kind && row.group == kind.group) return row.order;
  }
  return k_other_kinds;
}

}  // namespace reconciled
