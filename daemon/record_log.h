// One log line a finished run, derived from its record.
#pragma once

#include "base/log.h"
#include "engine/view.h"

namespace reconciled {

/// Runs that found and did nothing are debug lines.
void log_record(Logger& log, const StackRecord& record);
void log_error(Logger& log, LogLevel level, std::string_view message, const Error& error);

}  // namespace reconciled
