// One environment of the settings with everything that keeps it: source, cluster, reconciler, and who is told.
#pragma once

#include "connect/connections.h"
#include "daemon/event_writer.h"
#include "daemon/http/front.h"
#include "daemon/inbox.h"
#include "daemon/metered_cluster.h"
#include "daemon/placement.h"
#include "daemon/workers/load_pool.h"
#include "engine/reconciler.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reconciled {

/// What all agents of a process share; outlives them.
struct AgentSurroundings {
  const Settings& settings;
  const Clock& clock;
  Logger& log;
  HttpFront& front;
  DaemonInbox& inbox;
  Executor& executor;
  std::string identity;  ///< unique to this process
  std::string cache_folder;
};

/// Lives in the loop's thread.
class EnvironmentAgent final : public ReconcilerWatcher {
 public:
  static Result<std::unique_ptr<EnvironmentAgent>> open(const Placement& placement, const AgentSurroundings& around,
                                                        std::size_t number);

  void start() { m_reconciler->start(); }
  void take(Answer answer);
  void take(WatchEvent event) { m_reconciler->on(std::move(event)); }
  void take(LoadAnswer answer);
  void tick() { m_reconciler->tick(); }
  [[nodiscard]] std::optional<MonotonicTime> next_wakeup() const { return m_reconciler->next_wakeup(); }
  void wake_source() { m_reconciler->wake_source(); }

  /// Writing is allowed until then; the past: not at all.
  void fence(MonotonicTime until);
  void stop() { m_reconciler->stop(); }
  [[nodiscard]] bool stopped() const { return m_reconciler->stopped(); }

  [[nodiscard]] const Placement& placement() const { return m_placement; }
  [[nodiscard]] std::uint64_t version() const { return m_reconciler->version(); }
  [[nodiscard]] EnvironmentView view() const { return m_reconciler->view(); }
  /// The environment's own and those of its stacks, for webhooks; grows with `repositories_version`.
  [[nodiscard]] const std::vector<WatchedRepository>& repositories() const { return m_repositories; }
  [[nodiscard]] std::uint64_t repositories_version() const { return m_repositories_version; }

  void on_record(const StackRecord& record) override;
  void on_run_event(const RunEvent& event) override;
  void on_notice(const Error& error) override;

 private:
  EnvironmentAgent(Placement placement, const AgentSurroundings& around, std::size_t number);
  [[nodiscard]] ReconcilerOptions make_options() const;
  void watch_repositories(const LoadedEnvironment& loaded);

  Placement m_placement;
  AgentSurroundings m_around;
  NumberedInbox m_inbox;
  SystemRandom m_adapter_random;  ///< of the adapter's thread
  SystemRandom m_random;          ///< of the loop
  std::unique_ptr<Source> m_source;
  Connection m_connection;
  std::unique_ptr<MeteredCluster> m_cluster;
  std::unique_ptr<EventWriter> m_events;
  std::unique_ptr<Reconciler> m_reconciler;
  std::unique_ptr<LoadPool> m_loads;  ///< ends before what it uses
  std::vector<WatchedRepository> m_repositories;
  std::uint64_t m_repositories_version = 1;
  std::shared_ptr<const LoadedEnvironment> m_loaded;
  bool m_leading = false;
};

}  // namespace reconciled
