// What the reconciler remembers of one stack between runs.
#pragma once

#include "engine/live_view.h"
#include "engine/loading.h"
#include "engine/run.h"
#include "engine/view.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace reconciled {

/// Repairs of one object that somebody else keeps undoing.
struct Flips {
  std::vector<MonotonicTime> times;  ///< of our repairs within the window, the oldest first
  std::string manager;               ///< who undid the last one
};

struct StackState {
  StackId id;
  std::shared_ptr<const LoadedEnvironment> loaded;  ///< keeps `desired` alive
  const LoadedStack* desired = nullptr;             ///< nullptr: vanished, or broken
  std::optional<Error> broken;                      ///< its stack.yaml cannot be read
  StackView view;

  bool running = false;
  bool again = false;  ///< woken while it ran
  Trigger trigger = Trigger::start;
  Trigger again_for = Trigger::start;
  MonotonicTime started{};
  std::optional<MonotonicTime> commit_seen;  ///< when this process learned of the revision; until its first success

  Digest planned;  ///< inputs of the last run that said something
  Digest applied;  ///< inputs of the last apply that succeeded
  Digest healthy;  ///< inputs that were seen healthy after their apply
  std::uint32_t failures = 0;
  std::uint32_t heals = 0;  ///< in a row, without a flip_window of peace between
  std::optional<MonotonicTime> last_heal;
  std::optional<MonotonicTime> healthy_by;  ///< an apply must have become healthy by then
  std::vector<ObjectId> counted;            ///< objects whose health is the stack's
  std::set<ObjectId> hooks;                 ///< they run: what becomes of them afterwards is no drift
  std::map<ObjectId, Flips> flips;
  std::optional<std::string> fighting;  ///< why self-heal stopped

  [[nodiscard]] Digest inputs() const { return desired == nullptr ? Digest{} : desired->inputs; }
  [[nodiscard]] bool vanished() const { return desired == nullptr && !broken; }
};

/// Why what depends on the stack must wait, as the end of "it waits for platform/vault, which …"; empty: it need not. A
/// stack that was healthy as it is desired now and got sick later blocks nothing: its fix may need the others.
std::string blocking_reason(const StackState& stack);

/// What a run found and did, for counting, logging and remembering.
StackRecord make_record(const StackState& stack, const StackRun& run, RunMode mode);
/// Takes the outcome over into the view; health is the reconciler's to add.
void take_outcome(StackView& view, const StackRun& run, const StackRecord& record, RunMode mode);
/// Worst health of the counted objects, and those that are not healthy.
void take_health(StackState& stack, const LiveView& live);

}  // namespace reconciled
