// Waiting for health: re-observes what is not healthy yet, all stacks together.
#pragma once

#include "engine/calls.h"
#include "engine/observation.h"
#include "engine/run.h"
#include "engine/timers.h"
#include "health/health.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace reconciled {

/// One poll reads everything that is waited for, so a fleet costs as many requests as it has kinds. Polls start at
/// 250 ms and slow down to 2 s; waiting for something new makes them quick again.
class HealthWait {
 public:
  /// Called when an object's health was seen; it is waited for no longer when the callback answers Wait::no.
  using Seen = std::function<Wait(const ObjectId&, const Health&)>;

  HealthWait(Calls& calls, Timers& timers, std::string cluster, const Discovery& discovery)
      : m_calls(calls), m_timers(timers), m_cluster(std::move(cluster)), m_discovery(discovery) {}

  void add(const Scope& scope, const ObjectId& id, const std::string& version, Seen seen);
  void forget(const ObjectId& id) { m_waiting.erase(id); }

 private:
  struct Waiting {
    Scope scope;
    std::string version;
    Seen seen;
  };
  void schedule();
  void poll();
  void take(const LiveState& live);

  Calls& m_calls;
  Timers& m_timers;
  std::string m_cluster;
  const Discovery& m_discovery;
  std::map<ObjectId, Waiting> m_waiting;
  std::unique_ptr<Observation> m_observation;
  Duration m_delay = std::chrono::milliseconds(250);
  bool m_scheduled = false;
};

}  // namespace reconciled
