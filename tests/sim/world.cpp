#include "tests/sim/world.h"

#include <algorithm>

namespace reconciled::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr PruneGuard k_guard{.max_count = 2, .max_percent = 20};
constexpr Duration k_rest = seconds(100);
constexpr std::uint64_t k_max_steps_at_once = 20'000;
constexpr std::uint64_t k_max_steps = 400'000;

constexpr std::uint64_t stream(std::uint64_t seed, std::uint64_t number) {
  return (seed * 0x9E3779B97F4A7C15ULL) ^ (number * 0xD1B54A32D192ED03ULL + 0x632BE59BD9B4E019ULL);
}

/// How much more often a fault strikes at an await point that is seldom come to, so that each meets each often enough.
unsigned rarity(AwaitPoint point) {
  if (point == await_point(RunEvent::Kind::prune_started) || point == await_point(RunEvent::Kind::prune_answered))
    return 12;
  if (point == await_point(RunEvent::Kind::waiting_for_health)) return 8;
  return point == await_point(RunEvent::Kind::discovered) ? 2 : 1;
}

DesiredRequest desired_of(const GitServer& git) {
  DesiredRequest desired;
  desired.root = {git.url(), "main"};
  return desired;
}

CommandOptions command_of(const GitServer& git, const std::string& writer) {
  CommandOptions options;
  options.desired = desired_of(git);
  options.request.mode = RunMode::apply;
  options.request.writer = writer;
  options.request.guard = k_guard;
  options.request.health_timeout = seconds(30);
  return options;
}

}  // namespace

World::World(WorldOptions options)
    : m_options(options),
      m_dice(stream(options.seed, 1)),
      m_model_random(stream(options.seed, 2)),
      m_model(m_clock, m_model_random),
      m_oracle(m_model, m_clock, {.guard = k_guard}) {
  m_trace.follow(options.trace);
  m_hands = sandbox::make_model_cluster(m_model, m_hands_inbox, sandbox::Delivery::at_once);
  m_author =
      std::make_unique<Author>(m_git, m_clock, stream(options.seed, 3), "", 3 + m_dice.below(6), Variety::all_kinds);
  m_other_author =
      std::make_unique<Author>(m_other_git, m_clock, stream(options.seed, 4), "x", 2, Variety::config_maps);
  m_strike_chance = static_cast<unsigned>(m_dice.below(40));
  make_machines();
  // Deployed with the daemon; a command line makes it by itself.
  if (m_options.cast == Cast::daemons) make_namespace("reconciled-system");
  start_people();
}

World::~World() = default;

void World::make_machines() {
  const std::size_t count = 1 + m_dice.below(2);
  const auto add = [&](std::string name, Who who, const GitServer& git, Machine::Make make) {
    const std::uint64_t number = 10 + m_machines.size();
    m_machines.push_back(std::make_unique<Machine>(*this, std::move(name), who, git, stream(m_options.seed, number),
                                                   desired_of(git), std::move(make)));
    return m_machines.back().get();
  };
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "daemon-" + std::to_string(i);
    Machine* machine = nullptr;
    if (m_options.cast == Cast::daemons) {
      machine = add(name, Who::ours, m_git, [](const Surroundings& around) { return make_daemon(around, k_guard); });
      machine->sender().needs_lease = true;
    } else {
      machine = add(name, Who::ours, m_git, [this, name](const Surroundings& around) {
        CommandOptions command = command_of(m_git, "cli/" + name);
        command.again = seconds(5);
        return make_command(std::move(command), around);
      });
    }
    at(now() + m_dice.between(seconds(0), seconds(5)), [machine] { machine->boot(); });
  }
  m_person = add("person", Who::ours, m_git, [this](const Surroundings& around) {
    CommandOptions command = command_of(m_git, "cli/person");
    if (m_person->sender().confirmed) command.request.confirm_prune = {"*"};
    return make_command(std::move(command), around);
  });
  m_person->restarts = false;
  m_other = add("other", Who::other_installation, m_other_git, [this](const Surroundings& around) {
    CommandOptions command = command_of(m_other_git, "cli/other");
    command.request.installation = "other";
    return make_command(std::move(command), around);
  });
  m_other->restarts = false;
}

void World::every(Duration from, Duration to, std::function<void()> what) {
  at(now() + m_dice.between(from, to), [this, from, to, what = std::move(what)]() mutable {
    what();
    every(from, to, std::move(what));
  });
}

void World::hit(FaultKind kind, AwaitPoint point) {
  ++m_faults;
  m_coverage.hit(kind, point);
}

void World::at_await_point(Machine& machine) {
  if (m_phase == Phase::trouble && machine.point() == await_point(RunEvent::Kind::intent_queued) && m_dice.permille(40))
    at(now() + milliseconds(1), [this] {
      if (m_phase == Phase::trouble) person_makes_it_first();
    });
  // A person's command line is there for a moment only.
  const unsigned chance = m_strike_chance * (&machine == m_person ? 3 : 1) * rarity(machine.point());
  if (m_phase != Phase::trouble || &machine == m_other || !m_dice.permille(chance)) return;
  machine.strike(static_cast<FaultKind>(m_dice.below(k_fault_kinds)));
}

void World::pump() {
  for (const auto& machine : m_machines) machine->pump();
}

void World::remember_list(const Call& call, const Answer& answer) {
  auto& past = m_lists[call.type.plural + "|" + call.namespace_ + "|" + call.label_selector + "|" +
                       (call.representation == Representation::full ? "f" : "m")];
  past.emplace_back(now(), answer);
  if (past.size() > 4) past.pop_front();
}

const Answer* World::old_list(const Call& call) const {
  const auto past = m_lists.find(call.type.plural + "|" + call.namespace_ + "|" + call.label_selector + "|" +
                                 (call.representation == Representation::full ? "f" : "m"));
  if (past == m_lists.end()) return nullptr;
  // As old as a follower that lags may be.
  for (const auto& [time, answer] : past->second) {
    if (time >= now() - seconds(20)) return &answer;
  }
  return nullptr;
}

void World::forget_history() {
  pump();
  m_oracle.follow(Who::cluster);
  m_model.compact();
  m_model.clear_log();
}

void World::step() {
  ++m_steps;
  Machine* waking = nullptr;
  std::optional<MonotonicTime> next = m_schedule.next();
  for (const auto& machine : m_machines) {
    const auto time = machine->next_wakeup();
    if (!time || (next && *next <= *time)) continue;
    next = time;
    waking = machine.get();
  }
  if (!next) return m_oracle.report("somebody always waits for something", "nothing is planned");
  if (*next > now()) {
    m_clock.advance(*next - now());
    m_steps_at_this_time = 0;
  } else if (++m_steps_at_this_time > k_max_steps_at_once) {
    return m_oracle.report("nothing is repeated forever", "time stands still");
  }
  if (waking != nullptr)
    waking->wake_up();
  else
    m_schedule.pop()();
}

Outcome World::run() {
  while (m_phase != Phase::over && !m_oracle.violation()) {
    step();
    if (!m_options.life) check_phase();
    if (m_options.life && now() >= MonotonicTime{} + *m_options.life) m_phase = Phase::over;
  }
  Outcome outcome;
  outcome.seed = m_options.seed;
  outcome.violation = m_oracle.violation();
  outcome.steps = m_steps;
  outcome.faults = m_faults;
  outcome.writes = m_oracle.writes();
  outcome.digest = m_trace.digest();
  outcome.end = now();
  outcome.coverage = m_coverage;
  if (outcome.violation) outcome.trace = m_trace.last(400);
  return outcome;
}

void World::check_phase() {
  if (m_phase == Phase::trouble && m_steps >= m_options.min_steps && m_faults >= m_options.min_faults &&
      now() >= MonotonicTime{} + m_options.trouble)
    begin_calm();
  if (m_steps > k_max_steps) m_oracle.report("nothing is repeated forever", std::to_string(m_steps) + " steps");
}

void World::begin_calm() {
  m_phase = Phase::calm;
  m_phase_began = now();
  note("world", "is calm from now on");
  for (const auto& machine : m_machines) machine->clear_weather();
  m_author->mend();
  clean_up_by_hand();
  every(seconds(2), seconds(4), [this] {
    if (m_phase == Phase::resting) return check_rest();
    check_calm();
  });
}

void World::fail_to_converge() {
  std::string what = "after " + format_duration(now() - m_phase_began) + ":";
  for (const auto& difference : m_oracle.differences(*m_git.head())) what += "\n  " + difference;
  for (const auto& machine : m_machines) what += machine->status();
  m_oracle.report("what stopped failing converges", what);
}

void World::check_calm() {
  if (m_phase == Phase::over) return;
  const bool wrong = m_oracle.has_wrong(*m_git.head());
  const bool left_over = m_oracle.has_left_over(*m_git.head(), m_phase == Phase::confirming ? Held::no : Held::yes);
  if (now() > m_phase_began + m_options.converge) return fail_to_converge();
  if (wrong || (m_phase == Phase::calm && left_over)) return;
  if (m_phase == Phase::calm) {
    m_phase = Phase::confirming;
    note("world", "all is well but what is held");
    m_phase_began = now();
    m_person->sender().confirmed = true;
  }
  if (m_person->running()) return;
  if (!m_oracle.has_left_over(*m_git.head(), Held::no)) {
    m_phase = Phase::resting;
    note("world", "rests");
    m_phase_began = now();
    m_writes_at_rest = m_oracle.writes();
    return;
  }
  m_person->boot();
}

void World::check_rest() {
  // What follows from the last changes may still be written down.
  if (now() < m_phase_began + k_rest) {
    m_writes_at_rest = m_oracle.writes();
    return;
  }
  if (m_oracle.writes() != m_writes_at_rest)
    return m_oracle.report("nothing is repeated forever",
                           std::to_string(m_oracle.writes() - m_writes_at_rest) + " writes though nothing changes");
  if (m_oracle.has_wrong(*m_git.head()) || m_oracle.has_left_over(*m_git.head(), Held::no)) return fail_to_converge();
  if (now() > m_phase_began + 2 * k_rest) m_phase = Phase::over;
}

Outcome run_seed(const WorldOptions& options) {
  World world(options);
  return world.run();
}

}  // namespace reconciled::sim
