#include "daemon/http/metrics_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace reconciled {
namespace {

using enum MetricType;

constexpr std::array k_fast{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0};
constexpr std::array k_slow{0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0};

// In the order in which they are served: state first, then what happened, then the process.
constexpr std::array k_rows{
    MetricRow{"reconciled_build_info", gauge, {"version", "revision"}, "1, with the version of this program."},
    MetricRow{"reconciled_loop_age_seconds",
              gauge,
              {},
              "Time since the daemon's loop last moved; above 30 all status is unknown."},
    MetricRow{"reconciled_config_reload_success", gauge, {}, "Whether the last reading of the settings succeeded."},
    MetricRow{"reconciled_config_reload_timestamp_seconds", gauge, {}, "When the settings were last read."},
    MetricRow{"reconciled_ready",
              gauge,
              {"environment", "target_cluster"},
              "Whether the environment is loaded and its cluster watched."},
    MetricRow{"reconciled_leader",
              gauge,
              {"environment", "target_cluster"},
              "Whether this process may write to the cluster."},
    MetricRow{"reconciled_desired_commit_timestamp_seconds",
              gauge,
              {"environment", "target_cluster"},
              "Time of the commit that is desired."},
    MetricRow{"reconciled_source_last_success_timestamp_seconds",
              gauge,
              {"environment", "target_cluster"},
              "When the repository last answered."},
    MetricRow{
        "reconciled_queue_depth", gauge, {"environment", "target_cluster"}, "Stacks that are due and not yet running."},
    MetricRow{"reconciled_queue_oldest_age_seconds",
              gauge,
              {"environment", "target_cluster"},
              "How long the first of them has been due."},
    MetricRow{"reconciled_kube_watch_age_seconds",
              gauge,
              {"environment", "target_cluster"},
              "Since the API server last confirmed the oldest of the watches."},
    MetricRow{"reconciled_layer_sync_status",
              gauge,
              {"layer", "environment", "target_cluster", "status"},
              "State set: 1 for the worst sync status of the layer's stacks."},
    MetricRow{"reconciled_layer_health_status",
              gauge,
              {"layer", "environment", "target_cluster", "status"},
              "State set: 1 for the worst health of the layer's stacks."},
    MetricRow{"reconciled_stack_info",
              gauge,
              {"stack", "layer", "environment", "target_cluster", "repo", "revision", "auto_sync"},
              "1, with where the stack comes from and the commit that is desired."},
    MetricRow{"reconciled_stack_sync_status",
              gauge,
              {"stack", "layer", "environment", "target_cluster", "status"},
              "State set: 1 for the sync status of the stack."},
    MetricRow{"reconciled_stack_health_status",
              gauge,
              {"stack", "layer", "environment", "target_cluster", "status"},
              "State set: 1 for the health of the stack."},
    MetricRow{"reconciled_stack_objects",
              gauge,
              {"stack", "layer", "environment", "target_cluster", "state"},
              "Objects of the stack by state; one may have several."},
    MetricRow{"reconciled_suspended",
              gauge,
              {"stack", "layer", "environment", "target_cluster"},
              "Whether the stack is suspended."},
    MetricRow{"reconciled_drift_objects",
              gauge,
              {"stack", "layer", "environment", "target_cluster", "cause"},
              "Objects that differ from the repository, by cause; absent when there are none."},
    MetricRow{"reconciled_drift_start_timestamp_seconds",
              gauge,
              {"stack", "layer", "environment", "target_cluster"},
              "Onset of the drift that is seen now; absent when there is none."},
    MetricRow{"reconciled_last_sync_timestamp_seconds",
              gauge,
              {"stack", "layer", "environment", "target_cluster", "result"},
              "When the stack last ran and how that ended; absent before its first run."},
    MetricRow{"reconciled_reconciles_total",
              counter,
              {"layer", "environment", "trigger", "result"},
              "Finished runs of stacks."},
    MetricRow{
        "reconciled_object_operations_total", counter, {"operation", "result"}, "Objects written, held or refused."},
    MetricRow{"reconciled_apply_conflicts_total",
              counter,
              {"manager"},
              "Objects whose fields another manager did not give up."},
    MetricRow{
        "reconciled_self_heals_total", counter, {"layer", "environment"}, "Objects whose foreign changes were undone."},
    MetricRow{"reconciled_git_fetches_total",
              counter,
              {"environment", "result"},
              "Times that a repository was asked for news."},
    MetricRow{"reconciled_webhooks_total", counter, {"provider", "result"}, "Deliveries of Git servers."},
    MetricRow{
        "reconciled_kube_requests_total", counter, {"verb", "code"}, "Answers of API servers; code 0: none came."},
    MetricRow{"reconciled_kube_watch_restarts_total", counter, {"reason"}, "Watches that ended and were begun again."},
    MetricRow{"reconciled_http_requests_total",
              counter,
              {"route", "code"},
              "Requests to our own listeners; route \"none\": there is no such path."},
    MetricRow{"reconciled_phase_duration_seconds", histogram, {"phase"}, "Time spent in a phase of a run.", k_fast},
    MetricRow{
        "reconciled_git_fetch_duration_seconds", histogram, {}, "Time that asking a repository for news took.", k_fast},
    MetricRow{"reconciled_run_duration_seconds", histogram, {}, "Time that the run of a stack took.", k_slow},
    MetricRow{"reconciled_push_to_applied_seconds",
              histogram,
              {},
              "From the arrival of a commit to its first success in a stack.",
              k_slow},
    MetricRow{"process_cpu_seconds_total", counter, {}, "CPU time of this process."},
    MetricRow{"process_resident_memory_bytes", gauge, {}, "Resident memory of this process."},
    MetricRow{"process_virtual_memory_bytes", gauge, {}, "Virtual memory of this process."},
    MetricRow{"process_open_fds", gauge, {}, "Open file descriptors."},
    MetricRow{"process_max_fds", gauge, {}, "File descriptors that may be open."},
    MetricRow{"process_threads", gauge, {}, "Threads of this process."},
    MetricRow{"process_start_time_seconds", gauge, {}, "When this process started."},
};

std::string_view name_of(MetricType type) {
  switch (type) {
    case gauge: return "gauge";
    case counter: return "counter";
    case histogram: return "histogram";
  }
  return "untyped";
}

constexpr std::string_view k_intro = R"(# Metrics

<!-- Made from daemon/http/metrics_table.cpp: change it there, then run the tests of daemon/http with RECONCILED_UPDATE_GOLDEN=1. -->

`reconciled` serves these on `listen.metrics` under `/metrics`, in Prometheus's text format 0.0.4. State is computed from the latest view when it is
asked for, so series of a stack end with the stack. Labels are bounded: what others choose (field managers) counts as `other` beyond 50 of them.

- `status` of sync is one of `in-sync`, `ahead`, `drifted`, `held`, `unknown`, `failed`; of health one of `healthy`, `suspended`, `progressing`, `missing`,
  `degraded`, `unknown`. Of a state set exactly one series is 1. When the daemon's loop stalls, or a cluster cannot be seen, it is `unknown`.
- `result` of a run is one of `succeeded`, `failed`, `held`, `blocked`; of a webhook one of `accepted`, `ping`, `bad_signature`, `replayed`, `unmatched`,
  `malformed`, `limited`.

| Metric | Type | Labels | Meaning |
|---|---|---|---|
)";

}  // namespace

std::span<const MetricRow> metric_rows() {
  return k_rows;
}

const MetricRow& metric_row(std::string_view name) {
  const auto at = std::ranges::find(k_rows, name, &MetricRow::name);
  if (at == k_rows.end()) std::abort();
  return *at;
}

std::string format_metrics_reference() {
  std::string text(k_intro);
  for (const MetricRow& row : k_rows) {
    std::string labels;
    for (const auto label : row.labels) {
      if (!label.empty()) labels += fmt::format("{}`{}`", labels.empty() ? "" : ", ", label);
    }
    text += fmt::format("| `{}` | {} | {} | {} |\n", row.name, name_of(row.type), labels, row.help);
  }
  return text;
}

}  // namespace reconciled
