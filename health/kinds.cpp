#include "health/rules.h"

namespace reconciled {

Health assess_claim(const Value& object) {
  const std::string_view phase = object.at({"status", "phase"}).as_string();
  if (phase == "Bound") return healthy("it is bound");
  if (phase == "Lost") return degraded("its volume is lost");
  return progressing(phase.empty() ? "it is not bound" : "it is " + std::string(phase));
}

Health assess_volume(const Value& object) {
  const Value& status = object["status"];
  const std::string_view phase = status["phase"].as_string();
  if (phase == "Bound" || phase == "Available" || phase == "Released") return healthy("it is " + std::string(phase));
  if (phase == "Failed") return degraded("its reclamation failed: " + condition_text(status));
  return progressing("it is not available yet");
}

Health assess_service(const Value& object) {
  if (object.at({"spec", "type"}).as_string() != "LoadBalancer") return healthy("it exists");
  if (object.at({"status", "loadBalancer", "ingress"}).size() != 0) return healthy("its load balancer has an address");
  return progressing("its load balancer has no address yet");
}

Health assess_autoscaler(const Value& object) {
  for (const std::string_view type : {"AbleToScale", "ScalingActive"}) {
    const Value* condition = find_condition(object, type);
    if (condition == nullptr || (*condition)["status"].as_string() != "False") continue;
    if ((*condition)["reason"].as_string() == "ScalingDisabled") return suspended(condition_text(*condition));
    return degraded(condition_text(*condition));
  }
  if (find_condition(object, "AbleToScale") == nullptr) return progressing("its controller has not seen it yet");
  return healthy("it is able to scale");
}

Health assess_disruption_budget(const Value& object) {
  if (condition_is(object, "DisruptionAllowed", "False")) {
    const Value& condition = *find_condition(object, "DisruptionAllowed");
    if (condition["reason"].as_string() == "SyncFailed") return degraded(condition_text(condition));
  }
  return healthy(std::to_string(object.at({"status", "disruptionsAllowed"}).as_integer(0)) +
                 " disruptions are allowed now");
}

Health assess_crd(const Value& object) {
  if (condition_is(object, "NamesAccepted", "False"))
    return degraded(condition_text(*find_condition(object, "NamesAccepted")));
  const Value* established = find_condition(object, "Established");
  if (established == nullptr) return progressing("it is not established yet");
  const std::string_view status = (*established)["status"].as_string();
  if (status == "True") return healthy("it is established");
  if (status == "False" && (*established)["reason"].as_string() != "Installing")
    return degraded(condition_text(*established));
  return progressing(condition_text(*established));
}

Health assess_namespace(const Value& object) {
  if (object.at({"status", "phase"}).as_string() != "Terminating") return healthy("it is active");
  for (const Value& condition : object.at({"status", "conditions"}).items()) {
    if (condition["status"].as_string() == "True" && condition["type"].as_string().ends_with("Failure")) {
      return degraded("it is terminating: " + condition_text(condition));
    }
  }
  return progressing("it is terminating");
}

Health assess_api_service(const Value& object) {
  const Value* available = find_condition(object, "Available");
  if (available == nullptr) return progressing("nobody has tried to reach it yet");
  if ((*available)["status"].as_string() == "True") return healthy("it is available");
  return progressing(condition_text(*available));
}

Health assess_existing(const Value&) {
  return healthy("it exists");
}

}  // namespace reconciled
