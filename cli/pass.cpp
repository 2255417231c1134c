#include "cli/pass.h"

#include "base/file.h"
#include "cli/network.h"
#include "cli/repository.h"
#include "cli/writer_name.h"
#include "config/version.h"
#include "engine/cluster_facts.h"
#include "ports/queue_inbox.h"
#include "ports/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>

namespace reconciled {
namespace {

constexpr Duration k_signal_poll = std::chrono::milliseconds(200);

std::atomic<int> g_signals{0};

/// Counts SIGINT and SIGTERM while it lives; the second one takes the default way out.
class SignalWatch {
 public:
  SignalWatch() {
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, &SignalWatch::count);
  }
  ~SignalWatch() {
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
  }
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  static void count(int signal) {
    ++g_signals;
    std::signal(signal, SIG_DFL);
  }
};

/// Prints phases and, on a terminal, each step.
class ProgressPrinter final : public RunWatcher {
 public:
  ProgressPrinter(Terminal& terminal, RunWatcher* also)
      : m_terminal(terminal), m_also(also), m_begin(monotonic_now()) {}

  void on_event(const RunEvent& event) override {
    if (m_also != nullptr) m_also->on_event(event);
    using Kind = RunEvent::Kind;
    switch (event.kind) {
      case Kind::discovered: return phase("connected to Kubernetes " + event.detail);
      case Kind::inventory_loaded:
        if (!event.detail.empty()) return step("waits: " + event.detail);
        return step(fmt::format("{} stacks in the inventory", event.done));
      case Kind::observed: return phase(fmt::format("looked at {} objects", event.done));
      case Kind::planned: return phase(fmt::format("planned {} stacks", event.done));
      case Kind::apply_answered: return step(fmt::format("applied {} objects", ++m_applied));
      case Kind::prune_answered: return step("pruned " + event.detail);
      case Kind::waiting_for_health: return step(event.detail + " waits for health");
      case Kind::stack_done: return step(fmt::format("{} of {} stacks done", event.done, event.total));
      case Kind::intent_queued:
      case Kind::intent_written:
      case Kind::apply_started:
      case Kind::wave_done:
      case Kind::prune_started:
      case Kind::commit_queued:
      case Kind::commit_written: return;
    }
  }
  void phase(const std::string& text) {
    m_terminal.progress(Terminal::Progress::phase,
                        fmt::format("{:>8}  {}", format_duration(monotonic_now() - m_begin), text));
  }

 private:
  void step(const std::string& text) { m_terminal.progress(Terminal::Progress::step, "          " + text); }
  Terminal& m_terminal;
  RunWatcher* m_also;
  MonotonicTime m_begin;
  std::size_t m_applied = 0;
};

DiffMode diff_mode_of(const std::string& text) {
  if (text == "server") return DiffMode::server;
  return text == "local" ? DiffMode::local : DiffMode::automatic;
}

/// The cluster that the environment's stacks name.
std::string cluster_of(const Repository& repository, const StackGraph& graph) {
  if (!graph.stacks.empty()) return graph.stacks.front().cluster;
  const auto at = std::ranges::find(repository.environments, graph.environment, &Environment::name);
  return at == repository.environments.end() ? "" : at->cluster;
}

/// A process acts only on the environments that its settings name; the settings may also move one to another cluster.
Result<std::string> permitted_cluster(const Settings& settings, const Repository& repository, const StackGraph& graph) {
  if (settings.environments.empty()) return cluster_of(repository, graph);
  const auto at = std::ranges::find(settings.environments, graph.environment, &EnvironmentSettings::name);
  if (at == settings.environments.end()) {
    return fail(ErrorKind::refused, "the settings do not name the environment " + graph.environment, {},
                "add it under environments, or choose another with --environment");
  }
  return at->cluster.empty() ? cluster_of(repository, graph) : at->cluster;
}

/// The cluster of a pass, connected once, when it is first needed: charts ask what it serves before anything is
/// rendered.
class PassCluster {
 public:
  PassCluster(const CommandLine& line, const Settings& settings, QueueInbox& inbox)
      : m_line(line), m_settings(settings), m_inbox(inbox) {}

  Status connect(const Repository& repository, const StackGraph& graph) {
    if (m_connection.cluster) return {};
    TRY_ASSIGN(const Network* network, load_network());
    TRY_ASSIGN(m_name, permitted_cluster(m_settings, repository, graph));
    TRY_ASSIGN(m_connection, network->connect(m_settings, {m_name, m_line.kubeconfig, m_line.context}, m_inbox));
    return {};
  }
  Result<ClusterFacts> look(const Repository& repository, const StackGraph& graph) {
    TRY(connect(repository, graph));
    Call call;
    call.id = k_discover_id;
    call.scope = {m_name, m_connection.identity};
    call.verb = Verb::discover;
    call.timeout = m_settings.timeouts.request;
    const MonotonicTime until = monotonic_now() + call.timeout + std::chrono::seconds(1);
    m_connection.cluster->start(std::move(call));
    while (auto message = m_inbox.take(until)) {
      const auto* answer = std::get_if<Answer>(&*message);
      if (answer == nullptr || answer->id != k_discover_id) continue;
      if (!answer->object) return fail(Error(answer->object.error()).in("discover what the API server serves"));
      return make_cluster_facts(*answer->discovery);
    }
    return fail(ErrorKind::timeout, "the API server did not say in time what it serves");
  }
  [[nodiscard]] const std::string& name() const { return m_name; }
  [[nodiscard]] const Connection& connection() const { return m_connection; }

 private:
  static constexpr CallId k_discover_id = ~CallId{0};  // a run counts from 1

  const CommandLine& m_line;
  const Settings& m_settings;
  QueueInbox& m_inbox;
  std::string m_name;
  Connection m_connection;
};

Result<RunRequest> make_request(const CommandLine& line, const Settings& settings, const Connection& connection,
                                const std::string& cluster, RunMode mode) {
  RunRequest request;
  request.scope = {cluster, connection.identity};
  request.installation = settings.installation;
  request.inventory_namespace = connection.state_namespace;
  request.expected_cluster_uid = connection.expected_uid;
  SystemRandom random;
  request.writer = make_writer_name(random);
  request.is_gone = is_gone;
  request.mode = mode;
  request.diff = diff_mode_of(line.diff_mode);
  request.guard = {static_cast<std::uint32_t>(settings.prune.max_count),
                   static_cast<std::uint32_t>(settings.prune.max_percent)};
  request.adopt = line.adopt;
  request.confirm_prune = line.prune;
  request.wait = line.no_wait ? Wait::no : Wait::yes;
  request.health_timeout = settings.timeouts.health;
  request.request_timeout = settings.timeouts.request;
  if (!line.timeout.empty()) {
    TRY_ASSIGN(request.health_timeout, parse_duration(line.timeout));
  }
  return request;
}

bool drive(Run& run, QueueInbox& inbox) {
  const SignalWatch signals;
  bool stopped = false;
  run.start();
  while (!run.done()) {
    MonotonicTime wake = monotonic_now() + k_signal_poll;
    if (const auto next = run.next_wakeup(); next && *next < wake) wake = *next;
    if (auto message = inbox.take(wake)) {
      if (auto* answer = std::get_if<Answer>(&*message)) run.on(std::move(*answer));
    }
    run.tick();
    if (g_signals > 0 && !stopped) {
      stopped = true;
      run.stop();
    }
  }
  return stopped;
}

DriftReport make_report(const RunRecord& record, const Desired& desired, const Revision& revision,
                        const std::string& cluster) {
  DriftReport report;
  report.generated_at = wall_now();
  report.tool_version = std::string(k_version);
  report.mode = record.mode;
  report.cluster = cluster;
  report.cluster_uid = record.cluster_uid;
  report.cluster_version = record.server_version;
  report.source = revision;
  report.environment = desired.graph.environment;
  for (const auto& run : record.stacks) {
    StackReport stack;
    stack.plan = run.plan;
    stack.sync = assess_sync(run.plan);
    stack.health = run.health.state;
    stack.health_reason = run.health.reason;
    stack.blocked_by = run.blocked_by;
    for (std::size_t i = 0; i < run.live.size(); ++i) {
      const Action& action = run.plan.actions[i];
      if (action.kind != ActionKind::keep) stack.unified.emplace(action.id, format_unified(action, run.live[i]));
    }
    report.stacks.push_back(std::move(stack));
  }
  if (record.error) report.errors.push_back(*record.error);
  return report;
}

/// What could not be looked at is an error of its own: rights that are missing, or an API server that does not answer.
bool seen(const Action& action) {
  return action.evidence == Evidence::seen;
}

int worst_error(const Pass& pass) {
  int worst = 0;
  const auto take = [&](const std::optional<Error>& error) {
    if (error) worst = std::max(worst, std::max(2, exit_code(error->kind)));
  };
  take(pass.record.error);
  for (const auto& run : pass.record.stacks) {
    take(run.error);
    take(run.plan.error);
    if (!std::ranges::all_of(run.plan.actions, seen)) worst = std::max(worst, exit_code(ErrorKind::api_auth));
  }
  return worst;
}

/// Of objects that could not be applied: for want of rights alone it is the code of missing rights. 0: none failed.
int failure_code(const RunRecord& record) {
  int code = 0;
  for (const auto& run : record.stacks) {
    for (const auto& result : run.results) {
      if (result.outcome != ActionResult::Outcome::failed) continue;
      const bool rights = result.error && result.error->kind == ErrorKind::api_auth;
      code = std::max(code, exit_code(rights ? ErrorKind::api_auth : ErrorKind::apply_failed));
    }
  }
  return code;
}

}  // namespace

Result<Pass> make_pass(const CommandLine& line, Terminal& terminal, RunMode mode, RunWatcher* also) {
  ProgressPrinter progress(terminal, also);
  TRY_ASSIGN(const Settings settings, open_settings_for(line));
  TRY_ASSIGN(auto repository, open_repository(line, settings));
  QueueInbox inbox;
  PassCluster cluster(line, settings, inbox);
  repository.request.look_at_cluster = [&](const Repository& root, const StackGraph& graph) {
    return cluster.look(root, graph);
  };
  TRY_ASSIGN(Desired desired, load_desired(repository.request, *repository.source));
  TRY_ASSIGN(const Network* network, load_network());
  Revision revision = desired.revision;
  if (repository.request.local) {
    if (auto folder = network->look_at_folder(repository.request.local->revision.url)) revision = folder->revision;
  }
  progress.phase(fmt::format("rendered {} stacks of {}{}", desired.stacks.size(), desired.graph.environment,
                             revision.commit.empty() ? "" : " at " + revision.commit.substr(0, 12)));
  TRY(cluster.connect(desired.repository, desired.graph));
  const Connection& connection = cluster.connection();
  TRY_ASSIGN(RunRequest request, make_request(line, settings, connection, cluster.name(), mode));
  desired.revision = revision;
  const Desired& kept = desired;
  Desired given{desired.repository, revision, desired.graph, std::move(desired.stacks), desired.whole};
  const SystemClock clock;
  Run run(std::move(request), std::move(given), *connection.cluster, clock, progress);
  Pass pass;
  pass.interrupted = drive(run, inbox);
  pass.record = run.take_record();
  pass.report = make_report(pass.record, kept, revision, cluster.name().empty() ? connection.server : cluster.name());
  for (const auto& warning : pass.record.warnings) terminal.say("warning: " + warning);
  return pass;
}

int plan_exit_code(const CommandLine& line, const Pass& pass) {
  if (const int error = worst_error(pass); error != 0) return error;
  const bool differs = std::ranges::any_of(pass.record.stacks, [](const StackRun& run) { return !run.plan.in_sync(); });
  if (!differs || line.fail_on == "error") return 0;
  return line.diff_exit_code.empty() ? 1 : std::stoi(line.diff_exit_code);
}

int sync_exit_code(const Pass& pass) {
  if (pass.interrupted) return 130;
  bool held = false;
  bool unhealthy = false;
  for (const auto& run : pass.record.stacks) {
    held = held || run.plan.count(ActionKind::hold) != 0;
    unhealthy = unhealthy || run.health.state == HealthState::degraded;
    held = held || !run.blocked_by.empty();
  }
  const int failed = failure_code(pass.record);
  if (failed == exit_code(ErrorKind::apply_failed)) return failed;
  if (const int error = std::max(failed, worst_error(pass)); error != 0) return error;
  if (unhealthy) return 1;
  return held ? exit_code(ErrorKind::refused) : 0;
}

Status write_outputs(const CommandLine& line, Terminal& terminal, const OutputFormatter& format) {
  std::vector<OutputSpec> outputs;
  for (const auto& text : line.outputs) outputs.push_back(parse_output(text));
  if (outputs.empty()) outputs.push_back({"text", ""});
  for (const auto& output : outputs) {
    TextOptions options;
    options.colour = terminal.colour() && output.file.empty() ? Colour::on : Colour::off;
    options.ascii = terminal.ascii();
    options.ignored = line.show_ignored ? ShowIgnored::yes : ShowIgnored::no;
    const auto text = format(output.format, options);
    if (!text)
      return fail(ErrorKind::usage, "there is no report format \"" + output.format + "\"", {},
                  "there are text and json");
    if (output.file.empty())
      terminal.out(*text);
    else
      TRY(write_file_atomically(output.file, *text));
  }
  return {};
}

Status write_report(const CommandLine& line, Terminal& terminal, const DriftReport& report) {
  return write_outputs(line, terminal,
                       [&](const std::string& format, const TextOptions& options) -> std::optional<std::string> {
                         if (format == "text") return format_text(report, options);
                         if (format == "json") return format_report_json(report) + "\n";
                         return std::nullopt;
                       });
}

}  // namespace reconciled
