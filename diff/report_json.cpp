// The report as JSON; docs/report.md describes it.
#include "base/json.h"
#include "diff/report.h"

#include <algorithm>

namespace reconciled {
namespace {

std::string_view op_name(FieldChange::Op op) {
  switch (op) {
    case FieldChange::Op::add: return "add";
    case FieldChange::Op::replace: return "replace";
    case FieldChange::Op::remove: return "remove";
  }
  return "";
}

Value text_or_null(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

Value texts(const std::vector<std::string>& from) {
  Value out = Value::list();
  for (const std::string& text : from) out.append(text);
  return out;
}

Value change_value(const FieldChange& change) {
  return Value::map({{"op", Value(op_name(change.op))},
                     {"path", Value(change.pointer)},
                     {"field", Value(change.path)},
                     {"live", change.live},
                     {"desired", change.desired},
                     {"manager", text_or_null(change.manager)},
                     {"time", text_or_null(change.time)},
                     {"ignoredBy", text_or_null(change.ignored_by)}});
}

Value action_value(const Action& action, const std::map<ObjectId, std::string>& unified) {
  Value out = Value::map({{"id", Value(encode_id(action.id))}, {"action", Value(name_of(action.kind))}});
  if (action.held) out.set("held", name_of(*action.held));
  out.set("cause", action.kind == ActionKind::keep ? Value() : Value(name_of(action.cause)));
  out.set("reason", action.reason);
  if (!action.after.empty()) out.set("after", action.after);
  if (action.hook) out.set("hook", action.phase == Phase::before ? "before" : "after");
  Value origin;
  if (!action.origin.file.empty()) {
    origin.set("file", action.origin.file);
    origin.set("line", static_cast<std::int64_t>(action.origin.line));
    origin.set("document", static_cast<std::int64_t>(action.origin.document));
  }
  out.set("origin", std::move(origin));
  Value changes = Value::list();
  for (const FieldChange& change : action.changes) changes.append(change_value(change));
  out.set("changes", std::move(changes));
  if (!action.conflicts.empty()) out.set("conflicts", texts(action.conflicts));
  out.set("secret", action.id.group_kind() == GroupKind{"", "Secret"});
  const auto text = unified.find(action.id);
  if (text != unified.end()) out.set("unified", text->second);
  return out;
}

Value error_value(const Error& error) {
  return Value::map({{"code", Value(name_of(error.kind))},
                     {"where", text_or_null(format_where(error.where))},
                     {"message", Value(error.message)},
                     {"hint", text_or_null(error.hint)},
                     {"context", texts(error.context)}});
}

// The oldest foreign write that still differs.
std::string drift_since(const StackPlan& plan) {
  std::string since;
  for (const Action& action : plan.actions) {
    for (const FieldChange& change : action.changes) {
      const bool foreign = change.ignored_by.empty() && !change.time.empty() && change.manager != k_field_manager;
      if (foreign && (since.empty() || change.time < since)) since = change.time;
    }
  }
  return since;
}

Value stack_value(const StackReport& report) {
  const StackPlan& plan = report.plan;
  Value objects = Value::list();
  for (const Action& action : plan.actions) {
    if (action.kind != ActionKind::keep || !action.changes.empty())
      objects.append(action_value(action, report.unified));
  }
  Value out = Value::map({{"stack", Value(plan.stack.name)},
                          {"layer", Value(plan.stack.layer)},
                          {"environment", Value(plan.stack.environment)},
                          {"sync", Value(name_of(report.sync))},
                          {"health", Value(name_of(report.health))},
                          {"healthReason", text_or_null(report.health_reason)},
                          {"driftSince", report.sync == SyncState::drifted ? text_or_null(drift_since(plan)) : Value()},
                          {"blockedBy", texts(report.blocked_by)}});
  out.set("unchanged", static_cast<std::int64_t>(plan.count(ActionKind::keep)));
  out.set("ignored", static_cast<std::int64_t>(plan.ignored));
  out.set("warnings", texts(plan.warnings));
  if (!plan.charts.empty()) {
    Value charts = Value::list();
    for (const ChartPin& chart : plan.charts) {
      charts.append(Value::map({{"repository", Value(chart.repository)},
                                {"name", Value(chart.name)},
                                {"version", Value(chart.version)},
                                {"digest", text_or_null(chart.digest.empty() ? "" : "sha256:" + chart.digest)},
                                {"url", Value(chart.url)}}));
    }
    out.set("charts", std::move(charts));
  }
  out.set("objects", std::move(objects));
  if (plan.error) out.set("error", error_value(*plan.error));
  return out;
}

Value summary_value(const DriftReport& report) {
  std::int64_t counts[7] = {};
  std::int64_t ignored = 0;
  std::int64_t drifted = 0;
  auto errors = static_cast<std::int64_t>(report.errors.size());
  for (const StackReport& stack : report.stacks) {
    for (const Action& action : stack.plan.actions) ++counts[static_cast<std::size_t>(action.kind)];
    ignored += stack.plan.ignored;
    drifted += stack.sync == SyncState::drifted ? 1 : 0;
    errors += stack.plan.error ? 1 : 0;
  }
  const auto count = [&](ActionKind kind) { return Value(counts[static_cast<std::size_t>(kind)]); };
  return Value::map({{"layers", Value(static_cast<std::int64_t>(report.stacks.size()))},
                     {"drifted", Value(drifted)},
                     {"create", count(ActionKind::create)},
                     {"update", count(ActionKind::update)},
                     {"replace", count(ActionKind::recreate)},
                     {"adopt", count(ActionKind::adopt)},
                     {"prune", count(ActionKind::prune)},
                     {"held", count(ActionKind::hold)},
                     {"unchanged", count(ActionKind::keep)},
                     {"errors", Value(errors)},
                     {"ignored", Value(ignored)}});
}

}  // namespace

std::string format_report_json(const DriftReport& report) {
  const Revision& revision = report.source;
  Value layers = Value::list();
  for (const StackReport& stack : report.stacks) layers.append(stack_value(stack));
  Value errors = Value::list();
  for (const Error& error : report.errors) errors.append(error_value(error));
  const Value out = Value::map(
      {{"apiVersion", Value("reconcile/v1")},
       {"kind", Value("DriftReport")},
       {"generatedAt", Value(format_time(report.generated_at))},
       {"tool", Value::map({{"version", Value(report.tool_version)}})},
       {"mode", Value(report.mode)},
       {"environment", Value(report.environment)},
       {"cluster", Value::map({{"name", Value(report.cluster)},
                               {"id", Value(report.cluster_uid)},
                               {"version", Value(report.cluster_version)}})},
       {"source", Value::map({{"repo", Value(revision.url)},
                              {"ref", Value(revision.ref)},
                              {"revision", Value(revision.commit)},
                              {"commitTime", revision.commit.empty() ? Value() : Value(format_time(revision.time))}})},
       {"summary", summary_value(report)},
       {"layers", std::move(layers)},
       {"errors", std::move(errors)}});
  return format_json(out, JsonStyle::pretty) + "\n";
}

}  // namespace reconciled
