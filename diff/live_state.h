// What the cluster was seen to hold, with "absent" and "could not look" kept apart.
#pragma once

#include "base/clock.h"
#include "base/value.h"
#include "ports/object_id.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace reconciled {

/// One object as it was observed.
struct Observed {
  enum class State : std::uint8_t {
    present,
    absent,        ///< looked, and it is not there
    no_kind,       ///< the API server serves no such kind (yet); the CRD may come from an earlier action
    no_namespace,  ///< its namespace does not exist (yet)
    unknown,       ///< could not look: no evidence of anything
  };
  State state = State::unknown;
  Value object;                         ///< present
  std::optional<Value> predicted;       ///< what a dry-run apply answered, in server mode
  std::optional<std::string> rejected;  ///< why the dry-run apply was refused (its message)
  std::vector<std::string> conflicts;   ///< of the dry-run apply
  std::string reason;                   ///< of unknown, for a person
  bool operator==(const Observed&) const = default;
};

struct LiveState {
  std::map<ObjectId, Observed> objects;
  std::set<ObjectId> autoscaled;  ///< workloads whose replicas a HorizontalPodAutoscaler controls
  /// What earlier actions of this run create: namespaces, CRDs, and for each kind that such a CRD provides an id of
  /// that group and kind whose name is the CRD's. note_creations fills it.
  std::set<ObjectId> being_created;

  /// Unknown ("was not observed") when nobody looked.
  [[nodiscard]] const Observed& at(const ObjectId& id) const;
};

struct ManifestSet;

/// Adds the namespaces and CRDs of an earlier stack to `being_created`. make_plan does it by itself for its own stack.
void note_creations(LiveState& live, const ManifestSet& set);

}  // namespace reconciled
