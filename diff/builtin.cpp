#include "diff/builtin.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

constexpr std::array<std::string_view, 24> k_groups{
    "",
    "apps",
    "batch",
    "autoscaling",
    "policy",
    "networking.k8s.io",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "node.k8s.io",
    "certificates.k8s.io",
    "events.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "resource.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "internal.apiserver.k8s.io",
    "storagemigration.k8s.io",
    "extensions",
};

constexpr std::string_view k_any;

struct ListRow {
  std::string_view list;
  std::string_view parent;  // empty: any
  std::string_view kind;    // empty: any
  std::array<std::string_view, 2> keys;
};
constexpr std::array k_lists{
    ListRow{"containers", "spec", k_any, {"name"}},
    ListRow{"initContainers", "spec", k_any, {"name"}},
    ListRow{"ephemeralContainers", "spec", k_any, {"name"}},
    ListRow{"ports", "spec", "Service", {"port", "protocol"}},
    ListRow{"ports", "containers", k_any, {"containerPort", "protocol"}},
    ListRow{"ports", "initContainers", k_any, {"containerPort", "protocol"}},
    ListRow{"env", k_any, k_any, {"name"}},
    ListRow{"volumes", "spec", k_any, {"name"}},
    ListRow{"volumeMounts", k_any, k_any, {"mountPath"}},
    ListRow{"volumeDevices", k_any, k_any, {"devicePath"}},
    ListRow{"imagePullSecrets", k_any, k_any, {"name"}},
    ListRow{"secrets", k_any, "ServiceAccount", {"name"}},
    ListRow{"hostAliases", "spec", k_any, {"ip"}},
    ListRow{"topologySpreadConstraints", "spec", k_any, {"topologyKey", "whenUnsatisfiable"}},
    ListRow{"schedulingGates", "spec", k_any, {"name"}},
    ListRow{"resourceClaims", "spec", k_any, {"name"}},
    ListRow{"claims", "resources", k_any, {"name"}},
    ListRow{"conditions", k_any, k_any, {"type"}},
    ListRow{"ownerReferences", "metadata", k_any, {"uid"}},
    ListRow{"webhooks", k_any, k_any, {"name"}},
    ListRow{"matchConditions", k_any, k_any, {"name"}},
    ListRow{"variables", "spec", k_any, {"name"}},
    ListRow{"drivers", "spec", "CSINode", {"name"}},
};

constexpr std::array<std::string_view, 6> k_atomic_maps{"nodeSelector",      "selector",      "podSelector",
                                                        "namespaceSelector", "labelSelector", "objectSelector"};

constexpr std::array<std::string_view, 14> k_quantity_maps{"limits",
                                                           "requests",
                                                           "capacity",
                                                           "hard",
                                                           "overhead",
                                                           "max",
                                                           "min",
                                                           "default",
                                                           "defaultRequest",
                                                           "maxLimitRequestRatio",
                                                           "podFixed",
                                                           "allocatedResources",
                                                           "allocatable",
                                                           "consumed"};
constexpr std::array<std::string_view, 4> k_quantity_fields{"sizeLimit", "averageValue", "divisor",
                                                            "maximumVolumeSize"};

struct DefaultRow {
  std::string_view field;
  std::string_view parent;  // empty: any
  std::string_view value;   // text of a string, number or boolean
};
constexpr std::array k_defaults{
    DefaultRow{"protocol", k_any, "TCP"},
    DefaultRow{"apiVersion", "fieldRef", "v1"},
    DefaultRow{"terminationMessagePath", k_any, "/dev/termination-log"},
    DefaultRow{"terminationMessagePolicy", k_any, "File"},
    DefaultRow{"imagePullPolicy", k_any, "IfNotPresent"},
    DefaultRow{"imagePullPolicy", k_any, "Always"},
    DefaultRow{"terminationGracePeriodSeconds", "spec", "30"},
    DefaultRow{"dnsPolicy", k_any, "ClusterFirst"},
    DefaultRow{"restartPolicy", "spec", "Always"},
    DefaultRow{"schedulerName", k_any, "default-scheduler"},
    DefaultRow{"enableServiceLinks", k_any, "true"},
    DefaultRow{"replicas", "spec", "1"},
    DefaultRow{"revisionHistoryLimit", k_any, "10"},
    DefaultRow{"progressDeadlineSeconds", k_any, "600"},
    DefaultRow{"podManagementPolicy", k_any, "OrderedReady"},
    DefaultRow{"partition", "rollingUpdate", "0"},
    DefaultRow{"maxSurge", "rollingUpdate", "25%"},
    DefaultRow{"maxUnavailable", "rollingUpdate", "25%"},
    DefaultRow{"maxSurge", "rollingUpdate", "0"},
    DefaultRow{"maxUnavailable", "rollingUpdate", "1"},
    DefaultRow{"type", "strategy", "RollingUpdate"},
    DefaultRow{"type", "updateStrategy", "RollingUpdate"},
    DefaultRow{"whenDeleted", k_any, "Retain"},
    DefaultRow{"whenScaled", k_any, "Retain"},
    DefaultRow{"defaultMode", k_any, "420"},
    DefaultRow{"expirationSeconds", "serviceAccountToken", "3600"},
    DefaultRow{"optional", k_any, "false"},
    DefaultRow{"type", "hostPath", ""},
    DefaultRow{"scheme", "httpGet", "HTTP"},
    DefaultRow{"path", "httpGet", "/"},
    DefaultRow{"service", "grpc", ""},
    DefaultRow{"failureThreshold", k_any, "3"},
    DefaultRow{"successThreshold", k_any, "1"},
    DefaultRow{"periodSeconds", k_any, "10"},
    DefaultRow{"timeoutSeconds", k_any, "1"},
    DefaultRow{"timeoutSeconds", k_any, "10"},
    DefaultRow{"type", "spec", "ClusterIP"},
    DefaultRow{"sessionAffinity", k_any, "None"},
    DefaultRow{"internalTrafficPolicy", k_any, "Cluster"},
    DefaultRow{"externalTrafficPolicy", k_any, "Cluster"},
    DefaultRow{"ipFamilyPolicy", k_any, "SingleStack"},
    DefaultRow{"allocateLoadBalancerNodePorts", k_any, "true"},
    DefaultRow{"type", k_any, "Opaque"},
    DefaultRow{"apiGroup", k_any, "rbac.authorization.k8s.io"},
    DefaultRow{"completions", "spec", "1"},
    DefaultRow{"parallelism", "spec", "1"},
    DefaultRow{"backoffLimit", "spec", "6"},
    DefaultRow{"completionMode", "spec", "NonIndexed"},
    DefaultRow{"suspend", "spec", "false"},
    DefaultRow{"manualSelector", "spec", "false"},
    DefaultRow{"podReplacementPolicy", "spec", "TerminatingOrFailed"},
    DefaultRow{"concurrencyPolicy", "spec", "Allow"},
    DefaultRow{"successfulJobsHistoryLimit", "spec", "3"},
    DefaultRow{"failedJobsHistoryLimit", "spec", "1"},
    DefaultRow{"minReplicas", "spec", "1"},
    DefaultRow{"volumeMode", k_any, "Filesystem"},
    DefaultRow{"persistentVolumeReclaimPolicy", k_any, "Retain"},
    DefaultRow{"reclaimPolicy", k_any, "Delete"},
    DefaultRow{"volumeBindingMode", k_any, "Immediate"},
    DefaultRow{"allowVolumeExpansion", k_any, "false"},
    DefaultRow{"preemptionPolicy", k_any, "PreemptLowerPriority"},
    DefaultRow{"failurePolicy", k_any, "Fail"},
    DefaultRow{"matchPolicy", k_any, "Equivalent"},
    DefaultRow{"reinvocationPolicy", k_any, "Never"},
    DefaultRow{"scope", "rules", "*"},
    DefaultRow{"scope", "resourceRules", "*"},
    DefaultRow{"port", "service", "443"},
    DefaultRow{"strategy", "conversion", "None"},
    DefaultRow{"attachRequired", k_any, "true"},
    DefaultRow{"podInfoOnMount", k_any, "false"},
    DefaultRow{"fsGroupPolicy", k_any, "ReadWriteOnceWithFSType"},
    DefaultRow{"storageCapacity", k_any, "false"},
    DefaultRow{"requiresRepublish", k_any, "false"},
    DefaultRow{"seLinuxMount", k_any, "false"},
    DefaultRow{"nodeAffinityPolicy", k_any, "Honor"},
    DefaultRow{"nodeTaintsPolicy", k_any, "Ignore"},
};

constexpr std::array<std::string_view, 34> k_empty_matters{
    "automountServiceAccountToken",
    "allowPrivilegeEscalation",
    "readOnlyRootFilesystem",
    "runAsNonRoot",
    "privileged",
    "runAsUser",
    "runAsGroup",
    "fsGroup",
    "immutable",
    "suspend",
    "replicas",
    "optional",
    "enableServiceLinks",
    "allowVolumeExpansion",
    "hostUsers",
    "setHostnameAsFQDN",
    "storageClassName",
    "terminationGracePeriodSeconds",
    "activeDeadlineSeconds",
    "ttlSecondsAfterFinished",
    "priority",
    "minReplicas",
    "allocateLoadBalancerNodePorts",
    "backoffLimit",
    "emptyDir",
    "podSelector",
    "namespaceSelector",
    "selector",
    "labelSelector",
    "shareProcessNamespace",
    "attachRequired",
    "podInfoOnMount",
    "completions",
    "parallelism",
};
constexpr std::array<std::string_view, 7> k_free_maps{"labels",      "annotations", "data",        "binaryData",
                                                      "matchLabels", "parameters",  "nodeSelector"};

struct ImmutableRow {
  std::string_view group;
  std::string_view kind;
  std::string_view pointer;  // it and what is below it
};
constexpr std::array k_immutable{
    ImmutableRow{"apps", "Deployment", "/spec/selector"},
    ImmutableRow{"apps", "ReplicaSet", "/spec/selector"},
    ImmutableRow{"apps", "DaemonSet", "/spec/selector"},
    ImmutableRow{"apps", "StatefulSet", "/spec/selector"},
    ImmutableRow{"apps", "StatefulSet", "/spec/serviceName"},
    ImmutableRow{"apps", "StatefulSet", "/spec/podManagementPolicy"},
    ImmutableRow{"apps", "StatefulSet", "/spec/volumeClaimTemplates"},
    ImmutableRow{"batch", "Job", "/spec/selector"},
    ImmutableRow{"batch", "Job", "/spec/completionMode"},
    ImmutableRow{"", "PersistentVolumeClaim", "/spec/accessModes"},
    ImmutableRow{"", "PersistentVolumeClaim", "/spec/storageClassName"},
    ImmutableRow{"", "PersistentVolumeClaim", "/spec/volumeMode"},
    ImmutableRow{"", "PersistentVolumeClaim", "/spec/selector"},
    ImmutableRow{"", "Secret", "/type"},
    ImmutableRow{"rbac.authorization.k8s.io", "RoleBinding", "/roleRef"},
    ImmutableRow{"rbac.authorization.k8s.io", "ClusterRoleBinding", "/roleRef"},
    ImmutableRow{"storage.k8s.io", "StorageClass", "/provisioner"},
    ImmutableRow{"storage.k8s.io", "StorageClass", "/parameters"},
    ImmutableRow{"storage.k8s.io", "StorageClass", "/reclaimPolicy"},
    ImmutableRow{"storage.k8s.io", "StorageClass", "/volumeBindingMode"},
    ImmutableRow{"scheduling.k8s.io", "PriorityClass", "/value"},
    ImmutableRow{"scheduling.k8s.io", "PriorityClass", "/preemptionPolicy"},
    ImmutableRow{"networking.k8s.io", "IngressClass", "/spec/controller"},
    ImmutableRow{"node.k8s.io", "RuntimeClass", "/handler"},
    ImmutableRow{"apiextensions.k8s.io", "CustomResourceDefinition", "/spec/group"},
    ImmutableRow{"apiextensions.k8s.io", "CustomResourceDefinition", "/spec/scope"},
    ImmutableRow{"discovery.k8s.io", "EndpointSlice", "/addressType"},
};

template <class Table>
bool contains(const Table& table, std::string_view text) {
  return std::find(table.begin(), table.end(), text) != table.end();
}

bool equals_text(const Value& value, std::string_view text) {
  if (value.is_string()) return value.as_string() == text;
  if (value.is_bool()) return text == (value.as_bool() ? "true" : "false");
  return value.is_integer() && std::to_string(value.as_integer()) == text;
}

}  // namespace

bool is_builtin(const GroupKind& kind) {
  return contains(k_groups, kind.group);
}

std::span<const std::string_view> builtin_list_keys(const GroupKind& kind, std::string_view list,
                                                    std::string_view parent) {
  if (!is_builtin(kind)) return {};
  for (const ListRow& row : k_lists) {
    if (row.list != list || (!row.parent.empty() && row.parent != parent)) continue;
    if (!row.kind.empty() && row.kind != kind.kind) continue;
    return {row.keys.data(), row.keys[1].empty() ? 1U : 2U};
  }
  return {};
}

bool is_builtin_set(std::string_view list, std::string_view parent) {
  return list == "finalizers" && (parent == "metadata" || parent == "spec");
}

bool is_atomic_map(std::string_view field) {
  return contains(k_atomic_maps, field);
}

bool is_quantity(std::string_view field, std::string_view parent, std::string_view grandparent) {
  if (contains(k_quantity_maps, parent)) return true;
  if (contains(k_quantity_fields, field)) return true;
  return field == "value" && (parent == "target" || grandparent == "metrics");
}

bool is_builtin_default(const GroupKind& kind, std::string_view field, std::string_view parent, const Value& live) {
  if (!is_builtin(kind)) return false;
  for (const DefaultRow& row : k_defaults) {
    if (row.field == field && (row.parent.empty() || row.parent == parent) && equals_text(live, row.value)) return true;
  }
  return false;
}

bool empty_matters(std::string_view field, std::string_view parent) {
  return contains(k_empty_matters, field) || contains(k_free_maps, parent);
}

Value default_of_list_key(std::string_view key) {
  return key == "protocol" ? Value("TCP") : Value();
}

bool is_immutable(const GroupKind& kind, std::string_view pointer) {
  for (const ImmutableRow& row : k_immutable) {
    if (row.group != kind.group || row.kind != kind.kind || !pointer.starts_with(row.pointer)) continue;
    if (pointer.size() == row.pointer.size() || pointer[row.pointer.size()] == '/') return true;
  }
  return false;
}

}  // namespace reconciled
