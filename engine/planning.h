// The reading half of a run: discover, read the inventory, observe, ask in doubt, make_plan.
#pragma once

#include "diff/inventory.h"
#include "diff/live_state.h"
#include "engine/calls.h"
#include "engine/desired.h"
#include "engine/inventory_store.h"
#include "engine/observation.h"
#include "engine/run.h"

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
  bool vanished = false;  ///< only the inventory knows it
  StackPlan plan;
};

/// Everything that planning found out.
struct Survey {
  std::shared_ptr<const Discovery> discovery;
  std::string cluster_uid;
  Inventory inventory;
  LiveState live;
  std::vector<PlannedStack> stacks;  ///< in the order of the graph, vanished ones last
  std::map<ObjectId, StackId> desired_by;
  std::vector<ResourceType> types;  ///< that CRDs of this run will serve
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
  Planning(const RunRequest& request, Desired desired, Calls& calls, InventoryStore& store, RunWatcher& watcher);

  void start(Done done);

 private:
  void prepared();
  void fail_with(Error error);
  void collect_stacks();
  void resolve_all_scopes();
  void claim_objects();
  void collect_types();
  void observe();
  void plan_all();
  void plan_one(PlannedStack& stack);
  void predict();
  void take_prediction(const ObjectId& id, Answer answer);
  [[nodiscard]] PruneAnswer prune_answer(const PlannedStack& stack, std::string& reason) const;

  const RunRequest& m_request;
  Desired m_desired;
  Calls& m_calls;
  InventoryStore& m_store;
  RunWatcher& m_watcher;
  Done m_done;
  Survey m_survey;
  std::unique_ptr<Observation> m_observation;
  std::set<ObjectId> m_shared;  ///< objects that several rows of the inventory have
  std::size_t m_preparing = 0;
  std::size_t m_predicting = 0;
  bool m_dry_run_forbidden = false;
  std::optional<Error> m_failed;
};

}  // namespace reconciled
