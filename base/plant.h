// Bugs that test builds plant on purpose, to prove that the simulation finds them (docs/simulator.md).
#pragma once

#include <cstdint>

namespace reconciled {

enum class Plant : std::uint8_t {
  delete_without_preconditions,
  commit_before_apply,
  stale_cache_believed,
  update_without_uid,
  create_that_adopts,
  lost_batch,
  lease_deadline_ignored,
  gone_swallowed,
  empty_render_pruned,
  transfer_pruned,
};

/// Whether this is a build with that bug: false, unless the compiler was told one by RECONCILED_PLANT.
constexpr bool planted([[maybe_unused]] Plant plant) {
#ifdef RECONCILED_PLANT
  return plant == Plant::RECONCILED_PLANT;
#else
  return false;
#endif
}

}  // namespace reconciled
