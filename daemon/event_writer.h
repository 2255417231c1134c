// Kubernetes Events of what a person should see with kubectl: drift, holds, failures.
#pragma once

#include "engine/view.h"
#include "ports/clock_port.h"
#include "ports/cluster.h"
#include "ports/random.h"

#include <optional>
#include <string>

namespace reconciled {

/// The Event (events.k8s.io/v1) of a record, or null when it says nothing to a person. Notes name no values.
Value make_event(const StackRecord& record, const std::string& fallback_namespace, const std::string& instance,
                 const std::string& unique);

/// Sends them without waiting: an Event that is lost is not missed. At most `burst` at once and one a second after.
class EventWriter {
 public:
  EventWriter(Cluster& cluster, Scope scope, std::string fallback_namespace, std::string instance, const Clock& clock,
              Random& random);
  void on_record(const StackRecord& record);
  /// No Event is sent at or after this time.
  void fence(MonotonicTime until) { m_until = until; }

 private:
  bool allowed();
  Cluster& m_cluster;
  Scope m_scope;
  std::string m_fallback;
  std::string m_instance;
  const Clock& m_clock;
  Random& m_random;
  MonotonicTime m_until = MonotonicTime::min();
  CallId m_last;
  double m_tokens = 50;
  std::optional<MonotonicTime> m_refilled;
};

}  // namespace reconciled
