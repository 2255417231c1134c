// What the cluster was seen to hold, with "absent" and "could not look" kept apart.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/value.h"
#include "ports/object_id.h"

namespace reconciled {

/// One object as it was observed.
struct Observed {
  enum class State : std::uint8_t {
    present,
    absent,      ///< looked, and it is not there
    no_kind,     ///< the API server serves no such kind (yet); the CRD may come from an earlier action
    no_namespace,///< its namespace does not exist (yet)
    unknown,     ///< could not look: no evidence of anything
  };
  State state = State::unknown;
  Value object;                    ///< present
  std::optional<Value> predicted;  ///< what a dry-run apply answered, in server mode
  std::optional<std::string> rejected;  ///< why the dry-run apply was refused (its message)
  std::vector<std::string> conflicts;   ///< of the dry-run apply
  std::string reason;              ///< of unknown, for a person
  bool operator==(const Observed&) const = default;
};

struct LiveState {
  std::map<ObjectId, Observed> objects;
  std::set<ObjectId> autoscaled;    ///< workloads whose replicas a HorizontalPodAutoscaler controls
  std::set<ObjectId> being_created; ///< namespaces and CRD-provided kinds that earlier actions of this run create

  /// Unknown ("was not observed") when nobody looked.
  [[nodiscard]] const Observed& at(const ObjectId& id) const;
};

}  // namespace reconciled
