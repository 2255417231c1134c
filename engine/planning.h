// The reading half of a run: discover, read the inventory, observe, ask in doubt, make_plan.
#pragma once

#include "diff/inventory.h"
#include "diff/live_state.h"
#include "engine/calls.h"
#include "engine/desired.h"
#include "engine/intent_life.h"
#include "engine/inventory_store.h"
#include "engine/observation.h"
#include "engine/run.h"
#include "engine/timers.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace reconciled {

/// One stack on its way through a run.
struct PlannedStack {
  Stack stack;
  ManifestSet manifests;       ///< scopes resolved; empty for a vanished stack
  std::optional<Error> error;  ///< it could not be rendered or read
  Selected selected = Selected::yes;
  std::string busy;       ///< another writer is in the middle of it, a sentence; empty: none
  bool vanished = false;  ///< only the inventory knows it
  StackPlan plan;
};

/// What all stacks of an environment want together, so that a run of a few of them knows what moved where.
struct Claims {
  std::map<ObjectId, StackId> desired_by;
  std::vector<ResourceType> types;  ///< that CRDs of the environment serve or will serve
  std::set<ObjectId> autoscaled;    ///< workloads that a HorizontalPodAutoscaler of the environment controls
  std::vector<StackId> unreadable;  ///< what disappeared elsewhere may have moved there
};

/// Adds what one stack wants; its scopes are resolved.
void add_claims(Claims& claims, const StackId& stack, const ManifestSet& manifests);

/// The settings may move an environment to another cluster than the repository names: then its objects are there.
void move_to_cluster(ManifestSet& manifests, const std::string& cluster);

/// What is known before a run begins, when somebody keeps it: then planning asks the cluster for live objects alone.
struct Known {
  std::shared_ptr<const Discovery> discovery;
  std::string cluster_uid;
  std::shared_ptr<const Inventory> inventory;
  std::shared_ptr<const std::set<ObjectId>> shared;  ///< find_shared of the inventory
  std::shared_ptr<const Claims> claims;
  std::vector<StackId> vanished;  ///< stacks that only the inventory has, to be planned by this run
  SeenVersion seen;
};

/// Everything that planning found out.
struct Survey {
  std::shared_ptr<const Discovery> discovery;
  std::string cluster_uid;
  std::shared_ptr<const Inventory> inventory;
  std::shared_ptr<const Claims> claims;
  LiveState live;
  std::vector<PlannedStack> stacks;  ///< in the order of the graph, vanished ones last
  std::vector<std::string> warnings;
  std::string mode;  ///< "server" or "local"

  /// The type to send an object of this kind to: as discovered, or as a CRD of this run will serve it; nullptr: none.
  [[nodiscard]] const ResourceType* type_of(const GroupVersionKind& gvk) const;
};

/// The identity that a stack's calls are made with: its team's service account, or the process's own.
Scope scope_of(const Stack& stack, const Scope& own);

class Planning {
 public:
  using Done = std::function<void(Result<Survey>)>;
  /// Without `known` it discovers, identifies the cluster and reads the inventory itself, and claims are those of
  /// `desired`; with it, `desired` has the stacks of this run alone, their scopes resolved.
  Planning(const RunRequest& request, Desired desired, std::optional<Known> known, Calls& calls, InventoryStore& store,
           Timers& timers, RunWatcher& watcher);

  void start(Done done);
  /// Waits for no other writer any more.
  void stop() { m_stopping = true; }

 private:
  void look_around();
  void load_inventory();
  [[nodiscard]] bool is_selected(const StackId& stack) const;
  std::map<std::string, std::string> find_writers(const Inventory& inventory);
  void prepared();
  void begin();
  void fail_with(Error error);
  void collect_stacks();
  void resolve_all_scopes();
  void claim_objects();
  void observe();
  void plan_all();
  void plan_one(PlannedStack& stack);
  void predict();
  void take_prediction(const ObjectId& id, Answer answer);
  [[nodiscard]] PruneAnswer prune_answer(const PlannedStack& stack, std::string& reason) const;

  const RunRequest& m_request;
  Desired m_desired;
  std::optional<Known> m_known;
  Calls& m_calls;
  InventoryStore& m_store;
  Timers& m_timers;
  RunWatcher& m_watcher;
  Done m_done;
  Survey m_survey;
  std::unique_ptr<Observation> m_observation;
  std::shared_ptr<const std::set<ObjectId>> m_shared;  ///< objects that several rows of the inventory have
  OpenIntents m_intents;
  std::optional<MonotonicTime> m_waits_since;  ///< for them
  std::map<std::string, std::string> m_busy;   ///< by StackId::key(): PlannedStack::busy
  std::size_t m_preparing = 0;
  std::size_t m_predicting = 0;
  bool m_stopping = false;
  bool m_dry_run_forbidden = false;
  std::optional<Error> m_failed;
};

}  // namespace reconciled
