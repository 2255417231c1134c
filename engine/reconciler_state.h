// The parts of Reconciler, one file an idea: session, source, runs. Seen by reconciler*.cpp alone.
#pragma once

#include "engine/calls.h"
#include "engine/chain.h"
#include "engine/environment_index.h"
#include "engine/intent_life.h"
#include "engine/inventory_store.h"
#include "engine/live_view.h"
#include "engine/reconciler.h"
#include "engine/stack_state.h"
#include "engine/timers.h"
#include "engine/work_queue.h"

#include <list>

namespace reconciled {

struct Reconciler::State {
  State(ReconcilerOptions options_, Cluster& cluster_, Loader& loader_, const Clock& clock_, Random& random_,
        ReconcilerWatcher& watcher_);

  /// One run of some stacks; `open` are those that it has not finished.
  struct ActiveRun final : RunWatcher {
    ActiveRun(State& owner_, RunMode mode_) : owner(owner_), mode(mode_) {}
    void on_event(const RunEvent& event) override { owner.watcher.on_run_event(event); }
    void on_stack(const StackRun& run) override { owner.take_stack(*this, run); }
    State& owner;
    RunMode mode;
    Ask ask = Ask::all;
    std::set<std::string> open;
    std::unique_ptr<Chain> chain;
    bool finished = false;
  };
  /// What a run applied before it could not write its row.
  struct Made {
    std::uint64_t epoch = 0;  ///< of the row with its intent
    std::map<ObjectId, std::string> uids;
  };
  enum class Session : std::uint8_t { none, connecting, ready };

  // reconciler_session.cpp: what is known of the cluster
  void connect();
  void connected();
  void reconnect_later(Error error);
  void rediscover();
  void load_inventory(std::function<void(Status)> then);
  void reload_inventory();
  [[nodiscard]] bool overtakes_us(const Inventory& fresh) const;
  void take_row(const StackInventory& row);
  void watch_pages();
  void take_pages(const std::vector<ObjectChange>& changes);
  void follow_objects();
  [[nodiscard]] std::shared_ptr<const std::set<ObjectId>> shared_objects();

  // reconciler_source.cpp: what the repository wants
  void start_load();
  void take_load(LoadAnswer answer);
  void take_environment(std::shared_ptr<const LoadedEnvironment> environment);
  void take_stack_settings(StackState& stack, const LoadedStack& desired);
  void index_objects();
  void find_vanished();
  void recall(StackState& stack);

  // reconciler_runs.cpp: what runs, and what waits
  void wake(StackState& stack, Trigger trigger, Duration delay = {});
  void advance();
  [[nodiscard]] bool able() const;
  [[nodiscard]] bool may_reload() const;
  void note_cluster();
  [[nodiscard]] bool charts_current() const;
  void dispatch();
  bool admit(StackState& stack, Trigger trigger);
  [[nodiscard]] std::vector<std::string> blockers_of(const StackState& stack);
  [[nodiscard]] std::optional<std::string> foreign_writer(const StackState& stack);
  [[nodiscard]] RunMode mode_for(const StackState& stack) const;
  void start_run(const std::vector<StackState*>& chosen, RunMode mode);
  void take_stack(ActiveRun& active, const StackRun& run);
  [[nodiscard]] StackRecord record_without_run(const StackState& stack) const;
  void take_error(StackState& stack, const Error& error);
  void remember_made(const StackRun& run);
  void note_made();
  void hand_over(const StackRun& run);
  void finish_run(ActiveRun& active);
  void retry(StackState& stack, const Error& error, Ask asked);

  // reconciler_live.cpp: what the watches tell
  void settle(StackState& stack, const StackRun& run);
  void count_flips(StackState& stack, const StackRun& run);
  void take_change(const ObjectId& id, LiveView::Change change);
  void assess(StackState& stack);
  void check_health();
  [[nodiscard]] bool may_become_healthy(const StackState& stack) const;
  void set_healthy(StackState& stack);

  [[nodiscard]] Duration jittered(Duration around);
  [[nodiscard]] Duration backoff(std::uint32_t failures);
  void changed() { ++version; }

  ReconcilerOptions options;
  Cluster& cluster;
  Loader& loader;
  const Clock& clock;
  Random& random;
  ReconcilerWatcher& watcher;

  Calls calls;
  Timers timers;
  LiveView live;

  Session session = Session::none;
  std::uint32_t connect_failures = 0;
  int connecting = 0;
  std::optional<Error> connect_error;
  std::optional<Error> cluster_error;
  std::shared_ptr<const Discovery> discovery;
  ClusterFacts facts;  ///< of it, for charts
  std::string cluster_uid;
  bool discovering = false;
  std::uint32_t types_tries = 0;  ///< how often discovery is asked again for kinds that were just defined
  bool types_stale = false;  ///< a CustomResourceDefinition was applied: nothing runs before discovery was asked again
  std::optional<MonotonicTime> discover_at;

  std::unique_ptr<InventoryStore> store;
  std::shared_ptr<Inventory> inventory;
  std::shared_ptr<const std::set<ObjectId>> shared;  ///< of the inventory as it is; null: to be found again
  std::map<std::string, Made> made;                  ///< by stack, until its row is written
  bool inventory_stale = false;
  bool inventory_loading = false;
  MonotonicTime inventory_again{};  ///< not before, after a failure
  std::optional<WatchedList> pages;
  OpenIntents foreign;

  bool loading = false;
  bool overtaken = false;  ///< nothing runs before the next load has ended
  bool load_again = false;
  std::uint64_t load_id = 0;
  std::uint32_t load_failures = 0;
  MonotonicTime load_due{};
  std::optional<MonotonicTime> source_woken;
  std::shared_ptr<const LoadedEnvironment> loaded;
  std::optional<Error> source_error;
  std::optional<WallTime> source_success;
  EnvironmentIndex index;

  std::map<std::string, StackState> stacks;
  WorkQueue queue;
  std::map<std::string, Trigger> blocked;
  bool order_changed = false;
  std::optional<MonotonicTime> health_due;                         ///< not after any healthy_by
  std::map<std::string, std::vector<std::string>> layer_blockers;  ///< sentences; valid while !order_changed
  std::list<ActiveRun> runs;

  bool started = false;
  bool leading = false;
  bool stopping = false;
  std::uint64_t version = 1;
};

}  // namespace reconciled
