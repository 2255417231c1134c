#include "health/rules.h"

#include <algorithm>

namespace reconciled {
namespace {

std::int64_t status_count(const Value& object, std::string_view field) {
  return object.at({"status", field}).as_integer(0);
}
std::int64_t wanted_replicas(const Value& object) {
  return object.at({"spec", "replicas"}).as_integer(1);
}

std::string of(std::int64_t have, std::int64_t want, std::string_view what) {
  return std::to_string(have) + " of " + std::to_string(want) + (want == 1 ? " replica " : " replicas ") +
         std::string(what);
}

// A workload whose controller never looked has no status at all.
bool never_seen(const Value& object) {
  return object.at({"metadata", "generation"}).is_integer() &&
         !object.at({"status", "observedGeneration"}).is_integer();
}

constexpr std::string_view k_unseen = "its controller has not seen it yet";

}  // namespace

Health assess_deployment(const Value& object) {
  const Value* rollout = find_condition(object, "Progressing");
  if (rollout != nullptr && (*rollout)["reason"].as_string() == "ProgressDeadlineExceeded") {
    return degraded(condition_text(*rollout));
  }
  if (condition_is(object, "ReplicaFailure", "True"))
    return degraded(condition_text(*find_condition(object, "ReplicaFailure")));
  if (never_seen(object)) return progressing(std::string(k_unseen));
  if (object.at({"spec", "paused"}).as_bool()) return suspended("its rollout is paused");
  const std::int64_t want = wanted_replicas(object);
  const std::int64_t have = status_count(object, "replicas");
  const std::int64_t updated = status_count(object, "updatedReplicas");
  const std::int64_t available = status_count(object, "availableReplicas");
  const std::int64_t ready = status_count(object, "readyReplicas");
  if (have < want) return progressing(of(have, want, "exist"));
  if (updated < want) return progressing(of(updated, want, "are updated"));
  if (have > updated) return progressing(std::to_string(have - updated) + " old replicas are still there");
  if (available < updated) return progressing(of(available, want, "are available"));
  if (ready < want) return progressing(of(ready, want, "are ready"));
  const Value* available_condition = find_condition(object, "Available");
  if (available_condition != nullptr && (*available_condition)["status"].as_string() != "True") {
    return progressing(condition_text(*available_condition));
  }
  return healthy(of(ready, want, "are ready"));
}

Health assess_stateful_set(const Value& object) {
  if (object.at({"spec", "updateStrategy", "type"}).as_string() == "OnDelete") {
    return healthy("its pods are updated by hand (OnDelete)");
  }
  if (never_seen(object)) return progressing(std::string(k_unseen));
  const std::int64_t want = wanted_replicas(object);
  const std::int64_t have = status_count(object, "replicas");
  const std::int64_t ready = status_count(object, "readyReplicas");
  const std::int64_t updated = status_count(object, "updatedReplicas");
  if (have < want) return progressing(of(have, want, "exist"));
  if (ready < want) return progressing(of(ready, want, "are ready"));
  if (have > want) return progressing(std::to_string(have - want) + " replicas too many");
  const std::int64_t partition = object.at({"spec", "updateStrategy", "rollingUpdate", "partition"}).as_integer(0);
  if (partition > 0) {
    const std::int64_t wave = std::max<std::int64_t>(0, want - partition);
    if (updated < wave) return progressing(of(updated, wave, "of the partition are updated"));
    return healthy(of(ready, want, "are ready, updated down to partition ") + std::to_string(partition));
  }
  const std::int64_t current = status_count(object, "currentReplicas");
  if (current < want) return progressing(of(updated, want, "are updated"));
  const Value& status = object["status"];
  if (status["currentRevision"] != status["updateRevision"]) return progressing("its rolling update is not finished");
  return healthy(of(ready, want, "are ready"));
}

Health assess_daemon_set(const Value& object) {
  if (never_seen(object)) return progressing(std::string(k_unseen));
  const std::int64_t want = status_count(object, "desiredNumberScheduled");
  const std::int64_t scheduled = status_count(object, "currentNumberScheduled");
  const std::int64_t updated = status_count(object, "updatedNumberScheduled");
  const std::int64_t available = status_count(object, "numberAvailable");
  const std::int64_t ready = status_count(object, "numberReady");
  if (scheduled < want) return progressing(of(scheduled, want, "are scheduled"));
  if (object.at({"spec", "updateStrategy", "type"}).as_string() != "OnDelete" && updated < want) {
    return progressing(of(updated, want, "are updated"));
  }
  if (available < want) return progressing(of(available, want, "are available"));
  if (ready < want) return progressing(of(ready, want, "are ready"));
  return healthy(of(ready, want, "are ready"));
}

Health assess_replica_set(const Value& object) {
  if (condition_is(object, "ReplicaFailure", "True"))
    return degraded(condition_text(*find_condition(object, "ReplicaFailure")));
  if (never_seen(object)) return progressing(std::string(k_unseen));
  const std::int64_t want = wanted_replicas(object);
  const std::int64_t labelled = status_count(object, "fullyLabeledReplicas");
  const std::int64_t available = status_count(object, "availableReplicas");
  const std::int64_t ready = status_count(object, "readyReplicas");
  const std::int64_t have = status_count(object, "replicas");
  if (labelled < want) return progressing(of(labelled, want, "exist"));
  if (available < want) return progressing(of(available, want, "are available"));
  if (ready < want) return progressing(of(ready, want, "are ready"));
  if (have > want) return progressing(std::to_string(have - want) + " replicas too many");
  return healthy(of(ready, want, "are ready"));
}

Health assess_replication_controller(const Value& object) {
  return assess_replica_set(object);
}

}  // namespace reconciled
