#include "daemon/http/status.h"

#include "base/json.h"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace reconciled {
namespace {

constexpr std::string_view k_stacks_path = "/api/v1/stacks/";

Value text_or_null(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

Value time_or_null(const std::optional<WallTime>& time) {
  return time ? Value(format_time(*time)) : Value();
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Value make_texts(const std::vector<std::string>& texts) {
  Value list = Value::list();
  for (const auto& text : texts) list.append(text);
  return list;
}

Value make_error(const std::optional<Error>& error) {
  if (!error) return {};
  return Value::map({{"kind", name_of(error->kind)},
                     {"message", error->message},
                     {"where", text_or_null(format_where(error->where))},
                     {"hint", text_or_null(error->hint)},
                     {"context", make_texts(error->context)}});
}

Value make_object(const ObjectId& id) {
  return Value::map(
      {{"group", id.group}, {"kind", id.kind}, {"namespace", text_or_null(id.namespace_)}, {"name", id.name}});
}

Value make_revision(const Revision& revision) {
  const bool known = !revision.commit.empty();
  return Value::map({{"url", revision.url},
                     {"ref", text_or_null(revision.ref)},
                     {"commit", text_or_null(revision.commit)},
                     {"author", text_or_null(revision.author)},
                     {"subject", text_or_null(revision.subject)},
                     {"time", known ? Value(format_time(revision.time)) : Value()}});
}

Value make_counts(const StackView& stack) {
  const auto count = [](std::uint32_t number) { return Value(static_cast<std::int64_t>(number)); };
  return Value::map({{"desired", count(stack.objects)},
                     {"drifted", count(stack.drifted)},
                     {"missing", count(stack.missing)},
                     {"orphaned", count(stack.orphaned)},
                     {"failed", count(stack.failed)},
                     {"held", count(stack.held)}});
}

Value make_stack(const EnvironmentView& environment, const StackView& stack) {
  return Value::map({{"environment", stack.id.environment},
                     {"layer", stack.id.layer},
                     {"name", stack.id.name},
                     {"namespace", text_or_null(stack.namespace_)},
                     {"repository", stack.repository},
                     {"revision", text_or_null(stack.revision)},
                     {"appliedRevision", text_or_null(stack.applied_revision)},
                     {"sync", name_of(shown_sync(environment, stack))},
                     {"health", name_of(stack.health.state)},
                     {"why", explain(stack)},
                     {"automated", stack.automated},
                     {"suspended", stack.suspended ? Value(*stack.suspended) : Value()},
                     {"blockedBy", make_texts(stack.blocked_by)},
                     {"warnings", make_texts(stack.warnings)},
                     {"error", make_error(stack.error)},
                     {"lastResult", name_of(stack.last_result)},
                     {"lastRun", time_or_null(stack.last_run)},
                     {"driftSince", time_or_null(stack.drift_since)},
                     {"retryAt", time_or_null(stack.retry_at)},
                     {"objects", make_counts(stack)}});
}

Value make_watch(const WatchView& watch, Duration since_made) {
  return Value::map({{"group", watch.gvk.group},
                     {"version", watch.gvk.version},
                     {"kind", watch.gvk.kind},
                     {"synced", watch.synced},
                     {"ageSeconds", seconds(watch.age + since_made)},
                     {"error", make_error(watch.error)}});
}

Value make_environment(const EnvironmentView& environment) {
  Value stacks = Value::list();
  for (const auto& stack : environment.stacks) stacks.append(make_stack(environment, stack));
  Value watches = Value::list();
  for (const auto& watch : environment.watches) watches.append(make_watch(watch, {}));
  return Value::map({{"name", environment.environment},
                     {"cluster", environment.cluster},
                     {"clusterUid", text_or_null(environment.cluster_uid)},
                     {"serverVersion", text_or_null(environment.server_version)},
                     {"leader", environment.leader},
                     {"ready", environment.ready},
                     {"revision", make_revision(environment.revision)},
                     {"sourceSuccess", time_or_null(environment.source_success)},
                     {"sourceError", make_error(environment.source_error)},
                     {"clusterError", make_error(environment.cluster_error)},
                     {"queued", static_cast<std::int64_t>(environment.queued)},
                     {"oldestQueuedSeconds", seconds(environment.oldest_queued)},
                     {"running", static_cast<std::int64_t>(environment.running)},
                     {"stacks", std::move(stacks)},
                     {"watches", std::move(watches)}});
}

WebResponse make_failure(int status, std::string_view message, std::string_view hint = {}) {
  Value body = Value::map({{"apiVersion", "reconcile/v1"}, {"kind", "Failure"}, {"message", message}});
  if (!hint.empty()) body.set("hint", hint);
  return make_json_response(status, format_json(body));
}

/// Why there is no answer to be had; nullopt: the view is current.
std::optional<std::string> describe_distrust(const Board& board, MonotonicTime now) {
  switch (trust_of(board, now)) {
    case Trust::current: return std::nullopt;
    case Trust::none: return "the daemon is starting and knows nothing yet";
    case Trust::stalled: break;
  }
  return fmt::format("the daemon has not moved for {}: what it knew is old", format_duration(now - board.last_beat()));
}

std::string count_text(const StackView& stack) {
  const std::array<std::pair<std::uint32_t, std::string_view>, 5> counts{{{stack.failed, "failed"},
                                                                          {stack.held, "held"},
                                                                          {stack.drifted, "drifted"},
                                                                          {stack.missing, "missing"},
                                                                          {stack.orphaned, "orphaned"}}};
  std::string text;
  for (const auto& [count, what] : counts) {
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  }
  return text;
}

}  // namespace

SyncState shown_sync(const EnvironmentView& environment, const StackView& stack) {
  if (stack.sync != SyncState::in_sync) return stack.sync;
  const bool believed = environment.ready && !environment.cluster_error && !stack.error;
  return believed ? SyncState::in_sync : SyncState::unknown;
}

std::string explain(const StackView& stack) {
  if (stack.error) return format_error(*stack.error);
  if (!stack.blocked_by.empty()) return stack.blocked_by.front();
  if (auto counts = count_text(stack); !counts.empty()) return counts;
  if (stack.health.state != HealthState::healthy) return stack.health.reason;
  return stack.suspended ? "suspended: " + *stack.suspended : std::string();
}

Value make_status(const DaemonView& view, std::string_view version) {
  Value environments = Value::list();
  for (const auto& environment : view.environments) environments.append(make_environment(environment));
  return Value::map(
      {{"apiVersion", "reconcile/v1"},
       {"kind", "DaemonStatus"},
       {"version", version},
       {"generatedAt", format_time(view.made)},
       {"startedAt", format_time(view.started)},
       {"settings", Value::map({{"readAt", format_time(view.reload.at)}, {"error", make_error(view.reload.error)}})},
       {"environments", std::move(environments)}});
}

Value make_stack_status(const EnvironmentView& environment, const StackView& stack) {
  Value drift = Value::list();
  for (const auto& field : stack.drift) {
    drift.append(Value::map({{"object", make_object(field.object)},
                             {"cause", name_of(field.cause)},
                             {"path", field.path},
                             {"manager", text_or_null(field.manager)},
                             {"time", text_or_null(field.time)},
                             {"before", field.before},
                             {"after", field.after}}));
  }
  Value unhealthy = Value::list();
  for (const auto& object : stack.unhealthy) {
    unhealthy.append(Value::map({{"object", make_object(object.object)},
                                 {"health", name_of(object.health.state)},
                                 {"reason", object.health.reason}}));
  }
  Value status = make_stack(environment, stack);
  status.set("healthReason", stack.health.reason);
  status.set("drift", std::move(drift));
  status.set("unhealthy", std::move(unhealthy));
  return status;
}

WebResponse StatusApi::status(const WebRequest& /*request*/) {
  if (const auto distrust = describe_distrust(m_board, m_clock.monotonic())) return make_failure(503, *distrust);
  const auto view = m_board.view();
  const std::scoped_lock lock(m_mutex);
  if (m_view != view) {
    m_text = std::make_shared<const std::string>(format_json(make_status(*view, m_version)) + "\n");
    m_view = view;
  }
  WebResponse response;
  response.content_type = "application/json";
  response.body = m_text;
  return response;
}

WebResponse StatusApi::stack(const WebRequest& request) const {
  if (const auto distrust = describe_distrust(m_board, m_clock.monotonic())) return make_failure(503, *distrust);
  const auto path = decode_percent(
      request.path.starts_with(k_stacks_path) ? request.path.substr(k_stacks_path.size()) : std::string_view(),
      Plus::literal);
  const auto environment_name = query_value(request.query, "environment");
  Value found = Value::list();
  const auto view = m_board.view();
  for (const auto& environment : view->environments) {
    if (environment_name && *environment_name != environment.environment) continue;
    for (const auto& stack : environment.stacks) {
      if (path && stack.id.path() == *path) found.append(make_stack_status(environment, stack));
    }
  }
  if (found.size() == 0)
    return make_failure(404, "there is no such stack", "GET /api/v1/status lists the stacks, as layer and name");
  return make_json_response(200, format_json(Value::map({{"apiVersion", "reconcile/v1"},
                                                         {"kind", "StackStatusList"},
                                                         {"generatedAt", format_time(view->made)},
                                                         {"items", std::move(found)}})));
}

WebResponse StatusApi::livez(const WebRequest& /*request*/) const {
  const MonotonicTime now = m_clock.monotonic();
  const Duration silent = now - m_board.last_beat();
  if (silent <= k_stalled_after) return make_text_response(200, "ok\n");
  return make_text_response(503, "the loop has not moved for " + format_duration(silent) + "\n");
}

WebResponse StatusApi::readyz(const WebRequest& /*request*/) const {
  if (const auto distrust = describe_distrust(m_board, m_clock.monotonic()))
    return make_text_response(503, *distrust + "\n");
  std::string waiting;
  for (const auto& environment : m_board.view()->environments) {
    if (environment.ready) continue;
    const auto& error = environment.cluster_error ? environment.cluster_error : environment.source_error;
    waiting += fmt::format("environment {} is not ready{}\n", environment.environment,
                           error ? ": " + error->message : std::string());
  }
  return waiting.empty() ? make_text_response(200, "ok\n") : make_text_response(503, std::move(waiting));
}

}  // namespace reconciled
