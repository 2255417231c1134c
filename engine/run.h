// One pass over one environment: plan it, and for a sync execute the plan. A state machine that one loop drives.
#pragma once

#include "diff/plan.h"
#include "engine/desired.h"
#include "health/health.h"
#include "ports/clock_port.h"
#include "ports/cluster.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace reconciled {

enum class RunMode : std::uint8_t {
  plan,  ///< stop after make_plan: nothing is written
  apply,
};

/// How a difference is judged.
enum class DiffMode : std::uint8_t {
  automatic,  ///< as server; where the rights do not allow it, as local
  server,     ///< an update in doubt is asked for as a dry-run apply
  local,      ///< GET and LIST only
};

/// Which updates the API server is asked about before they are made, where differences are not judged locally.
enum class Ask : std::uint8_t {
  all,
  doubtful,  ///< those that the plan is not certain of; the answer to the others' apply tells as much
};

enum class Wait : bool { no, yes };

struct RunRequest {
  Scope scope;  ///< cluster and the process's own identity
  std::string installation = "default";
  std::string inventory_namespace = "reconciled-system";
  std::string writer;  ///< who we are, in the inventory: "cli/1f2e3d"
  /// Whether the process of a writer is known to be gone, so that nobody waits for its intents. Empty: of none.
  std::function<bool(const std::string& writer)> is_gone{};
  std::string expected_cluster_uid;  ///< from the settings; empty: what the inventory recorded
  RunMode mode = RunMode::plan;
  DiffMode diff = DiffMode::automatic;
  Ask ask = Ask::all;
  PruneGuard guard;
  std::vector<std::string> adopt;                       ///< patterns on layer/name
  std::vector<std::string> confirm_prune;               ///< patterns on layer/name: held prunes that a person confirmed
  Wait wait = Wait::yes;                                ///< for health after the apply
  Duration health_timeout = std::chrono::minutes(5);    ///< of one stack
  Duration request_timeout = std::chrono::seconds(30);  ///< of one call with its retries
};

/// What became of one action.
struct ActionResult {
  enum class Outcome : std::uint8_t { planned, applied, unchanged, pruned, terminating, failed, skipped };
  Outcome outcome = Outcome::planned;
  std::string uid;                    ///< of the live object, where known
  std::optional<Error> error;         ///< failed
  bool sent_again = false;            ///< the error is of a repetition: what was sent first may have been carried out
  std::vector<std::string> warnings;  ///< of the API server
  Health health;
  /// What was seen of the live object last: nullopt when it is not there or could not be looked at.
  struct Seen {
    std::string uid;
    std::string resource_version;
    Digest owned;  ///< digest_owned
  };
  std::optional<Seen> seen;
};

struct StackRun {
  StackPlan plan;
  std::vector<ActionResult> results;  ///< one an action
  std::vector<Value> live;  ///< one an action: the object as observed, null when there is none; plan mode only
  Health health;
  std::vector<std::string> blocked_by;  ///< sentences; not empty: nothing was executed
  std::optional<Error> error;           ///< of the stack as a whole: intent not written, timeout
  bool selected = true;
  std::optional<std::string> suspended;
};

struct RunRecord {
  std::string cluster_uid;
  std::string server_version;
  std::string mode;              ///< "server" or "local"
  std::vector<StackRun> stacks;  ///< vanished stacks of the inventory included
  std::vector<std::string> warnings;
  std::optional<Error> error;  ///< nothing could be planned
  std::uint64_t requests = 0;  ///< calls that were started
};

/// What a run is doing, as it happens; for progress, metrics and tests. `detail` names a stack or an object; of
/// inventory_loaded it says for whom the run waits before it reads the inventory again.
struct RunEvent {
  enum class Kind : std::uint8_t {
    discovered,
    inventory_loaded,
    observed,
    planned,
    intent_queued,
    intent_written,
    apply_started,
    apply_answered,
    wave_done,
    prune_started,
    prune_answered,
    commit_queued,
    commit_written,
    waiting_for_health,
    stack_done,
  };
  Kind kind = Kind::discovered;
  std::string detail;
  std::size_t done = 0;  ///< of `total`, where that makes sense
  std::size_t total = 0;
};

struct StackRun;

class RunWatcher {
 public:
  virtual ~RunWatcher() = default;
  virtual void on_event(const RunEvent& event) = 0;
  /// A stack is done and its row is written: the run touches it no more.
  virtual void on_stack(const StackRun& run) { static_cast<void>(run); }
};

/// Usage: start, then on/tick until done, then take_record. `cluster` must deliver its answers to the loop that calls
/// `on`. Nothing is started once `stop` was called; what is under way is awaited, and what is known is committed.
class Run {
 public:
  Run(RunRequest request, Desired desired, Cluster& cluster, const Clock& clock, RunWatcher& watcher);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void start();
  void on(Answer answer);
  /// Fires what is due by the clock.
  void tick();
  [[nodiscard]] std::optional<MonotonicTime> next_wakeup() const;
  void stop();
  [[nodiscard]] bool done() const;
  RunRecord take_record();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace reconciled
