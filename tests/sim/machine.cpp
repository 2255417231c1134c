#include "tests/sim/machine.h"

#include "tests/sim/world.h"

#include <algorithm>

namespace reconciled::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view k_event_names[] = {"discovered",     "inventory loaded", "observed",       "planned",
                                              "intent queued",  "intent written",   "apply started",  "apply answered",
                                              "wave done",      "prune started",    "prune answered", "commit queued",
                                              "commit written", "waits for health", "stack done"};

}  // namespace

MonotonicTime SkewedClock::there(MonotonicTime local) const {
  if (local <= here(MonotonicTime())) return {};  // long ago: "at once" is the earliest time there is
  const Duration since = (local - m_offset).time_since_epoch();
  MonotonicTime guess{since - since / 1'000'000 * m_ppm};
  while (here(guess) < local) guess += std::max<Duration>(local - here(guess), std::chrono::nanoseconds(1));
  return guess;
}

Result<PackedOutcome> Worker::render(const InputSet& inputs, const Limits& limits) {
  if (crashing && ++m_count % 2 == 0)
    return fail(ErrorKind::internal, "the render worker crashed", {}, "run it by hand to see why");
  return m_executor.render(inputs, limits);
}

Machine::Machine(World& world, std::string name, Who who, const GitServer& git, std::uint64_t seed,
                 DesiredRequest desired, Make make)
    : m_world(world),
      m_name(std::move(name)),
      m_server(git),
      m_git(git),
      m_desired(std::move(desired)),
      m_make(std::move(make)),
      m_random(seed),
      m_clock(world.clock(), m_random.between(seconds(0), std::chrono::hours(1)),
              static_cast<std::int64_t>(m_random.below(1000)) - 500),
      m_weather(world.clock()) {
  m_sender = std::make_shared<Sender>();
  m_sender->name = m_name;
  m_sender->who = who;
}

void Machine::boot() {
  if (m_program) return;
  m_world.note(m_sender->name, "boots");
  ++m_life;
  m_dying = false;
  m_point = AwaitPoint::started;
  m_held.clear();
  auto sender = std::make_shared<Sender>(*m_sender);
  sender->loads.clear();
  sender->name = m_name + "." + std::to_string(m_life);
  m_sender = std::move(sender);
  m_loader.emplace(m_git, m_worker);
  m_loop = std::make_shared<Wire>(m_world, *this, m_sender, Line::loop);
  m_lease = std::make_shared<Wire>(m_world, *this, m_sender, Line::lease);
  m_program = m_make({m_sender->name, *m_loop, *m_lease, *this, m_git, m_clock, m_random, *this});
  m_seen_version = 0;
  m_busy = true;
  m_program->start();
  m_program->tick();
  m_busy = false;
  settle();
}

void Machine::die() {
  if (m_dying || !m_program) return;
  m_world.note(m_sender->name, "dies", name_of(m_point));
  m_dying = true;
  m_loop->cut_off();
  m_lease->cut_off();
  if (!m_busy) bury();
}

void Machine::bury() {
  m_program.reset();
  m_held.clear();
  m_wakeup.reset();
  m_frozen_until.reset();
  m_dying = false;
  if (!restarts) return;
  m_world.at(m_world.now() + m_world.dice().between(milliseconds(200), seconds(30)), [this] { boot(); });
}

/// After everything that the process did: it may have died or ended, and wants to wake up at another time.
void Machine::settle() {
  if (!m_program) return;
  if (!m_dying && m_program->stopped()) {
    m_world.note(m_sender->name, "ends");
    m_loop->cut_off();
    m_lease->cut_off();
    m_dying = true;
  }
  if (m_dying) return bury();
  const auto local = m_program->next_wakeup();
  m_wakeup = local ? std::optional(std::max(m_clock.there(*local), m_world.now())) : std::nullopt;
  if (m_frozen_until && m_wakeup) m_wakeup = std::max(*m_wakeup, *m_frozen_until);
  look();
}

void Machine::look() {
  if (m_frozen_until || !m_held.empty() || m_program->version() == 0) return;
  const bool moved = m_program->version() != m_seen_version;
  if (!moved && m_world.now() < m_looked + seconds(10)) return;
  if (m_world.now() < m_looked + milliseconds(200)) return;
  m_looked = m_world.now();
  m_seen_version = m_program->version();
  if (const auto view = m_program->view()) m_world.oracle().on_view(*m_sender, *view);
}

std::string Machine::status() const {
  const auto view = m_program ? m_program->view() : std::nullopt;
  if (!view) return {};
  std::string text = "\n  " + m_sender->name + (view->leader ? " leads" : " follows") +
                     (view->ready ? "" : ", not ready") + ", at " + view->revision.commit.substr(0, 8) + ", " +
                     std::to_string(view->queued) + " due, " + std::to_string(view->running) + " running";
  if (view->cluster_error) text += "; " + format_error(*view->cluster_error);
  if (view->source_error) text += "; " + format_error(*view->source_error);
  for (const auto& stack : view->stacks) {
    if (stack.sync == SyncState::in_sync && stack.health.state == HealthState::healthy) continue;
    text += "\n    " + stack.id.path() + " is " + std::string(name_of(stack.sync)) + ", " +
            std::string(name_of(stack.health.state)) + " (" + stack.health.reason + "), last run " +
            std::string(name_of(stack.last_result));
    for (const auto& why : stack.blocked_by) text += "; " + why;
    for (const auto& why : stack.warnings) text += "; " + why;
    if (stack.error) text += "; " + format_error(*stack.error);
  }
  return text;
}

void Machine::receive(Message message) {
  if (!m_program || m_dying) return;
  if (m_frozen_until) {
    m_held.push_back(std::move(message));
    return;
  }
  handle(std::move(message));
}

void Machine::handle(Message message) {
  m_busy = true;
  if (auto* answer = std::get_if<std::pair<Line, Answer>>(&message)) {
    m_world.note(m_sender->name, "hears",
                 "#" + std::to_string(answer->second.id) +
                     (answer->second.object ? "" : " " + answer->second.object.error().message));
    m_program->on(answer->first, std::move(answer->second));
  } else if (auto* event = std::get_if<WatchEvent>(&message)) {
    m_world.note(m_sender->name, "sees",
                 std::string(event->object["kind"].as_string()) + " " +
                     std::string(event->object.at({"metadata", "name"}).as_string()));
    m_program->on(std::move(*event));
  } else {
    m_program->on(std::move(std::get<LoadAnswer>(message)));
  }
  if (!m_dying) m_program->tick();
  m_busy = false;
  settle();
}

void Machine::wake_up() {
  m_wakeup.reset();
  if (!m_program) return;
  m_busy = true;
  m_program->tick();
  m_busy = false;
  settle();
}

void Machine::announce_push() {
  if (!m_program || m_frozen_until || m_dying) return;
  m_busy = true;
  m_program->wake();
  m_program->tick();
  m_busy = false;
  settle();
}

void Machine::freeze(Duration pause) {
  if (!m_program || m_frozen_until) return;
  m_world.note(m_sender->name, "stands still", format_duration(pause));
  m_frozen_until = m_world.now() + pause;
  if (m_wakeup) m_wakeup = std::max(*m_wakeup, *m_frozen_until);
  m_world.at(*m_frozen_until, [this, life = m_life] {
    if (life == m_life) thaw();
  });
}

void Machine::thaw() {
  if (!m_frozen_until) return;
  m_frozen_until.reset();
  m_world.note(m_sender->name, "goes on");
  while (!m_held.empty() && m_program && !m_frozen_until) {
    Message message = std::move(m_held.front());
    m_held.pop_front();
    handle(std::move(message));
  }
  if (m_program && !m_frozen_until) wake_up();
}

void Machine::stop() {
  if (!m_program || m_frozen_until) return;
  m_world.note(m_sender->name, "is asked to end");
  m_busy = true;
  m_program->stop();
  m_program->tick();
  m_busy = false;
  settle();
}

void Machine::clear_weather() {
  m_weather.clear();
  m_git.trouble.reset();
  m_worker.crashing = false;
  thaw();
}

void Machine::pump() {
  if (!m_program) return;
  m_loop->pump();
}

void Machine::on_event(const RunEvent& event) {
  if (m_dying) return;
  m_point = await_point(event.kind);
  m_world.note(m_sender->name, k_event_names[static_cast<std::size_t>(event.kind)], event.detail);
  m_world.at_await_point(*this);
}

void Machine::start_load(std::uint64_t id) {
  if (m_dying) return;
  m_world.note(m_sender->name, "loads", std::to_string(id));
  m_world.at(m_world.now() + m_world.dice().between(milliseconds(5), milliseconds(400)),
             [this, id, life = m_life] { finish_load(id, life); });
}

void Machine::finish_load(std::uint64_t id, std::uint64_t life) {
  if (life != m_life || !m_program || m_dying) return;
  DesiredRequest request = m_desired;
  request.deadline = m_clock.monotonic() + seconds(30);
  LoadAnswer answer;
  answer.id = id;
  answer.environment = m_loader->load(request);
  m_world.at(m_world.now() + m_world.dice().between(milliseconds(1), milliseconds(200)),
             [this, answer = std::move(answer), life]() mutable {
               if (life != m_life || !m_program) return;
               if (answer.environment) {
                 const LoadedEnvironment& environment = **answer.environment;
                 const bool readable =
                     environment.graph.broken.empty() && std::ranges::all_of(environment.stacks, [](const auto& stack) {
                       return stack.manifests.has_value();
                     });
                 loaded(environment.revision.commit, readable);
               } else {
                 m_world.note(m_sender->name, "cannot load", answer.environment.error().message);
               }
               receive(Message(std::move(answer)));
             });
}

void Machine::loaded(const std::string& commit, bool readable) {
  auto known = m_server.find(commit);
  if (known == nullptr) return;
  if (!m_sender->loads.empty()) {
    const Load& last = m_sender->loads.back();
    if (last.commit == known && last.readable == readable) return;
    m_sender->loads.back().until = m_world.now();
  }
  m_world.note(m_sender->name, "has", commit.substr(0, 8) + (readable ? "" : " (not all of it can be read)"));
  m_sender->loads.push_back({std::move(known), readable, MonotonicTime::max()});
  while (m_sender->loads.size() > 12) m_sender->loads.pop_front();
}

void Machine::says(const std::string& text) {
  m_world.note(m_sender->name, "says", text);
  m_world.oracle().on_text(*m_sender, text);
}

void Machine::strike(FaultKind kind) {
  if (!m_program || m_dying) return;
  m_world.hit(kind, m_point);
  m_world.note(m_sender->name, "FAULT", name_of(kind));
  Dice& dice = m_world.dice();
  const auto lasts = [&](int from, int to) { m_weather.set(kind, dice.between(seconds(from), seconds(to))); };
  const auto git = [&](ErrorKind error) {
    m_git.trouble = error;
    m_world.at(m_world.now() + dice.between(seconds(5), seconds(90)), [this] { m_git.trouble.reset(); });
  };
  switch (kind) {
    case FaultKind::lost_request:
    case FaultKind::lost_answer:
    case FaultKind::resent:
    case FaultKind::late_request:
    case FaultKind::late_answer:
    case FaultKind::conflict:
    case FaultKind::crash_before_write:
    case FaultKind::crash_after_write: return m_weather.arm(kind);
    case FaultKind::stale_list: return m_weather.arm(kind, 3);
    case FaultKind::doubled_events:
    case FaultKind::late_events: return lasts(5, 40);
    case FaultKind::refused_429:
    case FaultKind::error_500:
    case FaultKind::refused_503: return lasts(2, 20);
    case FaultKind::forbidden: {
      constexpr std::array<const char*, 4> k_plurals{"configmaps", "deployments", "secrets", "widgets"};
      m_weather.forbidden = k_plurals[dice.below(k_plurals.size())];
      return lasts(5, 60);
    }
    case FaultKind::partial_discovery: return lasts(10, 60);
    case FaultKind::partition:
      // Sometimes for longer than what is seen may be believed.
      return dice.permille(250) ? lasts(70, 200) : lasts(3, 70);
    case FaultKind::lease_path: return lasts(3, 40);
    case FaultKind::watch_cut: return m_loop->end_watches(Error(ErrorKind::api_transient, "the connection was cut"), 0);
    case FaultKind::watch_expired:
      return m_loop->end_watches(Error(ErrorKind::api_gone, "too old resource version"), 410);
    case FaultKind::compacted: {
      const Duration away = dice.between(seconds(5), seconds(60));
      m_weather.set(FaultKind::partition, away);
      return m_world.at(m_world.now() + away - milliseconds(1), [this] { m_world.forget_history(); });
    }
    case FaultKind::crash: return die();
    case FaultKind::stopped:
      // Not from within the process's own doing.
      return m_world.at(m_world.now() + milliseconds(1), [this, life = m_life] {
        if (life == m_life) stop();
      });
    case FaultKind::frozen:
      if (dice.permille(600)) return m_weather.arm(kind);
      return freeze(dice.between(seconds(2), seconds(70)));
    case FaultKind::clock_jump: return m_clock.jump(dice.between(-std::chrono::hours(24), std::chrono::hours(24)));
    case FaultKind::cache_lost:
      return m_world.at(m_world.now() + milliseconds(1), [this] { m_loader.emplace(m_git, m_worker); });
    case FaultKind::disk_full: return git(ErrorKind::local);
    case FaultKind::worker_crash:
      m_worker.crashing = true;
      return m_world.at(m_world.now() + dice.between(seconds(5), seconds(60)), [this] { m_worker.crashing = false; });
    case FaultKind::git_unreachable:
      return git(dice.permille(300) ? ErrorKind::source_auth : ErrorKind::source_transient);
    case FaultKind::git_lies: return git(ErrorKind::source_integrity);
    case FaultKind::branch_gone: return git(ErrorKind::source_missing);
  }
}

}  // namespace reconciled::sim
