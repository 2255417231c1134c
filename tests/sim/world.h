// One seed, one world: a cluster, Git, machines, people and accidents, in virtual time.
#pragma once

#include "ports/queue_inbox.h"
#include "sandbox/model_cluster.h"
#include "tests/sim/author.h"
#include "tests/sim/dice.h"
#include "tests/sim/faults.h"
#include "tests/sim/machine.h"
#include "tests/sim/oracle.h"
#include "tests/sim/schedule.h"
#include "tests/sim/trace.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace reconciled::sim {

/// What runs on the machines of a world.
enum class Cast : std::uint8_t {
  daemons,   ///< one or two daemons with a Lease
  commands,  ///< one or two command lines that sync again and again
};

struct WorldOptions {
  std::uint64_t seed = 1;
  Cast cast = Cast::daemons;
  std::uint64_t min_steps = 500;
  std::uint64_t min_faults = 10;
  Duration trouble = std::chrono::minutes(3);        ///< at least this long
  Duration converge = std::chrono::minutes(20);      ///< after the last fault, all must be well within
  Duration late_request = std::chrono::seconds(10);  ///< how long a request may linger on its way
  std::optional<Duration> life;                      ///< instead of all that: live so long with few faults
  std::ostream* trace = nullptr;                     ///< prints every step
};

struct Outcome {
  std::uint64_t seed = 0;
  std::optional<Violation> violation;
  std::uint64_t steps = 0;
  std::uint64_t faults = 0;
  std::uint64_t writes = 0;
  std::uint64_t digest = 0;
  MonotonicTime end{};
  Coverage coverage;
  std::vector<std::string> trace;  ///< the last steps, of a violation
};

class World {
 public:
  explicit World(WorldOptions options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Outcome run();
  /// Called once a simulated day of a long life.
  std::function<void(int day)> on_day;

  // For the parts of the world.
  [[nodiscard]] MonotonicTime now() const { return m_clock.monotonic(); }
  [[nodiscard]] const Clock& clock() const { return m_clock; }
  [[nodiscard]] Dice& dice() { return m_dice; }
  [[nodiscard]] Oracle& oracle() { return m_oracle; }
  [[nodiscard]] sandbox::ApiModel& model() { return m_model; }
  [[nodiscard]] const WorldOptions& options() const { return m_options; }
  void at(MonotonicTime time, std::function<void()> what) { m_schedule.at(time, std::move(what)); }
  void note(std::string_view who, std::string_view what, std::string_view detail = {}) {
    m_trace.add(now(), who, what, detail);
  }
  void hit(FaultKind kind, AwaitPoint point);
  /// A process is at an await point: a good moment for a fault.
  void at_await_point(Machine& machine);
  /// Reads all watches.
  void pump();
  void remember_list(const Call& call, const Answer& answer);
  /// The answer of an earlier list like this one, or nullptr.
  [[nodiscard]] const Answer* old_list(const Call& call) const;
  void forget_history();

 private:
  enum class Phase : std::uint8_t { trouble, calm, confirming, resting, over };

  void step();
  void make_machines();
  void every(Duration from, Duration to, std::function<void()> what);
  void check_phase();
  void begin_calm();
  void check_calm();
  void check_rest();
  void fail_to_converge();

  // people.cpp
  void start_people();
  void push_something();
  void person_acts();
  void person_makes_it_first();
  void controller_fights();
  void make_namespace(const std::string& name);
  void kubelet_works();
  void clean_up_by_hand();
  Answer do_as(Who who, const char* manager, Verb verb, const ObjectId& id, Value body = {});
  [[nodiscard]] std::optional<ObjectId> some_object(bool wanted);
  Value live(const ObjectId& id);

  WorldOptions m_options;
  Dice m_dice;
  SeededRandom m_model_random;
  ManualClock m_clock;
  sandbox::ApiModel m_model;
  Oracle m_oracle;
  Schedule m_schedule;
  Trace m_trace;
  GitServer m_git{"https://git.example.com/fleet"};
  GitServer m_other_git{"https://git.example.com/other"};
  std::unique_ptr<Author> m_author;
  std::unique_ptr<Author> m_other_author;
  std::vector<std::unique_ptr<Machine>> m_machines;  ///< daemons first
  Machine* m_person = nullptr;                       ///< somebody's command line
  Machine* m_other = nullptr;                        ///< another installation
  QueueInbox m_hands_inbox;
  std::unique_ptr<sandbox::ModelCluster> m_hands;
  CallId m_hands_calls = 0;
  std::map<std::string, std::deque<std::pair<MonotonicTime, Answer>>> m_lists;
  std::map<std::string, ObjectId> m_disputed;  ///< what people and controllers wrote to, by encode_id
  unsigned m_strike_chance = 0;                ///< permille at an await point
  Coverage m_coverage;
  Phase m_phase = Phase::trouble;
  MonotonicTime m_phase_began{};
  std::uint64_t m_writes_at_rest = 0;
  std::uint64_t m_steps = 0;
  std::uint64_t m_faults = 0;
  std::uint64_t m_steps_at_this_time = 0;
  int m_confirmations = 0;
};

/// One whole seed.
Outcome run_seed(const WorldOptions& options);

}  // namespace reconciled::sim
