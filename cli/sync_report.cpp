#include "cli/sync_report.h"

#include "base/json.h"
#include "base/log.h"

#include <fmt/format.h>

#include <array>

namespace reconciled {
namespace {

using Outcome = ActionResult::Outcome;

std::string_view name_of_outcome(Outcome outcome) {
  constexpr std::array<std::string_view, 7> k_names{"planned",     "applied", "unchanged", "pruned",
                                                    "terminating", "failed",  "skipped"};
  return k_names.at(static_cast<std::size_t>(outcome));
}

std::string_view name_of_action(ActionKind kind) {
  constexpr std::array<std::string_view, 7> k_names{"create", "update", "recreate", "adopt", "prune", "keep", "hold"};
  return k_names.at(static_cast<std::size_t>(kind));
}

char sign_of(const Action& action, const ActionResult& result) {
  if (result.outcome == Outcome::failed) return 'x';
  if (result.outcome == Outcome::skipped) return '.';
  switch (action.kind) {
    case ActionKind::create: return '+';
    case ActionKind::prune: return '-';
    case ActionKind::hold: return '!';
    case ActionKind::update:
    case ActionKind::recreate:
    case ActionKind::adopt:
    case ActionKind::keep: return '~';
  }
  return '~';
}

struct Counts {
  std::size_t created = 0;
  std::size_t changed = 0;
  std::size_t pruned = 0;
  std::size_t held = 0;
  std::size_t failed = 0;
  std::size_t unchanged = 0;

  void add(const Action& action, const ActionResult& result) {
    if (result.outcome == Outcome::failed || result.outcome == Outcome::skipped)
      ++failed;
    else if (action.kind == ActionKind::hold)
      ++held;
    else if (action.kind == ActionKind::create)
      ++created;
    else if (action.kind == ActionKind::prune)
      ++pruned;
    else if (action.kind == ActionKind::keep)
      ++unchanged;
    else
      ++changed;
  }
  [[nodiscard]] std::string text() const {
    std::string result;
    const auto part = [&](std::size_t count, std::string_view what) {
      if (count != 0) result += fmt::format("{}{} {}", result.empty() ? "" : ", ", count, what);
    };
    part(created, "created");
    part(changed, "changed");
    part(pruned, "pruned");
    part(held, "held");
    part(failed, "failed");
    part(unchanged, "unchanged");
    return result.empty() ? "nothing to do" : result;
  }
};

void append_stack(std::string& text, const StackRun& run, Counts& total) {
  Counts counts;
  for (std::size_t i = 0; i < run.results.size(); ++i) {
    counts.add(run.plan.actions[i], run.results[i]);
    total.add(run.plan.actions[i], run.results[i]);
  }
  const std::string health =
      run.blocked_by.empty() && !run.plan.error ? std::string(name_of(run.health.state)) : "not synced";
  text += fmt::format("{:<32}{:<14}{}\n", run.plan.stack.path(), health, counts.text());
  for (const auto& reason : run.blocked_by) text += fmt::format("  ! {}\n", reason);
  if (run.suspended) text += fmt::format("  ! it is suspended: {}\n", *run.suspended);
  if (run.plan.error) text += fmt::format("  x {}\n", format_error(*run.plan.error));
  for (std::size_t i = 0; i < run.results.size(); ++i) {
    const Action& action = run.plan.actions[i];
    const ActionResult& result = run.results[i];
    const bool shown = result.outcome == Outcome::failed || action.kind != ActionKind::keep;
    if (!shown) continue;
    text +=
        fmt::format("  {} {}{}\n", sign_of(action, result), format_id(action.id),
                    action.kind == ActionKind::hold || action.kind == ActionKind::prune ? ": " + action.reason : "");
    if (result.error) text += fmt::format("      {}\n", format_error(*result.error));
    for (const auto& warning : result.warnings) text += fmt::format("      warning: {}\n", warning);
    if (result.outcome == Outcome::terminating) text += "      it is still terminating\n";
  }
  if (run.health.state == HealthState::degraded || run.health.state == HealthState::progressing)
    text += fmt::format("  ! {}\n", run.health.reason);
  if (run.error) text += fmt::format("  x {}\n", format_error(*run.error));
  for (const auto& warning : run.plan.warnings) text += fmt::format("  warning: {}\n", warning);
}

Value errors_of(const std::optional<Error>& error) {
  return error ? Value(redact_text(format_error(*error))) : Value();
}

Value make_objects(const StackRun& run) {
  Value objects = Value::list();
  for (std::size_t i = 0; i < run.results.size(); ++i) {
    const Action& action = run.plan.actions[i];
    const ActionResult& result = run.results[i];
    objects.append(Value::map({{"id", encode_id(action.id)},
                               {"action", name_of_action(action.kind)},
                               {"outcome", name_of_outcome(result.outcome)},
                               {"reason", action.reason},
                               {"uid", result.uid},
                               {"health", name_of(result.health.state)},
                               {"healthReason", result.health.reason},
                               {"error", errors_of(result.error)}}));
  }
  return objects;
}

}  // namespace

std::string format_sync_text(const Pass& pass) {
  std::string text;
  Counts total;
  for (const auto& run : pass.record.stacks) append_stack(text, run, total);
  text +=
      fmt::format("Synced {} in {} stacks of {}{}.\n", total.text(), pass.record.stacks.size(), pass.report.environment,
                  pass.report.source.commit.empty() ? "" : " @ " + pass.report.source.commit.substr(0, 12));
  return redact_text(text);
}

std::string format_sync_json(const Pass& pass) {
  Value stacks = Value::list();
  for (const auto& run : pass.record.stacks) {
    Value blocked = Value::list();
    for (const auto& reason : run.blocked_by) blocked.append(reason);
    stacks.append(Value::map({{"stack", run.plan.stack.name},
                              {"layer", run.plan.stack.layer},
                              {"environment", run.plan.stack.environment},
                              {"health", name_of(run.health.state)},
                              {"healthReason", run.health.reason},
                              {"blockedBy", blocked},
                              {"error", errors_of(run.error ? run.error : run.plan.error)},
                              {"objects", make_objects(run)}}));
  }
  const Value report =
      Value::map({{"apiVersion", "reconcile/v1"},
                  {"kind", "SyncReport"},
                  {"generatedAt", format_time(pass.report.generated_at)},
                  {"tool", Value::map({{"version", pass.report.tool_version}})},
                  {"cluster", Value::map({{"id", pass.report.cluster_uid}, {"version", pass.report.cluster_version}})},
                  {"source", Value::map({{"repo", pass.report.source.url},
                                         {"ref", pass.report.source.ref},
                                         {"revision", pass.report.source.commit}})},
                  {"environment", pass.report.environment},
                  {"requests", static_cast<std::int64_t>(pass.record.requests)},
                  {"interrupted", pass.interrupted},
                  {"stacks", stacks}});
  return format_json(report, JsonStyle::pretty) + "\n";
}

Status write_sync_report(const CommandLine& line, Terminal& terminal, const Pass& pass) {
  return write_outputs(line, terminal,
                       [&](const std::string& format, const TextOptions&) -> std::optional<std::string> {
                         if (format == "text") return format_sync_text(pass);
                         if (format == "json") return format_sync_json(pass);
                         return std::nullopt;
                       });
}

}  // namespace reconciled
