// A machine with one process on it: its clock, its ways to Git and to the API server, and its accidents.
#pragma once

#include "tests/sim/daemon.h"
#include "tests/sim/dice.h"
#include "tests/sim/git_server.h"
#include "tests/sim/oracle.h"
#include "tests/sim/wire.h"

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace reconciled::sim {

/// A clock that is wrong and runs a little too fast or too slow.
class SkewedClock final : public Clock {
 public:
  SkewedClock(const Clock& truth, Duration offset, std::int64_t parts_per_million)
      : m_truth(truth), m_offset(offset), m_ppm(parts_per_million) {}
  WallTime wall() const override {
    return m_truth.wall() + std::chrono::duration_cast<WallTime::duration>(m_wall_offset);
  }
  MonotonicTime monotonic() const override { return here(m_truth.monotonic()); }
  void jump(Duration by) { m_wall_offset += by; }
  [[nodiscard]] MonotonicTime here(MonotonicTime truth) const {
    const Duration since = truth.time_since_epoch();
    return truth + m_offset + since / 1'000'000 * m_ppm;
  }
  /// The first true time at which this clock shows `local` or later.
  [[nodiscard]] MonotonicTime there(MonotonicTime local) const;

 private:
  const Clock& m_truth;
  Duration m_offset;
  Duration m_wall_offset{};
  std::int64_t m_ppm;
};

/// The faults that a machine is under: for a while, or for its next fitting call.
class Weather {
 public:
  explicit Weather(const Clock& clock) : m_clock(clock) {}
  void set(FaultKind kind, Duration time) { m_until[index(kind)] = m_clock.monotonic() + time; }
  [[nodiscard]] bool is(FaultKind kind) const { return m_until[index(kind)] > m_clock.monotonic(); }
  void arm(FaultKind kind, unsigned times = 1) { m_armed[index(kind)] = times; }
  /// Whether one is armed; it is used up.
  bool take(FaultKind kind) {
    if (m_armed[index(kind)] == 0) return false;
    --m_armed[index(kind)];
    return true;
  }
  void clear() {
    m_until = {};
    m_armed = {};
  }
  std::string forbidden;  ///< plural of the kind that FaultKind::forbidden hides

 private:
  static std::size_t index(FaultKind kind) { return static_cast<std::size_t>(kind); }
  const Clock& m_clock;
  std::array<MonotonicTime, k_fault_kinds> m_until{};
  std::array<unsigned, k_fault_kinds> m_armed{};
};

/// Renders in this thread, and crashes when it is told to.
class Worker final : public Executor {
 public:
  Result<PackedOutcome> render(const InputSet& inputs, const Limits& limits) override;
  bool crashing = false;

 private:
  InlineExecutor m_executor;
  unsigned m_count = 0;
};

class Machine final : public RunWatcher, public Loader {
 public:
  using Make = std::function<std::unique_ptr<Program>(const Surroundings&)>;
  Machine(World& world, std::string name, Who who, const GitServer& git, std::uint64_t seed, DesiredRequest desired,
          Make make);

  void boot();
  /// The process ends here and now; what it sends from now on goes nowhere.
  void die();
  void strike(FaultKind kind);
  void freeze(Duration pause);
  void thaw();
  /// Asks the process to end; it is started again after a while unless it is for good.
  void stop();
  void clear_weather();

  void receive(Line line, Answer answer) { receive(Message(std::pair(line, std::move(answer)))); }
  void receive(WatchEvent event) { receive(Message(std::move(event))); }
  void wake_up();
  void announce_push();
  /// When the process wants to wake up, in true time.
  [[nodiscard]] std::optional<MonotonicTime> next_wakeup() const { return m_wakeup; }

  // RunWatcher, Loader
  void on_event(const RunEvent& event) override;
  void start_load(std::uint64_t id) override;

  /// The program knows this tree from now on.
  void loaded(const std::string& commit, bool readable);
  void says(const std::string& text);

  [[nodiscard]] Sender& sender() { return *m_sender; }
  [[nodiscard]] Weather& weather() { return m_weather; }
  [[nodiscard]] bool dying() const { return m_dying; }
  [[nodiscard]] bool running() const { return m_program != nullptr; }
  /// What the process would answer to `reconcile status`, one line a stack that is not well.
  [[nodiscard]] std::string status() const;
  [[nodiscard]] AwaitPoint point() const { return m_point; }
  [[nodiscard]] MonotonicTime local_now() const { return m_clock.monotonic(); }
  void pump();
  bool restarts = true;  ///< after it ended or died

 private:
  using Message = std::variant<std::pair<Line, Answer>, WatchEvent, LoadAnswer>;
  void receive(Message message);
  void handle(Message message);
  void settle();
  void bury();
  void finish_load(std::uint64_t id, std::uint64_t life);
  void look();

  World& m_world;
  std::string m_name;
  std::shared_ptr<Sender> m_sender;  ///< a new one each life
  const GitServer& m_server;
  GitClient m_git;
  DesiredRequest m_desired;
  Make m_make;
  Dice m_random;
  SkewedClock m_clock;
  Weather m_weather;
  Worker m_worker;
  std::optional<EnvironmentLoader> m_loader;
  std::shared_ptr<Wire> m_loop;
  std::shared_ptr<Wire> m_lease;
  std::unique_ptr<Program> m_program;
  std::deque<Message> m_held;
  std::optional<MonotonicTime> m_frozen_until;
  std::optional<MonotonicTime> m_wakeup;
  AwaitPoint m_point = AwaitPoint::started;
  std::uint64_t m_life = 0;
  std::uint64_t m_seen_version = 0;
  MonotonicTime m_looked{};
  bool m_dying = false;
  bool m_busy = false;
};

}  // namespace reconciled::sim
