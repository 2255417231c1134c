#include "health/rules.h"

#include <array>

namespace reconciled {
namespace {

// Reasons of a waiting container that do not pass by themselves.
constexpr std::array<std::string_view, 8> k_stuck{
    "CrashLoopBackOff",  "ImagePullBackOff",           "ErrImagePull",         "InvalidImageName",
    "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
};

std::optional<Health> find_stuck(const Value& object, std::string_view statuses) {
  for (const Value& container : object.at({"status", statuses}).items()) {
    const Value& waiting = container.at({"state", "waiting"});
    const std::string_view reason = waiting["reason"].as_string();
    for (const std::string_view stuck : k_stuck) {
      if (reason == stuck) {
        return degraded("container " + std::string(container["name"].as_string()) + ": " + condition_text(waiting));
      }
    }
  }
  return std::nullopt;
}

std::int64_t status_count(const Value& object, std::string_view field) {
  return object.at({"status", field}).as_integer(0);
}

}  // namespace

Health assess_pod(const Value& object) {
  const Value& status = object["status"];
  const std::string_view phase = status["phase"].as_string();
  if (phase == "Succeeded") return healthy("it has completed");
  if (phase == "Failed")
    return degraded(status["message"].is_string() || status["reason"].is_string() ? condition_text(status)
                                                                                  : "it has failed");
  for (const std::string_view statuses : {"initContainerStatuses", "containerStatuses"}) {
    if (auto stuck = find_stuck(object, statuses)) return *stuck;
  }
  const Value* scheduled = find_condition(object, "PodScheduled");
  if (scheduled != nullptr && (*scheduled)["reason"].as_string() == "Unschedulable") {
    return progressing(condition_text(*scheduled));
  }
  if (phase == "Running" && condition_is(object, "Ready", "True")) return healthy("it is ready");
  if (phase == "Running") {
    const Value* ready = find_condition(object, "Ready");
    return progressing(ready == nullptr ? "it is not ready" : condition_text(*ready));
  }
  if (phase == "Unknown") return {HealthState::unknown, "its node does not answer"};
  return progressing(phase.empty() ? "nothing has picked it up yet" : "it is " + std::string(phase));
}

Health assess_job(const Value& object) {
  for (const std::string_view failed : {"Failed", "FailureTarget"}) {
    if (condition_is(object, failed, "True")) return degraded(condition_text(*find_condition(object, failed)));
  }
  if (condition_is(object, "Complete", "True")) return healthy("it has completed");
  if (object.at({"spec", "suspend"}).as_bool() || condition_is(object, "Suspended", "True")) {
    return suspended("it is suspended");
  }
  const std::int64_t want = object.at({"spec", "completions"}).as_integer(1);
  return progressing(std::to_string(status_count(object, "succeeded")) + " of " + std::to_string(want) +
                     " completions, " + std::to_string(status_count(object, "active")) + " active, " +
                     std::to_string(status_count(object, "failed")) + " failed");
}

Health assess_cron_job(const Value& object) {
  if (object.at({"spec", "suspend"}).as_bool()) return suspended("it is suspended");
  const std::string_view last = object.at({"status", "lastScheduleTime"}).as_string();
  return healthy(last.empty() ? "it is scheduled" : "it ran last at " + std::string(last));
}

}  // namespace reconciled
