// What the API server checks of kinds that run containers.
#pragma once

#include "sandbox/field_errors.h"

namespace reconciled::sandbox {

/// Deployment, DaemonSet and ReplicaSet. `old` is null at creation, here as below.
void check_workload(const Value& object, const Value& old, Errors& errors);
void check_stateful_set(const Value& object, const Value& old, Errors& errors);
void check_job(const Value& object, const Value& old, Errors& errors);
void check_cron_job(const Value& object, const Value& old, Errors& errors);
void check_pod(const Value& object, const Value& old, Errors& errors);

}  // namespace reconciled::sandbox
