#include "daemon/environment_agent.h"

#include "config/limits.h"
#include "daemon/record_log.h"

namespace reconciled {

EnvironmentAgent::EnvironmentAgent(Placement placement, const AgentSurroundings& around, std::size_t number)
    : m_placement(std::move(placement)), m_around(around), m_inbox(around.inbox, number) {}

Result<std::unique_ptr<EnvironmentAgent>> EnvironmentAgent::open(const Placement& placement,
                                                                 const AgentSurroundings& around, std::size_t number) {
  std::unique_ptr<EnvironmentAgent> agent(new EnvironmentAgent(placement, around, number));
  agent->m_source = make_settings_source(around.settings, around.cache_folder, "", &around.log);
  TRY_ASSIGN(agent->m_connection,
             connect_cluster(around.settings, {placement.cluster, "", ""},
                             {Program::reconciled, around.clock, agent->m_adapter_random}, agent->m_inbox));
  agent->m_cluster = std::make_unique<MeteredCluster>(*agent->m_connection.cluster, around.front.metrics());
  const ReconcilerOptions options = agent->make_options();
  agent->m_events = std::make_unique<EventWriter>(*agent->m_cluster, Scope{placement.cluster, {}},
                                                  agent->m_connection.state_namespace, around.identity, around.clock,
                                                  agent->m_random);
  LoadPoolOptions loads;
  loads.request.root = placement.root;
  loads.request.environment = placement.environment;
  loads.request.limits = render_limits(around.settings);
  loads.timeout = around.settings.timeouts.fetch;
  agent->m_loads = std::make_unique<LoadPool>(
      std::move(loads), *agent->m_source, around.executor,
      [inbox = &around.inbox, number](LoadAnswer answer) { inbox->put({number, std::move(answer)}); });
  agent->m_reconciler =
      std::make_unique<Reconciler>(options, *agent->m_cluster, *agent->m_loads, around.clock, agent->m_random, *agent);
  agent->m_repositories = {{placement.environment, placement.root}};
  return agent;
}

ReconcilerOptions EnvironmentAgent::make_options() const {
  const Settings& settings = m_around.settings;
  ReconcilerOptions options;
  options.environment = m_placement.environment;
  options.poll = m_placement.poll;
  options.resync = settings.reconcile.resync;
  options.max_retry = settings.reconcile.max_retry;
  options.flips = static_cast<std::uint32_t>(settings.reconcile.flips);
  options.flip_window = settings.reconcile.flip_window;
  options.parallel_runs = settings.reconcile.parallel_runs;
  options.run.scope = {m_placement.cluster, m_connection.identity};
  options.run.installation = settings.installation;
  options.run.inventory_namespace = m_connection.state_namespace;
  options.run.writer = "daemon/" + m_around.identity;
  options.run.expected_cluster_uid = m_connection.expected_uid;
  options.run.guard = {static_cast<std::uint32_t>(settings.prune.max_count),
                       static_cast<std::uint32_t>(settings.prune.max_percent)};
  options.run.health_timeout = settings.timeouts.health;
  options.run.request_timeout = settings.timeouts.request;
  return options;
}

void EnvironmentAgent::take(Answer answer) {
  m_cluster->answered(answer);
  m_reconciler->on(std::move(answer));
}

void EnvironmentAgent::take(LoadAnswer answer) {
  Metrics& metrics = m_around.front.metrics();
  metrics.on_fetch(m_placement.environment, answer.environment ? FetchResult::succeeded : FetchResult::failed,
                   answer.fetch);
  metrics.on_phase(RunPhase::fetch, answer.fetch);
  if (answer.environment && *answer.environment != m_loaded) {
    m_loaded = *answer.environment;
    metrics.on_phase(RunPhase::render, answer.render);
    m_around.log.info("revision loaded", {{"environment", m_placement.environment},
                                          {"revision", m_loaded->revision.commit.substr(0, 12)},
                                          {"stacks", std::to_string(m_loaded->stacks.size())},
                                          {"fetch", format_duration(answer.fetch)},
                                          {"render", format_duration(answer.render)}});
    watch_repositories(*m_loaded);
  }
  m_reconciler->on(std::move(answer));
}

void EnvironmentAgent::watch_repositories(const LoadedEnvironment& loaded) {
  std::vector<WatchedRepository> all{{m_placement.environment, m_placement.root}};
  if (!loaded.revision.url.empty() && loaded.revision.url != m_placement.root.url)
    all.push_back({m_placement.environment, {loaded.revision.url, loaded.revision.ref}});
  for (const auto& stack : loaded.stacks) {
    if (!stack.stack.source.url.empty()) all.push_back({m_placement.environment, stack.stack.source});
  }
  m_repositories = std::move(all);
  ++m_repositories_version;
}

void EnvironmentAgent::fence(MonotonicTime until) {
  const bool leads = m_around.clock.monotonic() < until;
  m_events->fence(until);
  if (leads)
    m_reconciler->lead(until);
  else if (m_leading)
    m_reconciler->follow();
  if (leads != m_leading) {
    m_around.log.info(leads ? "leading" : "not leading any more", {{"environment", m_placement.environment}});
  }
  m_leading = leads;
}

void EnvironmentAgent::on_record(const StackRecord& record) {
  m_around.front.metrics().on_record(record);
  m_around.front.metrics().on_phase(RunPhase::apply, record.duration);
  m_events->on_record(record);
  log_record(m_around.log, record);
}

void EnvironmentAgent::on_run_event(const RunEvent& event) {
  static_cast<void>(event);
}

void EnvironmentAgent::on_notice(const Error& error) {
  log_error(m_around.log, LogLevel::warn, "notice", Error(error).in("environment " + m_placement.environment));
}

}  // namespace reconciled
