// The daemon as the product wires it: a Reconciler that a Lease lets write.
#include "tests/sim/daemon.h"

#include "engine/lease.h"
#include "engine/reconciler.h"
#include "tests/sim/machine.h"

namespace reconciled::sim {
namespace {

ReconcilerOptions reconciler_options(const std::string& name, const PruneGuard& guard) {
  ReconcilerOptions options;
  options.run.mode = RunMode::apply;
  options.run.writer = "daemon/" + name;
  options.run.guard = guard;
  options.run.health_timeout = std::chrono::seconds(60);
  options.environment = "default";
  options.flip_window = std::chrono::minutes(3);
  options.batch = 4;
  options.parallel_runs = 3;
  return options;
}

LeaseOptions lease_options(const std::string& name) {
  LeaseOptions options;
  options.namespace_ = "reconciled-system";
  options.name = "reconciled";
  options.identity = name;
  return options;
}

std::string text_of(const StackRecord& record) {
  std::string text = record.stack.path() + " " + std::string(name_of(record.result));
  if (record.error) text += ": " + format_error(*record.error);
  for (const auto& hold : record.holds) text += "; " + hold;
  for (const auto& drift : record.drift) text += "; " + drift.path + " " + drift.before + " -> " + drift.after;
  return text;
}

class Daemon final : public Program, private ReconcilerWatcher {
 public:
  Daemon(const Surroundings& around, const PruneGuard& guard)
      : m_around(around),
        m_reconciler(reconciler_options(around.name, guard), around.cluster, around.loader, around.clock, around.random,
                     *this),
        m_lease(around.lease_cluster, lease_options(around.name), [this] { return ++m_lease_calls; }) {}

  void start() override {
    m_reconciler.start();
    m_lease.start(moment());
  }
  void on(Line line, Answer answer) override {
    if (line == Line::loop) return m_reconciler.on(std::move(answer));
    m_lease.take(std::move(answer), moment());
    follow_lease();
  }
  void on(WatchEvent event) override { m_reconciler.on(std::move(event)); }
  void on(LoadAnswer answer) override { m_reconciler.on(std::move(answer)); }

  void tick() override {
    m_lease.wake(moment());
    follow_lease();
    m_reconciler.tick();
    if (m_stopping && m_reconciler.stopped()) m_lease.release(moment());
  }
  [[nodiscard]] std::optional<MonotonicTime> next_wakeup() const override {
    const auto loop = m_reconciler.next_wakeup();
    auto lease = m_lease.wake_at();
    if (m_leading && (!lease || m_lease.until() < *lease)) lease = m_lease.until();
    if (!loop || !lease) return loop ? loop : lease;
    return std::min(*loop, *lease);
  }
  void stop() override {
    m_stopping = true;
    m_reconciler.stop();
  }
  [[nodiscard]] bool stopped() const override { return m_stopping && m_reconciler.stopped() && m_lease.stopped(); }
  void wake() override { m_reconciler.wake_source(); }
  [[nodiscard]] std::optional<EnvironmentView> view() const override { return m_reconciler.view(); }
  [[nodiscard]] std::uint64_t version() const override { return m_reconciler.version(); }

 private:
  void on_record(const StackRecord& record) override { m_around.machine.says(text_of(record)); }
  void on_run_event(const RunEvent& event) override { m_around.machine.on_event(event); }
  void on_notice(const Error& error) override { m_around.machine.says(format_error(error)); }

  void follow_lease() {
    if (m_lease.held(m_around.clock.monotonic())) {
      if (m_leading && m_until == m_lease.until()) return;
      m_leading = true;
      m_until = m_lease.until();
      m_reconciler.lead(m_until);
    } else if (m_leading) {
      m_leading = false;
      m_reconciler.follow();
    }
  }
  [[nodiscard]] Moment moment() const { return {m_around.clock.monotonic(), m_around.clock.wall()}; }

  Surroundings m_around;
  Reconciler m_reconciler;
  CallId m_lease_calls = 0;
  Lease m_lease;
  MonotonicTime m_until{};
  bool m_leading = false;
  bool m_stopping = false;
};

}  // namespace

std::unique_ptr<Program> make_daemon(const Surroundings& around, const PruneGuard& guard) {
  return std::make_unique<Daemon>(around, guard);
}

}  // namespace reconciled::sim
