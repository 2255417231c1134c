// Reports: one model, several writers. Secrets are redacted before a writer sees anything.
#pragma once

#include "base/clock.h"
#include "diff/plan.h"
#include "health/health.h"

#include <map>
#include <string>
#include <vector>

namespace reconciled {

enum class SyncState : std::uint8_t { in_sync, ahead, drifted, held, unknown, failed };

struct StackReport {
  StackPlan plan;
  SyncState sync = SyncState::unknown;
  HealthState health = HealthState::unknown;
  std::string health_reason;
  std::vector<std::string> blocked_by;
  std::map<ObjectId, std::string> unified;  ///< format_unified of actions, where the caller made it
};

/// The drift report of one pass: what `reconcile --dry-run` prints and `-o json` writes (schema in docs/report.md).
struct DriftReport {
  WallTime generated_at{};
  std::string tool_version;
  std::string mode;  ///< "server" or "local"
  std::string cluster;
  std::string cluster_uid;
  std::string cluster_version;
  Revision source;
  std::string environment;
  std::vector<StackReport> stacks;
  std::vector<Error> errors;  ///< that belong to no single stack
};

enum class Colour : bool { off, on };
enum class ShowIgnored : bool { no, yes };
struct TextOptions {
  Colour colour = Colour::off;
  bool ascii = true;
  ShowIgnored ignored = ShowIgnored::no;
};

SyncState assess_sync(const StackPlan& plan);
std::string_view name_of(SyncState state);
std::string_view name_of(ActionKind kind);
std::string_view name_of(ChangeCause cause);

/// The summary tree: a line a stack that is not in sync, one an object, one a field, with who wrote it and when; then
/// the unified diffs that the caller made, the counts, and what to do next.
std::string format_text(const DriftReport& report, const TextOptions& options);
/// apiVersion reconcile/v1, kind DriftReport.
std::string format_report_json(const DriftReport& report);
/// A unified diff of two objects in YAML, projected to the fields that `changes` speak of, redacted for Secrets.
std::string format_unified(const Action& action, const Value& live);

}  // namespace reconciled
