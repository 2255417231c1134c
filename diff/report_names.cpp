#include "diff/report.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {
constexpr std::array<std::string_view, 6> k_syncs{"in-sync", "ahead", "drifted", "held", "unknown", "failed"};
constexpr std::array<std::string_view, 7> k_actions{"create", "update", "recreate", "adopt", "prune", "keep", "hold"};
constexpr std::array<std::string_view, 4> k_causes{"git-ahead", "manual", "missing", "orphan"};
}  // namespace

std::string_view name_of(SyncState state) {
  return k_syncs.at(static_cast<std::size_t>(state));
}
std::string_view name_of(ActionKind kind) {
  return k_actions.at(static_cast<std::size_t>(kind));
}
std::string_view name_of(ChangeCause cause) {
  return k_causes.at(static_cast<std::size_t>(cause));
}

SyncState assess_sync(const StackPlan& plan) {
  if (plan.error) return SyncState::failed;
  SyncState state = SyncState::in_sync;
  for (const Action& action : plan.actions) {
    if (action.evidence == Evidence::none) {
      state = std::max(state, SyncState::unknown);
    } else if (action.kind == ActionKind::hold) {
      state = std::max(state, SyncState::held);
    } else if (action.kind != ActionKind::keep) {
      const bool drift = action.cause == ChangeCause::manual || action.cause == ChangeCause::missing;
      state = std::max(state, drift ? SyncState::drifted : SyncState::ahead);
    }
  }
  return state;
}

}  // namespace reconciled
