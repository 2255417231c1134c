// The pieces that health rules are made of, and the rules of the built-in kinds.
#pragma once

#include "health/health.h"

#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

Health healthy(std::string reason);
Health progressing(std::string reason);
Health degraded(std::string reason);
Health suspended(std::string reason);

/// The condition of a type in status.conditions, or nullptr.
const Value* find_condition(const Value& object, std::string_view type);
/// Whether the condition's status is `status` ("True", "False", "Unknown").
bool condition_is(const Value& object, std::string_view type, std::string_view status);
/// "reason: message" of a condition, or what is there of it.
std::string condition_text(const Value& condition);

// Workloads (workloads.cpp)
Health assess_deployment(const Value& object);
Health assess_stateful_set(const Value& object);
Health assess_daemon_set(const Value& object);
Health assess_replica_set(const Value& object);
Health assess_replication_controller(const Value& object);
// Jobs and pods (pods.cpp)
Health assess_job(const Value& object);
Health assess_cron_job(const Value& object);
Health assess_pod(const Value& object);
// The rest (kinds.cpp)
Health assess_claim(const Value& object);
Health assess_volume(const Value& object);
Health assess_service(const Value& object);
Health assess_autoscaler(const Value& object);
Health assess_disruption_budget(const Value& object);
Health assess_crd(const Value& object);
Health assess_namespace(const Value& object);
Health assess_api_service(const Value& object);
/// Kinds that are healthy as soon as they exist.
Health assess_existing(const Value& object);

}  // namespace reconciled
