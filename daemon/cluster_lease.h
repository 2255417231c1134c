// The Lease of one cluster: who of several replicas may write there.
#pragma once

#include "connect/connections.h"
#include "daemon/inbox.h"
#include "daemon/placement.h"
#include "engine/lease.h"

#include <memory>
#include <optional>
#include <string>

namespace reconciled {

/// On a connection of its own: a busy cluster adapter never makes a renewal wait.
class ClusterLease {
 public:
  /// `identity` is unique to this process.
  static Result<std::unique_ptr<ClusterLease>> open(const Settings& settings, const std::string& cluster,
                                                    const std::string& identity, const Clock& clock, DaemonInbox& inbox,
                                                    std::size_t number);

  void start();
  void take(Answer answer);
  void tick();
  [[nodiscard]] std::optional<MonotonicTime> next_wakeup() const { return m_lease->wake_at(); }
  /// Gives it back; see Lease::release.
  void release();
  [[nodiscard]] bool released() const { return m_lease->stopped(); }

  [[nodiscard]] const std::string& cluster() const { return m_cluster; }
  [[nodiscard]] MonotonicTime until() const { return m_lease->until(); }
  [[nodiscard]] const std::string& holder() const { return m_lease->holder(); }
  [[nodiscard]] const std::optional<Error>& error() const { return m_lease->error(); }

 private:
  ClusterLease(std::string cluster, const Clock& clock, DaemonInbox& inbox, std::size_t number);
  [[nodiscard]] Moment now() const { return {m_clock.monotonic(), m_clock.wall()}; }

  std::string m_cluster;
  const Clock& m_clock;
  NumberedInbox m_inbox;
  SystemRandom m_random;
  Connection m_connection;
  CallId m_last = 0;
  CallId m_namespace_call = 0;
  std::unique_ptr<Lease> m_lease;
};

}  // namespace reconciled
