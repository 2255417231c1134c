#include "tests/sim/daemon.h"
#include "tests/sim/machine.h"

#include <algorithm>

namespace reconciled::sim {
namespace {

/// Gives the calls of each run numbers of their own, so that a late answer never meets a later run.
class Numbered final : public Cluster {
 public:
  explicit Numbered(Cluster& cluster) : m_cluster(cluster) {}
  void begin_run() { m_base += 1'000'000; }
  void start(Call call) override {
    call.id += m_base;
    m_cluster.start(std::move(call));
  }
  void cancel(CallId id) override { m_cluster.cancel(id + m_base); }
  [[nodiscard]] bool is_current(CallId id) const { return id > m_base; }
  [[nodiscard]] CallId base() const { return m_base; }

 private:
  Cluster& m_cluster;
  CallId m_base = 0;
};

class Command final : public Program {
 public:
  Command(CommandOptions options, const Surroundings& around)
      : m_options(std::move(options)), m_around(around), m_cluster(around.cluster) {}

  void start() override { m_due = m_around.clock.monotonic(); }

  void on(Line, Answer answer) override {
    if (!m_run || !m_cluster.is_current(answer.id)) return;
    answer.id -= m_cluster.base();
    m_run->on(std::move(answer));
  }
  void on(WatchEvent) override {}
  void on(LoadAnswer) override {}

  void tick() override {
    if (m_run) {
      m_run->tick();
      if (m_run->done()) finish();
      return;
    }
    if (m_ended || m_due > m_around.clock.monotonic()) return;
    begin();
  }

  [[nodiscard]] std::optional<MonotonicTime> next_wakeup() const override {
    if (m_ended) return std::nullopt;
    return m_run ? m_run->next_wakeup() : m_due;
  }

  void stop() override {
    m_stopping = true;
    if (m_run)
      m_run->stop();
    else
      m_ended = true;
  }
  [[nodiscard]] bool stopped() const override { return m_ended; }

 private:
  void begin() {
    DesiredRequest request = m_options.desired;
    request.deadline = m_around.clock.monotonic() + std::chrono::seconds(30);
    auto desired = load_desired(request, m_around.source);
    if (!desired) return pause();
    const bool readable = desired->graph.broken.empty() && std::ranges::all_of(desired->stacks, [](const auto& stack) {
                            return stack.manifests.has_value();
                          });
    m_around.machine.loaded(desired->revision.commit, readable);
    m_cluster.begin_run();
    m_run = std::make_unique<Run>(m_options.request, std::move(*desired), m_cluster, m_around.clock, m_around.machine);
    m_run->start();
  }

  void finish() {
    const RunRecord record = m_run->take_record();
    if (record.error) m_around.machine.says(format_error(*record.error));
    for (const auto& stack : record.stacks) tell(stack);
    m_run.reset();
    pause();
  }

  void tell(const StackRun& stack) {
    const auto say = [&](const std::string& text) { m_around.machine.says(stack.plan.stack.path() + ": " + text); };
    if (stack.error) say(format_error(*stack.error));
    if (stack.plan.error) say(format_error(*stack.plan.error));
    for (const auto& reason : stack.blocked_by) say(reason);
    for (std::size_t i = 0; i < stack.results.size(); ++i) {
      const Action& action = stack.plan.actions[i];
      if (action.kind == ActionKind::hold) say(format_id(action.id) + " is held: " + action.reason);
      if (stack.results[i].error) say(format_error(*stack.results[i].error));
    }
  }

  void pause() {
    if (!m_options.again || m_stopping)
      m_ended = true;
    else
      m_due = m_around.clock.monotonic() + *m_options.again;
  }

  CommandOptions m_options;
  Surroundings m_around;
  Numbered m_cluster;
  std::unique_ptr<Run> m_run;
  MonotonicTime m_due{};
  bool m_ended = false;
  bool m_stopping = false;
};

}  // namespace

std::unique_ptr<Program> make_command(CommandOptions options, const Surroundings& around) {
  return std::make_unique<Command>(std::move(options), around);
}

}  // namespace reconciled::sim
