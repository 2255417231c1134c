#include "sandbox/controllers.h"

#include <algorithm>

namespace reconciled::sandbox {
namespace {

Value condition(std::string_view type, std::string_view time_field, const std::string& time) {
  Value out = Value::map(
      {{"type", type}, {"status", "True"}, {"reason", "Sandbox"}, {"message", "set by the sandbox; nothing runs"}});
  out.set(time_field, time);
  return out;
}

void add_conditions(const Value& object, Value& status, std::initializer_list<std::string_view> types,
                    const std::string& time) {
  Value list = Value::list();
  for (const std::string_view type : types) {
    const auto old = object.at({"status", "conditions"}).items();
    const auto same =
        std::find_if(old.begin(), old.end(), [&](const Value& entry) { return entry["type"].as_string() == type; });
    list.append(same != old.end() ? *same : condition(type, "lastTransitionTime", time));
  }
  status.set("conditions", std::move(list));
}

Value ready_status(const Value& object, const std::string& time) {
  const std::string_view kind = object["kind"].as_string();
  const std::string_view group = object["apiVersion"].as_string();
  const Value generation = object.at({"metadata", "generation"});
  const std::int64_t replicas = object.at({"spec", "replicas"}).as_integer(1);
  Value status = object["status"].is_map() ? object["status"] : Value::map();
  if (group == "apps/v1" && kind != "DaemonSet" && kind != "ControllerRevision") {
    status.set("observedGeneration", generation);
    for (const char* field : {"replicas", "readyReplicas", "availableReplicas"}) status.set(field, replicas);
    if (kind != "ReplicaSet") status.set("updatedReplicas", replicas);
    if (kind == "Deployment") add_conditions(object, status, {"Available", "Progressing"}, time);
    if (kind == "StatefulSet") {
      status.set("currentReplicas", replicas);
      status.set("currentRevision", "sandbox");
      status.set("updateRevision", "sandbox");
    }
  } else if (group == "apps/v1" && kind == "DaemonSet") {
    status.set("observedGeneration", generation);
    for (const char* field : {"desiredNumberScheduled", "currentNumberScheduled", "numberReady", "numberAvailable",
                              "updatedNumberScheduled"}) {
      status.set(field, 1);
    }
    status.set("numberMisscheduled", 0);
  } else if (group == "batch/v1" && kind == "Job" && !object.at({"spec", "suspend"}).as_bool()) {
    status.set("succeeded", object.at({"spec", "completions"}).as_integer(1));
    if (status["startTime"].is_null()) status.set("startTime", time);
    if (status["completionTime"].is_null()) status.set("completionTime", time);
    add_conditions(object, status, {"Complete"}, time);
  } else if (group == "v1" && kind == "PersistentVolumeClaim") {
    status.set("phase", "Bound");
    status.set("accessModes", object.at({"spec", "accessModes"}));
    status.set("capacity", object.at({"spec", "resources", "requests"}));
  } else if (group == "v1" && kind == "PersistentVolume") {
    status.set("phase", "Available");
  } else if (group == "v1" && kind == "Pod") {
    status.set("phase", "Running");
    add_conditions(object, status, {"Ready", "ContainersReady", "Initialized", "PodScheduled"}, time);
  } else if (group == "policy/v1" && kind == "PodDisruptionBudget") {
    status.set("observedGeneration", generation);
    for (const char* field : {"currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods"})
      status.set(field, 1);
  } else if (group == "v1" && kind == "Service" && object.at({"spec", "type"}).as_string() == "LoadBalancer") {
    status.edit("loadBalancer").set("ingress", Value::list({Value::map({{"ip", "192.0.2.1"}})}));
  }
  return status;
}

}  // namespace

std::optional<Value> make_ready(const Value& object, const std::string& time) {
  Value status = ready_status(object, time);
  if (status.size() == 0 || status == object["status"]) return std::nullopt;
  Value out = object;
  out.set("status", std::move(status));
  return out;
}

}  // namespace reconciled::sandbox
