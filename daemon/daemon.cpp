#include "daemon/daemon.h"

#include "config/change.h"
#include "config/disk.h"
#include "config/listen_address.h"
#include "daemon/cluster_lease.h"
#include "daemon/environment_agent.h"
#include "daemon/memory.h"
#include "daemon/record_log.h"
#include "daemon/signals.h"
#include "daemon/workers/worker_pool.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace reconciled {
namespace {

constexpr Duration k_longest_sleep = std::chrono::seconds(5);
constexpr Duration k_publish_every = std::chrono::milliseconds(250);
constexpr int k_publish_share = 20;  ///< of the time at most goes into views: one part in so many
constexpr Duration k_publish_at_least = std::chrono::seconds(5);
constexpr Duration k_stop_patience = std::chrono::seconds(20);
constexpr Duration k_release_patience = std::chrono::seconds(2);

enum class Ended : std::uint8_t { stop, restart };

std::string make_identity() {
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  SystemRandom random;
  return std::string(host) + "_" + random.uuid().substr(0, 8);
}

/// Everything that is made anew when the settings change.
class Shift {
 public:
  Shift(const Settings& settings, const ServiceVariables& environment, const Clock& clock, Logger& log,
        HttpFront& front, DaemonInbox& inbox, const std::string& identity)
      : m_clock(clock),
        m_front(front),
        m_executor(WorkerPoolOptions{
            .program = {}, .workers = settings.workers.count, .memory_bytes = settings.workers.memory}),
        m_around{settings, clock,      log,      front,
                 inbox,    m_executor, identity, cache_folder(Program::reconciled, settings, environment)} {}

  Status open(std::size_t& number) {
    m_first = number;
    TRY_ASSIGN(const auto placements, place_environments(m_around.settings));
    for (const auto& placement : placements) {
      auto agent = EnvironmentAgent::open(placement, m_around, number++);
      if (!agent) return fail(std::move(agent).error().in("environment " + placement.environment));
      m_agents.push_back(std::move(*agent));
    }
    m_first_lease = number;
    if (!m_around.settings.lease.enabled) return {};
    for (const auto& placement : placements) {
      const bool known =
          std::ranges::any_of(m_leases, [&](const auto& lease) { return lease->cluster() == placement.cluster; });
      if (known) continue;
      TRY_ASSIGN(auto lease, ClusterLease::open(m_around.settings, placement.cluster, m_around.identity, m_clock,
                                                m_around.inbox, number++));
      m_leases.push_back(std::move(lease));
    }
    return {};
  }

  void start() {
    for (auto& lease : m_leases) lease->start();
    for (auto& agent : m_agents) agent->start();
  }

  void take(DaemonMessage& message) {
    if (message.to >= m_first_lease && message.to < m_first_lease + m_leases.size()) {
      if (auto* answer = std::get_if<Answer>(&message.event))
        m_leases[message.to - m_first_lease]->take(std::move(*answer));
      return;
    }
    if (message.to < m_first || message.to >= m_first + m_agents.size()) return;  // of an earlier shift
    EnvironmentAgent& agent = *m_agents[message.to - m_first];
    if (auto* answer = std::get_if<Answer>(&message.event)) agent.take(std::move(*answer));
    if (auto* event = std::get_if<WatchEvent>(&message.event)) agent.take(std::move(*event));
    if (auto* loaded = std::get_if<LoadAnswer>(&message.event)) agent.take(std::move(*loaded));
  }

  void take_pushes() {
    for (const auto& push : m_front.pushes().take()) {
      for (auto& agent : m_agents) {
        if (agent->placement().environment == push.environment) agent->wake_source();
      }
    }
  }

  void tick() {
    for (auto& lease : m_leases) tick(*lease);
    for (auto& agent : m_agents) {
      agent->fence(until_of(agent->placement().cluster));
      agent->tick();
    }
    tell_repositories();
    publish();
  }

  [[nodiscard]] MonotonicTime next_wakeup() const {
    const MonotonicTime now = m_clock.monotonic();
    MonotonicTime next = now + k_longest_sleep;
    const auto take = [&](const std::optional<MonotonicTime>& due) {
      if (due) next = std::min(next, *due);
    };
    for (const auto& lease : m_leases) {
      take(lease->next_wakeup());
      if (lease->until() > now) take(lease->until());
    }
    for (const auto& agent : m_agents) take(agent->next_wakeup());
    if (version() != m_published) take(m_published_at + m_publish_pause);
    return next;
  }

  void stop() {
    for (auto& agent : m_agents) agent->stop();
  }
  [[nodiscard]] bool stopped() const {
    return std::ranges::all_of(m_agents, [](const auto& agent) { return agent->stopped(); });
  }
  void release() {
    for (auto& lease : m_leases) lease->release();
  }
  [[nodiscard]] bool released() const {
    return std::ranges::all_of(m_leases, [](const auto& lease) { return lease->released(); });
  }

  void set_reload(ReloadView reload) {
    m_reload = std::move(reload);
    m_published = 0;
  }
  void set_started(WallTime started) { m_started = started; }
  [[nodiscard]] std::string status_text() const {
    std::size_t stacks = 0;
    bool leads = false;
    const auto view = m_front.board().view();  // made already, and new enough for one line
    if (view) {
      for (const auto& environment : view->environments) {
        stacks += environment.stacks.size();
        leads = leads || environment.leader;
      }
    }
    return std::to_string(m_agents.size()) + " environments, " + std::to_string(stacks) + " stacks" +
           (leads ? "" : ", standing by");
  }

 private:
  void tick(ClusterLease& lease) {
    lease.tick();
    std::optional<Error>& known = m_lease_errors[lease.cluster()];
    if (known == lease.error()) return;
    known = lease.error();
    if (known) log_error(m_around.log, LogLevel::warn, "the Lease cannot be held", *known);
  }

  [[nodiscard]] MonotonicTime until_of(const std::string& cluster) const {
    if (m_leases.empty()) return MonotonicTime::max();
    const auto at = std::ranges::find_if(m_leases, [&](const auto& lease) { return lease->cluster() == cluster; });
    return (*at)->until();
  }

  [[nodiscard]] std::uint64_t version() const {
    std::uint64_t sum = 1;
    for (const auto& agent : m_agents) sum += agent->version();
    return sum;
  }

  void tell_repositories() {
    std::uint64_t version = 0;
    for (const auto& agent : m_agents) version += agent->repositories_version();
    if (version == m_repositories) return;
    m_repositories = version;
    std::vector<WatchedRepository> all;
    for (const auto& agent : m_agents)
      all.insert(all.end(), agent->repositories().begin(), agent->repositories().end());
    m_front.webhooks().set_repositories(all);
  }

  void publish() {
    const MonotonicTime now = m_clock.monotonic();
    const Duration since = now - m_published_at;
    const std::uint64_t current = version();
    if (m_published != 0 && since < (current == m_published ? k_publish_at_least : m_publish_pause)) return;
    m_published = current;
    m_published_at = now;
    auto view = std::make_shared<DaemonView>();
    view->made = m_clock.wall();
    view->made_at = now;
    view->started = m_started;
    view->reload = m_reload;
    for (const auto& agent : m_agents) view->environments.push_back(agent->view());
    std::ranges::sort(view->environments, {}, &EnvironmentView::environment);
    m_front.board().publish(std::move(view));
    m_publish_pause = std::max<Duration>(k_publish_every, (m_clock.monotonic() - now) * k_publish_share);
  }

  const Clock& m_clock;
  HttpFront& m_front;
  ProcessExecutor m_executor;
  AgentSurroundings m_around;
  std::size_t m_first = 0;
  std::size_t m_first_lease = 0;
  std::vector<std::unique_ptr<EnvironmentAgent>> m_agents;
  std::vector<std::unique_ptr<ClusterLease>> m_leases;
  std::map<std::string, std::optional<Error>> m_lease_errors;  // by cluster
  ReloadView m_reload;
  WallTime m_started{};
  std::uint64_t m_published = 0;
  MonotonicTime m_published_at{};
  Duration m_publish_pause = k_publish_every;
  std::uint64_t m_repositories = 0;
};

class Daemon {
 public:
  Daemon(DaemonOptions options, Logger& log) : m_options(std::move(options)), m_log(log), m_identity(make_identity()) {}

  Status run() {
    const SystemClock clock;
    TRY_ASSIGN(const ServiceNotices notices, ServiceNotices::open(m_options.environment));
    TRY_ASSIGN(const auto sockets, take_inherited_sockets(m_options.environment, getpid()));
    Watchdog watchdog(watchdog_interval(m_options.environment, getpid()));
    DaemonInbox inbox;
    FrontOptions front_options;
    front_options.version = m_options.version;
    front_options.wake = [&inbox] { inbox.put({0, PushesWait{}}); };
    front_options.log = &m_log;
    TRY_ASSIGN(const auto front, HttpFront::start(m_options.settings, sockets, clock, std::move(front_options)));
    for (const auto& listener : front->listeners())
      m_log.info("listening", {{"name", listener.name}, {"address", format_listen_address(listener.address)}});
    const SignalThread signals(inbox);
    const WallTime started = clock.wall();
    m_reload.at = started;
    std::size_t number = 1;
    for (Ended ended = Ended::restart; ended == Ended::restart;) {
      if (m_next) m_options.settings = std::move(*std::exchange(m_next, std::nullopt));
      Shift shift(m_options.settings, m_options.environment, clock, m_log, *front, inbox, m_identity);
      shift.set_started(started);
      shift.set_reload(m_reload);
      TRY(shift.open(number));
      shift.start();
      notices.ready(shift.status_text());
      m_log.info("started", {{"identity", m_identity}, {"version", m_options.version}});
      ended = drive(shift, clock, inbox, *front, notices, watchdog);
    }
    notices.stopping("stopped");
    m_log.info("stopped");
    return {};
  }

 private:
  Ended drive(Shift& shift, const Clock& clock, DaemonInbox& inbox, HttpFront& front, const ServiceNotices& notices,
              Watchdog& watchdog) {
    MemoryTrim memory(clock.monotonic());
    while (true) {
      for (auto& message : inbox.take(shift.next_wakeup())) {
        if (std::holds_alternative<PushesWait>(message.event)) {
          shift.take_pushes();
        } else if (const auto* signal = std::get_if<SignalArrived>(&message.event)) {
          if (signal->number != SIGHUP) return stop(shift, clock, inbox, notices, Ended::stop);
          if (reload(shift, clock, front, notices)) return stop(shift, clock, inbox, notices, Ended::restart);
        } else {
          shift.take(message);
        }
      }
      shift.tick();
      const MonotonicTime now = clock.monotonic();
      front.board().beat(now);
      if (watchdog.due(now, now)) {
        notices.watchdog();
        notices.status(shift.status_text());
      }
      memory.tick(now);
    }
  }

  /// Lets runs come to the end of their wave and records what is known, then gives the Lease back.
  Ended stop(Shift& shift, const Clock& clock, DaemonInbox& inbox, const ServiceNotices& notices, Ended why) {
    if (why == Ended::stop) {
      m_log.info("stopping");
      notices.stopping("finishing what is under way");
    }
    shift.stop();
    const auto serve = [&](Duration patience, const auto& done) {
      const MonotonicTime end = clock.monotonic() + patience;
      while (!done() && clock.monotonic() < end) {
        for (auto& message : inbox.take(std::min(shift.next_wakeup(), end))) shift.take(message);
        shift.tick();
        notices.watchdog();
      }
    };
    serve(k_stop_patience, [&] { return shift.stopped(); });
    shift.release();
    serve(k_release_patience, [&] { return shift.released(); });
    return why;
  }

  /// What can be refused of new settings; the agents are made later.
  static Status take(const Settings& settings, HttpFront& front) {
    TRY(front.reload(settings));
    TRY(place_environments(settings));
    return {};
  }

  /// Whether the agents must be made anew. Wrong settings change nothing.
  bool reload(Shift& shift, const Clock& clock, HttpFront& front, const ServiceNotices& notices) {
    notices.reloading(clock.monotonic());
    auto read = m_options.read_settings();
    const Status status = read ? take(*read, front) : Status(fail(read.error()));
    m_reload = {clock.wall(), std::nullopt};
    if (!status) {
      m_reload.error = status.error();
      log_error(m_log, LogLevel::error, "the new settings are not used", status.error());
      static_cast<void>(front.reload(m_options.settings));
      shift.set_reload(m_reload);
      notices.ready(shift.status_text());
      return false;
    }
    const auto changes = diff_settings(m_options.settings, *read);
    for (const auto& change : changes) {
      const bool later = change.effect == SettingChange::Effect::restart;
      m_log.info(later ? "a setting changed that counts after a restart" : "a setting changed",
                 {{"setting", change.path}});
    }
    for (const auto& secret : secrets_of(*read)) m_log.redact(secret);
    if (changes.empty()) {
      shift.set_reload(m_reload);
      notices.ready(shift.status_text());
      return false;
    }
    m_next = std::move(*read);
    return true;
  }

  DaemonOptions m_options;
  std::optional<Settings> m_next;
  Logger& m_log;
  std::string m_identity;
  ReloadView m_reload;
};

}  // namespace

int run_daemon(DaemonOptions options, Logger& log) {
  const auto status = Daemon(std::move(options), log).run();
  if (status) return 0;
  log_error(log, LogLevel::error, "cannot run", status.error());
  return exit_code(status.error().kind);
}

}  // namespace reconciled
