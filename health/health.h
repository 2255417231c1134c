// Health of one live object by the rules of kstatus and of the built-in kinds.
#pragma once

#include "base/value.h"
#include "ports/object_id.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// From best to worst; a stack is as healthy as its worst object.
enum class HealthState : std::uint8_t { healthy, suspended, progressing, missing, degraded, unknown };

/// Nothing is to be waited for: what is suspended is as it should be.
constexpr bool is_good(HealthState state) {
  return state == HealthState::healthy || state == HealthState::suspended;
}

struct Health {
  HealthState state = HealthState::unknown;
  std::string reason;  ///< a sentence: "2 of 3 replicas are ready"
  bool operator==(const Health&) const = default;
};

std::string_view name_of(HealthState state);

/// Health of a live object as its status says. A status of an older generation than the object's is progressing.
Health assess_health(const Value& object);

/// The worst of many, with the reason of the first that is so bad.
Health worst(const std::vector<std::pair<ObjectId, Health>>& healths);

}  // namespace reconciled
