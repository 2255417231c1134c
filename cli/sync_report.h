// What a sync did, for people and for machines.
#pragma once

#include "base/result.h"
#include "cli/command_line.h"
#include "cli/pass.h"
#include "cli/terminal.h"

#include <string>

namespace reconciled {

/// A line a stack, a line an object that failed, was changed or is held, and a summary.
std::string format_sync_text(const Pass& pass);
/// apiVersion reconcile/v1, kind SyncReport: the drift report's head, and an outcome an object.
std::string format_sync_json(const Pass& pass);

Status write_sync_report(const CommandLine& line, Terminal& terminal, const Pass& pass);

}  // namespace reconciled
