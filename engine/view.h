// What the daemon knows of an environment at one moment: plain values that metrics, status, events and logs are made
// of.
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "diff/plan.h"
#include "diff/report.h"
#include "health/health.h"
#include "ports/source.h"
#include "stacks/stack.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reconciled {

/// One field that differs from the repository, as the last run saw it. Values of Secrets are redacted.
struct DriftView {
  ObjectId object;
  ChangeCause cause = ChangeCause::git_ahead;
  std::string path;     ///< spec.replicas; empty: the object as a whole (missing, orphan)
  std::string manager;  ///< who wrote the live value; empty: unknown
  std::string time;     ///< RFC 3339; empty: unknown
  std::string before;   ///< what the repository wants, as JSON, cut at 200 bytes
  std::string after;    ///< what is there
};

/// An object that is not healthy.
struct UnhealthyView {
  ObjectId object;
  Health health;
};

enum class RunResult : std::uint8_t { none, succeeded, failed, held, blocked };

struct StackView {
  StackId id;
  std::string namespace_;
  std::string repository;
  std::string revision;          ///< commit that is desired
  std::string applied_revision;  ///< commit of the last successful run; empty: none since start
  SyncState sync = SyncState::unknown;
  Health health;
  std::optional<std::string> suspended;
  bool automated = true;
  std::vector<std::string> blocked_by;  ///< sentences
  std::vector<std::string> warnings;
  std::optional<Error> error;  ///< of the last load or run
  RunResult last_result = RunResult::none;
  std::optional<WallTime> last_run;
  std::optional<WallTime> drift_since;  ///< onset of the drift that is seen now
  std::optional<WallTime> retry_at;     ///< of a stack that backs off
  std::uint32_t objects = 0;            ///< desired
  std::uint32_t drifted = 0;
  std::uint32_t missing = 0;
  std::uint32_t orphaned = 0;
  std::uint32_t failed = 0;
  std::uint32_t held = 0;
  std::vector<DriftView> drift;          ///< at most 50
  std::vector<UnhealthyView> unhealthy;  ///< at most 50
};

/// One watched kind.
struct WatchView {
  GroupVersionKind gvk;
  bool synced = false;
  Duration age{};              ///< since the server last showed that the view is current
  std::optional<Error> error;  ///< why it is not being kept current
};

struct EnvironmentView {
  std::string environment;
  std::string cluster;
  std::string cluster_uid;
  std::string server_version;
  Revision revision;                       ///< that is desired
  std::optional<WallTime> source_success;  ///< when the repository was last asked with success
  std::optional<Error> source_error;
  std::optional<Error> cluster_error;  ///< nothing can be done on the cluster
  bool leader = false;
  bool ready = false;      ///< loaded, discovered, inventory read, watches synced once
  std::size_t queued = 0;  ///< stacks that are due
  Duration oldest_queued{};
  std::size_t running = 0;
  std::vector<StackView> stacks;  ///< sorted by id
  std::vector<WatchView> watches;
};

/// What woke a stack.
enum class Trigger : std::uint8_t { start, commit, drift, health, timer, retry, dependency, command };
std::string_view name_of(Trigger trigger);
std::string_view name_of(RunResult result);

/// One finished run of one stack: everything that counts, logs, notifies or remembers it is derived from this.
struct StackRecord {
  StackId stack;
  std::string cluster;
  std::string revision;
  Trigger trigger = Trigger::start;
  RunResult result = RunResult::none;
  WallTime finished{};
  Duration duration{};
  std::optional<Duration> since_commit;  ///< from the commit's arrival at this process; a commit's first success only
  std::uint32_t created = 0;
  std::uint32_t updated = 0;
  std::uint32_t recreated = 0;
  std::uint32_t adopted = 0;
  std::uint32_t pruned = 0;
  std::uint32_t held = 0;
  std::uint32_t failed = 0;
  std::uint32_t healed = 0;            ///< updates and creations that undid a foreign change
  std::vector<DriftView> drift;        ///< what was found before it was repaired
  std::vector<std::string> conflicts;  ///< managers that refused us fields
  std::vector<std::string> holds;      ///< sentences, one an object that is held
  std::optional<Error> error;
};

}  // namespace reconciled
