#include "daemon/record_log.h"

namespace reconciled {
namespace {

LogLevel level_of(const StackRecord& record) {
  switch (record.result) {
    case RunResult::failed: return LogLevel::error;
    case RunResult::held: return LogLevel::warn;
    case RunResult::blocked: return LogLevel::info;
    case RunResult::none:
    case RunResult::succeeded: break;
  }
  const std::uint32_t changes = record.created + record.updated + record.recreated + record.adopted + record.pruned;
  return changes == 0 && record.drift.empty() ? LogLevel::debug : LogLevel::info;
}

std::string changes_of(const StackRecord& record) {
  std::string text;
  const auto add = [&](std::uint32_t count, std::string_view what) {
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    text += std::to_string(count) + " " + std::string(what);
  };
  add(record.created, "created");
  add(record.updated, "updated");
  add(record.recreated, "recreated");
  add(record.adopted, "adopted");
  add(record.pruned, "pruned");
  add(record.held, "held");
  add(record.failed, "failed");
  return text.empty() ? "none" : text;
}

/// Who changed what, without values: they may be long, and are in the status.
std::string drift_of(const StackRecord& record) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& drift : record.drift) {
    if (++shown > 5) return text + ", …";
    if (!text.empty()) text += ", ";
    text += format_id(drift.object);
    if (!drift.path.empty()) text += " " + drift.path;
    if (!drift.manager.empty()) text += " by " + drift.manager;
  }
  return text;
}

}  // namespace

void log_record(Logger& log, const StackRecord& record) {
  const LogLevel level = level_of(record);
  if (!log.enabled(level)) return;
  log.log(level, "stack " + std::string(name_of(record.result)),
          {{"stack", record.stack.path()},
           {"environment", record.stack.environment},
           {"revision", record.revision.substr(0, 12)},
           {"trigger", std::string(name_of(record.trigger))},
           {"changes", changes_of(record)},
           {"drift", drift_of(record)},
           {"duration", format_duration(record.duration)},
           {"err", record.error           ? format_error(*record.error)
                   : record.holds.empty() ? ""
                                          : record.holds.front()}});
}

void log_error(Logger& log, LogLevel level, std::string_view message, const Error& error) {
  log.log(level, message, {{"kind", std::string(name_of(error.kind))}, {"err", format_error(error)}});
}

}  // namespace reconciled
