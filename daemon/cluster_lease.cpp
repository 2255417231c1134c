#include "daemon/cluster_lease.h"

#include "engine/inventory_store.h"

namespace reconciled {
ClusterLease::ClusterLease(std::string cluster, const Clock& clock, DaemonInbox& inbox, std::size_t number)
    : m_cluster(std::move(cluster)), m_clock(clock), m_inbox(inbox, number) {}

Result<std::unique_ptr<ClusterLease>> ClusterLease::open(const Settings& settings, const std::string& cluster,
                                                         const std::string& identity, const Clock& clock,
                                                         DaemonInbox& inbox, std::size_t number) {
  std::unique_ptr<ClusterLease> lease(new ClusterLease(cluster, clock, inbox, number));
  TRY_ASSIGN(lease->m_connection, connect_cluster(settings, {cluster, "", ""},
                                                  {Program::reconciled, clock, lease->m_random}, lease->m_inbox));
  LeaseOptions options;
  options.scope = {cluster, {}};
  options.namespace_ = lease->m_connection.state_namespace;
  options.name = settings.lease.name;
  options.identity = identity;
  options.duration = settings.lease.duration;
  options.renew_deadline = settings.lease.renew_deadline;
  options.retry_period = settings.lease.retry_period;
  TRY(check_lease(options));
  lease->m_lease = std::make_unique<Lease>(*lease->m_connection.cluster, std::move(options),
                                           [last = &lease->m_last] { return ++*last; });
  return lease;
}

void ClusterLease::start() {
  // Where the namespace is already there, or only a person may make it, the Lease itself says what is missing.
  Call call = make_state_namespace_call({m_cluster, {}}, m_connection.state_namespace);
  call.id = m_namespace_call = ++m_last;
  call.timeout = std::chrono::seconds(5);
  m_connection.cluster->start(std::move(call));
}

void ClusterLease::take(Answer answer) {
  if (answer.id == m_namespace_call) return m_lease->start(now());
  m_lease->take(std::move(answer), now());
}

void ClusterLease::tick() {
  if (const auto due = m_lease->wake_at(); due && *due <= m_clock.monotonic()) m_lease->wake(now());
}

void ClusterLease::release() {
  m_lease->release(now());
}

}  // namespace reconciled
