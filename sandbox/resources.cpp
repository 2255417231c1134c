#include "sandbox/resources.h"

namespace reconciled::sandbox {
namespace {

// clang-format off
constexpr BuiltinResource k_table[] = {
    {"", "v1", "configmaps", "configmap", "ConfigMap", ObjectScope::namespaced, "cm", "", "core.v1.ConfigMap", 0},
    {"", "v1", "endpoints", "endpoints", "Endpoints", ObjectScope::namespaced, "ep", "", "core.v1.Endpoints", 0},
    {"", "v1", "events", "event", "Event", ObjectScope::namespaced, "ev", "", "core.v1.Event", 0},
    {"", "v1", "limitranges", "limitrange", "LimitRange", ObjectScope::namespaced, "limits", "", "core.v1.LimitRange", 0},
    {"", "v1", "namespaces", "namespace", "Namespace", ObjectScope::cluster, "ns", "", "core.v1.Namespace", k_status | k_no_collection},
    {"", "v1", "nodes", "node", "Node", ObjectScope::cluster, "no", "", "core.v1.Node", k_status},
    {"", "v1", "persistentvolumeclaims", "persistentvolumeclaim", "PersistentVolumeClaim", ObjectScope::namespaced, "pvc", "", "core.v1.PersistentVolumeClaim", k_status},
    {"", "v1", "persistentvolumes", "persistentvolume", "PersistentVolume", ObjectScope::cluster, "pv", "", "core.v1.PersistentVolume", k_status},
    {"", "v1", "pods", "pod", "Pod", ObjectScope::namespaced, "po", "all", "core.v1.Pod", k_status | k_generation},
    {"", "v1", "replicationcontrollers", "replicationcontroller", "ReplicationController", ObjectScope::namespaced, "rc", "all", "core.v1.ReplicationController", k_status | k_scale | k_generation},
    {"", "v1", "resourcequotas", "resourcequota", "ResourceQuota", ObjectScope::namespaced, "quota", "", "core.v1.ResourceQuota", k_status},
    {"", "v1", "secrets", "secret", "Secret", ObjectScope::namespaced, "", "", "core.v1.Secret", 0},
    {"", "v1", "serviceaccounts", "serviceaccount", "ServiceAccount", ObjectScope::namespaced, "sa", "", "core.v1.ServiceAccount", 0},
    {"", "v1", "services", "service", "Service", ObjectScope::namespaced, "svc", "all", "core.v1.Service", k_status},
    {"apiregistration.k8s.io", "v1", "apiservices", "apiservice", "APIService", ObjectScope::cluster, "", "api-extensions", "x.APIService", k_status},
    {"apps", "v1", "controllerrevisions", "controllerrevision", "ControllerRevision", ObjectScope::namespaced, "", "", "apps.v1.ControllerRevision", 0},
    {"apps", "v1", "daemonsets", "daemonset", "DaemonSet", ObjectScope::namespaced, "ds", "all", "apps.v1.DaemonSet", k_status | k_generation},
    {"apps", "v1", "deployments", "deployment", "Deployment", ObjectScope::namespaced, "deploy", "all", "apps.v1.Deployment", k_status | k_scale | k_generation},
    {"apps", "v1", "replicasets", "replicaset", "ReplicaSet", ObjectScope::namespaced, "rs", "all", "apps.v1.ReplicaSet", k_status | k_scale | k_generation},
    {"apps", "v1", "statefulsets", "statefulset", "StatefulSet", ObjectScope::namespaced, "sts", "all", "apps.v1.StatefulSet", k_status | k_scale | k_generation},
    {"autoscaling", "v2", "horizontalpodautoscalers", "horizontalpodautoscaler", "HorizontalPodAutoscaler", ObjectScope::namespaced, "hpa", "all", "autoscaling.v2.HorizontalPodAutoscaler", k_status},
    {"batch", "v1", "cronjobs", "cronjob", "CronJob", ObjectScope::namespaced, "cj", "all", "batch.v1.CronJob", k_status | k_generation},
    {"batch", "v1", "jobs", "job", "Job", ObjectScope::namespaced, "", "all", "batch.v1.Job", k_status | k_generation},
    {"networking.k8s.io", "v1", "ingressclasses", "ingressclass", "IngressClass", ObjectScope::cluster, "", "", "networking.v1.IngressClass", k_generation},
    {"networking.k8s.io", "v1", "ingresses", "ingress", "Ingress", ObjectScope::namespaced, "ing", "", "networking.v1.Ingress", k_status | k_generation},
    {"networking.k8s.io", "v1", "networkpolicies", "networkpolicy", "NetworkPolicy", ObjectScope::namespaced, "netpol", "", "networking.v1.NetworkPolicy", k_generation},
    {"policy", "v1", "poddisruptionbudgets", "poddisruptionbudget", "PodDisruptionBudget", ObjectScope::namespaced, "pdb", "", "policy.v1.PodDisruptionBudget", k_status | k_generation},
    {"rbac.authorization.k8s.io", "v1", "clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding", ObjectScope::cluster, "", "", "rbac.v1.ClusterRoleBinding", 0},
    {"rbac.authorization.k8s.io", "v1", "clusterroles", "clusterrole", "ClusterRole", ObjectScope::cluster, "", "", "rbac.v1.ClusterRole", 0},
    {"rbac.authorization.k8s.io", "v1", "rolebindings", "rolebinding", "RoleBinding", ObjectScope::namespaced, "", "", "rbac.v1.RoleBinding", 0},
    {"rbac.authorization.k8s.io", "v1", "roles", "role", "Role", ObjectScope::namespaced, "", "", "rbac.v1.Role", 0},
    {"storage.k8s.io", "v1", "csidrivers", "csidriver", "CSIDriver", ObjectScope::cluster, "", "", "storage.v1.CSIDriver", 0},
    {"storage.k8s.io", "v1", "storageclasses", "storageclass", "StorageClass", ObjectScope::cluster, "sc", "", "storage.v1.StorageClass", 0},
    {"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "mutatingwebhookconfiguration", "MutatingWebhookConfiguration", ObjectScope::cluster, "", "api-extensions", "admissionregistration.v1.MutatingWebhookConfiguration", k_generation},
    {"admissionregistration.k8s.io", "v1", "validatingadmissionpolicies", "validatingadmissionpolicy", "ValidatingAdmissionPolicy", ObjectScope::cluster, "", "api-extensions", "admissionregistration.v1.ValidatingAdmissionPolicy", k_status | k_generation},
    {"admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings", "validatingadmissionpolicybinding", "ValidatingAdmissionPolicyBinding", ObjectScope::cluster, "", "api-extensions", "admissionregistration.v1.ValidatingAdmissionPolicyBinding", k_generation},
    {"admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "validatingwebhookconfiguration", "ValidatingWebhookConfiguration", ObjectScope::cluster, "", "api-extensions", "admissionregistration.v1.ValidatingWebhookConfiguration", k_generation},
    {"apiextensions.k8s.io", "v1", "customresourcedefinitions", "customresourcedefinition", "CustomResourceDefinition", ObjectScope::cluster, "crd crds", "api-extensions", "x.CustomResourceDefinition", k_status | k_generation},
    {"scheduling.k8s.io", "v1", "priorityclasses", "priorityclass", "PriorityClass", ObjectScope::cluster, "pc", "", "scheduling.v1.PriorityClass", k_generation},
    {"coordination.k8s.io", "v1", "leases", "lease", "Lease", ObjectScope::namespaced, "", "", "coordination.v1.Lease", 0},
    {"node.k8s.io", "v1", "runtimeclasses", "runtimeclass", "RuntimeClass", ObjectScope::cluster, "", "", "node.v1.RuntimeClass", 0},
    {"discovery.k8s.io", "v1", "endpointslices", "endpointslice", "EndpointSlice", ObjectScope::namespaced, "", "", "discovery.v1.EndpointSlice", k_generation},
};
// clang-format on

}  // namespace

std::span<const BuiltinResource> builtin_resources() {
  return k_table;
}

ServedResource make_served(const BuiltinResource& row) {
  ServedResource out;
  out.group = row.group;
  out.version = row.version;
  out.plural = row.plural;
  out.singular = row.singular;
  out.kind = row.kind;
  out.list_kind = out.kind + "List";
  out.scope = row.scope;
  out.short_names = row.short_names;
  out.categories = row.categories;
  out.type = builtin_types().find(row.definition);
  out.traits = row.traits;
  out.storage_version = row.version;
  return out;
}

}  // namespace reconciled::sandbox
