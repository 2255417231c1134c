#include "health/health.h"
#include "health/rules.h"

#include <array>

namespace reconciled {
namespace {

constexpr std::array<std::string_view, 6> k_names{"healthy", "suspended", "progressing",
                                                  "missing", "degraded",  "unknown"};

struct KindRule {
  std::string_view group;
  std::string_view kind;
  Health (*assess)(const Value&);
};

// Rules of kstatus (kubernetes-sigs/cli-utils), and beyond it: a job counts when it is complete, a suspended one says
// so. An Ingress needs no load balancer: many controllers never write one.
constexpr std::array k_rules{
    KindRule{"apps", "Deployment", &assess_deployment},
    KindRule{"apps", "StatefulSet", &assess_stateful_set},
    KindRule{"apps", "DaemonSet", &assess_daemon_set},
    KindRule{"apps", "ReplicaSet", &assess_replica_set},
    KindRule{"", "ReplicationController", &assess_replication_controller},
    KindRule{"batch", "Job", &assess_job},
    KindRule{"batch", "CronJob", &assess_cron_job},
    KindRule{"", "Pod", &assess_pod},
    KindRule{"", "PersistentVolumeClaim", &assess_claim},
    KindRule{"", "PersistentVolume", &assess_volume},
    KindRule{"", "Service", &assess_service},
    KindRule{"autoscaling", "HorizontalPodAutoscaler", &assess_autoscaler},
    KindRule{"policy", "PodDisruptionBudget", &assess_disruption_budget},
    KindRule{"apiextensions.k8s.io", "CustomResourceDefinition", &assess_crd},
    KindRule{"", "Namespace", &assess_namespace},
    KindRule{"apiregistration.k8s.io", "APIService", &assess_api_service},
    KindRule{"", "ConfigMap", &assess_existing},
    KindRule{"", "Secret", &assess_existing},
    KindRule{"", "ServiceAccount", &assess_existing},
    KindRule{"networking.k8s.io", "Ingress", &assess_existing},
    KindRule{"networking.k8s.io", "NetworkPolicy", &assess_existing},
    KindRule{"networking.k8s.io", "IngressClass", &assess_existing},
    KindRule{"rbac.authorization.k8s.io", "Role", &assess_existing},
    KindRule{"rbac.authorization.k8s.io", "RoleBinding", &assess_existing},
    KindRule{"rbac.authorization.k8s.io", "ClusterRole", &assess_existing},
    KindRule{"rbac.authorization.k8s.io", "ClusterRoleBinding", &assess_existing},
};

const KindRule* rule_of(const Value& object) {
  const GroupVersionKind gvk = make_gvk(object["apiVersion"].as_string(), object["kind"].as_string());
  for (const KindRule& rule : k_rules) {
    if (rule.kind == gvk.kind && rule.group == gvk.group) return &rule;
  }
  return nullptr;
}

// A status that speaks of an older spec proves nothing.
bool status_is_old(const Value& object) {
  const Value& generation = object.at({"metadata", "generation"});
  const Value& observed = object.at({"status", "observedGeneration"});
  return generation.is_integer() && observed.is_integer() && observed.as_integer() != generation.as_integer();
}

// What controllers of any kind agree on: Ready, Reconciling, Stalled (and Available, where Ready is absent).
Health assess_generic(const Value& object) {
  for (const std::string_view type : {"Ready", "Available"}) {
    const Value* condition = find_condition(object, type);
    if (condition == nullptr) continue;
    const std::string_view status = (*condition)["status"].as_string();
    if (status == "True") return healthy(std::string(type));
    return progressing(condition_text(*condition));
  }
  return healthy("it exists");
}

}  // namespace

std::string_view name_of(HealthState state) {
  return k_names.at(static_cast<std::size_t>(state));
}

Health assess_health(const Value& object) {
  if (!object.is_map()) return {HealthState::unknown, "it is no object"};
  if (object.at({"metadata", "deletionTimestamp"}).is_string()) {
    std::string waiting;
    for (const Value& finalizer : object.at({"metadata", "finalizers"}).items()) {
      waiting.append(waiting.empty() ? ", waiting for " : ", ").append(finalizer.as_string());
    }
    return progressing("is being deleted" + waiting);
  }
  if (status_is_old(object)) return progressing("its controller has not seen the last change yet");
  if (condition_is(object, "Stalled", "True")) return degraded(condition_text(*find_condition(object, "Stalled")));
  if (condition_is(object, "Reconciling", "True"))
    return progressing(condition_text(*find_condition(object, "Reconciling")));
  const KindRule* rule = rule_of(object);
  return rule == nullptr ? assess_generic(object) : rule->assess(object);
}

Health worst(const std::vector<std::pair<ObjectId, Health>>& healths) {
  Health out{HealthState::healthy, ""};
  for (const auto& [id, health] : healths) {
    if (health.state <= out.state) continue;
    out.state = health.state;
    out.reason = format_id(id) + ": " + health.reason;
  }
  return out;
}

}  // namespace reconciled
