#include "sandbox/defaults.h"

#include "base/base64.h"
#include "base/json.h"
#include "sandbox/quantity.h"

#include <algorithm>
#include <array>

namespace reconciled::sandbox {
namespace {

struct Default {
  std::string_view definition;
  std::string_view field;
  std::string_view json;
};

/// Fields that get a constant when they are absent.
constexpr Default k_defaults[] = {
    {"core.v1.PodSpec", "restartPolicy", "\"Always\""},
    {"core.v1.PodSpec", "terminationGracePeriodSeconds", "30"},
    {"core.v1.PodSpec", "dnsPolicy", "\"ClusterFirst\""},
    {"core.v1.PodSpec", "securityContext", "{}"},
    {"core.v1.PodSpec", "schedulerName", "\"default-scheduler\""},
    {"core.v1.Container", "terminationMessagePath", "\"/dev/termination-log\""},
    {"core.v1.Container", "terminationMessagePolicy", "\"File\""},
    {"core.v1.ContainerPort", "protocol", "\"TCP\""},
    {"core.v1.Probe", "timeoutSeconds", "1"},
    {"core.v1.Probe", "periodSeconds", "10"},
    {"core.v1.Probe", "successThreshold", "1"},
    {"core.v1.Probe", "failureThreshold", "3"},
    {"core.v1.HTTPGetAction", "path", "\"/\""},
    {"core.v1.HTTPGetAction", "scheme", "\"HTTP\""},
    {"core.v1.GRPCAction", "service", "\"\""},
    {"core.v1.SecretVolumeSource", "defaultMode", "420"},
    {"core.v1.ConfigMapVolumeSource", "defaultMode", "420"},
    {"core.v1.DownwardAPIVolumeSource", "defaultMode", "420"},
    {"core.v1.ProjectedVolumeSource", "defaultMode", "420"},
    {"core.v1.ServiceAccountTokenProjection", "expirationSeconds", "3600"},
    {"core.v1.HostPathVolumeSource", "type", "\"\""},
    {"core.v1.ObjectFieldSelector", "apiVersion", "\"v1\""},
    {"core.v1.ServiceSpec", "sessionAffinity", "\"None\""},
    {"core.v1.ServiceSpec", "type", "\"ClusterIP\""},
    {"core.v1.ServicePort", "protocol", "\"TCP\""},
    {"core.v1.EndpointPort", "protocol", "\"TCP\""},
    {"core.v1.Secret", "type", "\"Opaque\""},
    {"core.v1.PersistentVolumeSpec", "persistentVolumeReclaimPolicy", "\"Retain\""},
    {"core.v1.PersistentVolumeSpec", "volumeMode", "\"Filesystem\""},
    {"core.v1.PersistentVolumeStatus", "phase", "\"Pending\""},
    {"core.v1.PersistentVolumeClaimSpec", "volumeMode", "\"Filesystem\""},
    {"core.v1.PersistentVolumeClaimStatus", "phase", "\"Pending\""},
    {"core.v1.NamespaceStatus", "phase", "\"Active\""},
    {"core.v1.PodStatus", "phase", "\"Pending\""},
    {"core.v1.ReplicationControllerSpec", "replicas", "1"},
    {"apps.v1.DeploymentSpec", "replicas", "1"},
    {"apps.v1.DeploymentSpec", "revisionHistoryLimit", "10"},
    {"apps.v1.DeploymentSpec", "progressDeadlineSeconds", "600"},
    {"apps.v1.DeploymentStrategy", "type", "\"RollingUpdate\""},
    {"apps.v1.RollingUpdateDeployment", "maxUnavailable", "\"25%\""},
    {"apps.v1.RollingUpdateDeployment", "maxSurge", "\"25%\""},
    {"apps.v1.ReplicaSetSpec", "replicas", "1"},
    {"apps.v1.StatefulSetSpec", "replicas", "1"},
    {"apps.v1.StatefulSetSpec", "podManagementPolicy", "\"OrderedReady\""},
    {"apps.v1.StatefulSetSpec", "revisionHistoryLimit", "10"},
    {"apps.v1.StatefulSetSpec", "persistentVolumeClaimRetentionPolicy", "{}"},
    {"apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy", "whenDeleted", "\"Retain\""},
    {"apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy", "whenScaled", "\"Retain\""},
    {"apps.v1.StatefulSetUpdateStrategy", "type", "\"RollingUpdate\""},
    {"apps.v1.RollingUpdateStatefulSetStrategy", "partition", "0"},
    {"apps.v1.DaemonSetSpec", "revisionHistoryLimit", "10"},
    {"apps.v1.DaemonSetUpdateStrategy", "type", "\"RollingUpdate\""},
    {"apps.v1.RollingUpdateDaemonSet", "maxUnavailable", "1"},
    {"apps.v1.RollingUpdateDaemonSet", "maxSurge", "0"},
    {"apps.v1.StatefulSetStatus", "availableReplicas", "0"},
    {"core.v1.ResourceFieldSelector", "divisor", "\"0\""},
    {"batch.v1.CronJobSpec", "concurrencyPolicy", "\"Allow\""},
    {"batch.v1.CronJobSpec", "suspend", "false"},
    {"batch.v1.CronJobSpec", "successfulJobsHistoryLimit", "3"},
    {"batch.v1.CronJobSpec", "failedJobsHistoryLimit", "1"},
    {"autoscaling.v2.HorizontalPodAutoscalerSpec", "minReplicas", "1"},
    {"networking.v1.NetworkPolicyPort", "protocol", "\"TCP\""},
    {"networking.v1.IngressClassParametersReference", "scope", "\"Cluster\""},
    {"rbac.v1.RoleRef", "apiGroup", "\"rbac.authorization.k8s.io\""},
    {"storage.v1.StorageClass", "reclaimPolicy", "\"Delete\""},
    {"storage.v1.StorageClass", "volumeBindingMode", "\"Immediate\""},
    {"storage.v1.CSIDriverSpec", "attachRequired", "true"},
    {"storage.v1.CSIDriverSpec", "podInfoOnMount", "false"},
    {"storage.v1.CSIDriverSpec", "storageCapacity", "false"},
    {"storage.v1.CSIDriverSpec", "fsGroupPolicy", "\"ReadWriteOnceWithFSType\""},
    {"storage.v1.CSIDriverSpec", "volumeLifecycleModes", "[\"Persistent\"]"},
    {"storage.v1.CSIDriverSpec", "requiresRepublish", "false"},
    {"storage.v1.CSIDriverSpec", "seLinuxMount", "false"},
    {"scheduling.v1.PriorityClass", "preemptionPolicy", "\"PreemptLowerPriority\""},
    {"admissionregistration.v1.ValidatingWebhook", "failurePolicy", "\"Fail\""},
    {"admissionregistration.v1.ValidatingWebhook", "matchPolicy", "\"Equivalent\""},
    {"admissionregistration.v1.ValidatingWebhook", "namespaceSelector", "{}"},
    {"admissionregistration.v1.ValidatingWebhook", "objectSelector", "{}"},
    {"admissionregistration.v1.ValidatingWebhook", "timeoutSeconds", "10"},
    {"admissionregistration.v1.MutatingWebhook", "failurePolicy", "\"Fail\""},
    {"admissionregistration.v1.MutatingWebhook", "matchPolicy", "\"Equivalent\""},
    {"admissionregistration.v1.MutatingWebhook", "namespaceSelector", "{}"},
    {"admissionregistration.v1.MutatingWebhook", "objectSelector", "{}"},
    {"admissionregistration.v1.MutatingWebhook", "timeoutSeconds", "10"},
    {"admissionregistration.v1.MutatingWebhook", "reinvocationPolicy", "\"Never\""},
    {"admissionregistration.v1.RuleWithOperations", "scope", "\"*\""},
    {"admissionregistration.v1.ServiceReference", "port", "443"},
    {"admissionregistration.v1.ValidatingAdmissionPolicySpec", "failurePolicy", "\"Fail\""},
    {"admissionregistration.v1.MatchResources", "matchPolicy", "\"Equivalent\""},
    {"admissionregistration.v1.MatchResources", "namespaceSelector", "{}"},
    {"admissionregistration.v1.MatchResources", "objectSelector", "{}"},
    {"admissionregistration.v1.NamedRuleWithOperations", "scope", "\"*\""},
    {"discovery.v1.EndpointPort", "name", "\"\""},
    {"discovery.v1.EndpointPort", "protocol", "\"TCP\""},
    {"x.CustomResourceDefinitionSpec", "conversion", "{\"strategy\":\"None\"}"},
};

bool lacks(const Value& object, std::string_view field) {
  const Value* value = object.find(field);
  return value == nullptr || value->is_null();
}

void set_absent(Value& object, std::string_view field, Value value) {
  if (lacks(object, field)) object.set(field, std::move(value));
}

bool is_empty_text(const Value& object, std::string_view field) {
  return object[field].as_string().empty();
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

void default_container(Value& container) {
  if (!is_empty_text(container, "imagePullPolicy")) return;
  const std::string_view image = container["image"].as_string();
  const std::string_view last = image.substr(image.rfind('/') == std::string_view::npos ? 0 : image.rfind('/') + 1);
  const std::size_t colon = last.find(':');
  const bool digest = last.find('@') != std::string_view::npos;
  const bool latest = !digest && (colon == std::string_view::npos || last.substr(colon + 1) == "latest");
  container.set("imagePullPolicy", latest ? "Always" : "IfNotPresent");
}

void default_service(Value& spec) {
  const std::string type(spec["type"].as_string());
  if (type == "NodePort" || type == "LoadBalancer") set_absent(spec, "externalTrafficPolicy", "Cluster");
  if (type == "LoadBalancer") set_absent(spec, "allocateLoadBalancerNodePorts", true);
  if (type != "ExternalName") set_absent(spec, "internalTrafficPolicy", "Cluster");
  if (spec["sessionAffinity"].as_string() == "ClientIP" && lacks(spec, "sessionAffinityConfig"))
    spec.set("sessionAffinityConfig", Value::map({{"clientIP", Value::map({{"timeoutSeconds", 10800}})}}));
}

void default_pod(Value& pod) {
  Value& spec = pod.edit("spec");
  set_absent(spec, "enableServiceLinks", true);
  for (const char* list : {"containers", "initContainers"}) {
    for (std::size_t index = 0; index < spec[list].size(); ++index) {
      const Value limits = spec[list].items()[index].at({"resources", "limits"});
      for (const Value::Entry& limit : limits.entries()) {
        Value& requests = spec.edit(list).edit_item(index).edit("resources").edit("requests");
        set_absent(requests, limit.key.as_string(), limit.value);
      }
    }
  }
}

/// Of a Job, not of the template in a CronJob.
void default_job(Value& job) {
  Value& spec = job.edit("spec");
  set_absent(spec, "backoffLimit", 6);
  set_absent(spec, "completionMode", "NonIndexed");
  set_absent(spec, "suspend", false);
  set_absent(spec, "manualSelector", false);
  if (lacks(spec, "completions") && lacks(spec, "parallelism")) spec.set("completions", 1);
  set_absent(spec, "parallelism", 1);
  if (lacks(spec, "podReplacementPolicy"))
    spec.set("podReplacementPolicy", lacks(spec, "podFailurePolicy") ? "TerminatingOrFailed" : "Failed");
}

void default_daemon_set(Value& object) {
  set_absent(object.edit("metadata").edit("annotations"), "deprecated.daemonset.template.generation", "1");
}

void default_autoscaler(Value& spec) {
  if (spec["metrics"].size() > 0) return;
  spec.set("metrics",
           Value::list({Value::map(
               {{"type", "Resource"},
                {"resource",
                 Value::map({{"name", "cpu"},
                             {"target", Value::map({{"type", "Utilization"}, {"averageUtilization", 80}})}})}})}));
}

void default_network_policy(Value& spec) {
  if (spec["policyTypes"].size() > 0) return;
  Value types = Value::list({"Ingress"});
  if (spec["egress"].size() > 0) types.append("Egress");
  spec.set("policyTypes", std::move(types));
}

void default_secret(Value& secret) {
  const Value text = secret["stringData"];
  for (const Value::Entry& entry : text.entries())
    secret.edit("data").set(entry.key.as_string(), encode_base64(entry.value.as_string()));
  secret.erase("stringData");
}

void default_namespace(Value& object) {
  object.edit("metadata").edit("labels").set("kubernetes.io/metadata.name", object.at({"metadata", "name"}));
}

void default_subject(Value& subject) {
  if (!lacks(subject, "apiGroup") && !is_empty_text(subject, "apiGroup")) return;
  const std::string_view kind = subject["kind"].as_string();
  if (kind == "User" || kind == "Group") subject.set("apiGroup", "rbac.authorization.k8s.io");
}

void default_crd(Value& spec) {
  Value& names = spec.edit("names");
  const std::string kind(names["kind"].as_string());
  if (is_empty_text(names, "singular")) names.set("singular", lower(kind));
  if (is_empty_text(names, "listKind")) names.set("listKind", kind + "List");
}

void default_controller(Value& object) {
  Value& spec = object.edit("spec");
  const Value labels = spec.at({"template", "metadata", "labels"});
  if (spec["selector"].size() == 0 && labels.size() > 0) spec.set("selector", labels);
  if (object.at({"metadata", "labels"}).size() == 0 && labels.size() > 0) object.edit("metadata").set("labels", labels);
}

void default_strategy(Value& strategy, std::string_view type) {
  if (strategy["type"].as_string() == type) set_absent(strategy, "rollingUpdate", Value::map());
}

void default_claim_templates(Value& spec) {
  if (!spec["volumeClaimTemplates"].is_list()) return;
  for (std::size_t index = 0; index < spec["volumeClaimTemplates"].size(); ++index) {
    Value& claim = spec.edit("volumeClaimTemplates").edit_item(index);
    set_absent(claim, "apiVersion", "v1");
    set_absent(claim, "kind", "PersistentVolumeClaim");
  }
}

using Rule = void (*)(Value&);
constexpr std::pair<std::string_view, Rule> k_rules[] = {
    {"core.v1.Container", default_container},
    {"core.v1.ServiceSpec", default_service},
    {"core.v1.ServicePort",
     [](Value& port) {
       const Value& target = port["targetPort"];
       if (target.is_null() || target == Value(0) || target == Value("")) port.set("targetPort", port["port"]);
     }},
    {"core.v1.Pod", default_pod},
    {"core.v1.Secret", default_secret},
    {"core.v1.Namespace", default_namespace},
    {"core.v1.ReplicationController", default_controller},
    {"batch.v1.Job", default_job},
    {"apps.v1.DaemonSet", default_daemon_set},
    {"autoscaling.v2.HorizontalPodAutoscalerSpec", default_autoscaler},
    {"networking.v1.NetworkPolicySpec", default_network_policy},
    {"rbac.v1.Subject", default_subject},
    {"x.CustomResourceDefinitionSpec", default_crd},
    {"apps.v1.StatefulSetSpec", default_claim_templates},
};

void apply_table(const TypeNode& type, Value& object) {
  for (const Default& row : k_defaults) {
    if (row.definition != type.definition) continue;
    const Value* value = object.find(row.field);
    // Go cannot tell "" from absent in a plain string.
    if (value != nullptr && !value->is_null() && !(row.json[0] == '"' && *value == Value(""))) continue;
    Budget budget;
    object.set(row.field, parse_json(row.json, budget).value_or(Value()));
  }
  if (type.definition == "apps.v1.DeploymentStrategy" || type.definition == "apps.v1.StatefulSetUpdateStrategy" ||
      type.definition == "apps.v1.DaemonSetUpdateStrategy") {
    default_strategy(object, "RollingUpdate");
  }
}

void canonicalise(Value& value) {
  const std::string text = value.is_string() ? std::string(value.as_string()) : format_json(value);
  if (const auto canonical = canonical_quantity(text)) value = Value(*canonical);
}

}  // namespace

void apply_defaults(const TypeNode& type, Value& object) {
  if (type.kind == TypeNode::Kind::quantity && !object.is_null()) canonicalise(object);
  if (type.kind == TypeNode::Kind::list && object.is_list()) {
    for (std::size_t index = 0; index < object.size(); ++index) apply_defaults(*type.element, object.edit_item(index));
  } else if (type.kind == TypeNode::Kind::map && object.is_map()) {
    if (type.element->kind == TypeNode::Kind::string) return;
    for (const Value copy = object; const Value::Entry& entry : copy.entries())
      apply_defaults(*type.element, object.edit(entry.key.as_string()));
  } else if (type.kind == TypeNode::Kind::structure && object.is_map()) {
    apply_table(type, object);
    for (const TypeField& field : type.fields) {
      const Value* value = object.find(field.name);
      if (value == nullptr || value->is_null()) continue;
      if (value->is_map() || value->is_list() || field.type->kind == TypeNode::Kind::quantity)
        apply_defaults(*field.type, object.edit(field.name));
    }
    for (const auto& [definition, rule] : k_rules) {
      if (definition == type.definition) rule(object);
    }
  }
}

void apply_custom_defaults(const TypeNode& type, Value& value) {
  if (value.is_list() && type.element != nullptr) {
    for (std::size_t index = 0; index < value.size(); ++index)
      apply_custom_defaults(*type.element, value.edit_item(index));
    return;
  }
  if (!value.is_map()) return;
  for (const TypeField& field : type.fields) {
    if (field.name == "metadata") continue;
    const Value* child = value.find(field.name);
    const bool absent = child == nullptr || (child->is_null() && !field.type->nullable);
    if (absent && field.type->default_value) value.set(field.name, *field.type->default_value);
    if (value.find(field.name) != nullptr) apply_custom_defaults(*field.type, value.edit(field.name));
  }
  if (type.kind == TypeNode::Kind::map) {
    for (const Value copy = value; const Value::Entry& entry : copy.entries())
      apply_custom_defaults(*type.element, value.edit(entry.key.as_string()));
  }
}

}  // namespace reconciled::sandbox
