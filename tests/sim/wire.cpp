#include "tests/sim/wire.h"

#include "tests/sim/machine.h"
#include "tests/sim/world.h"

#include <algorithm>

namespace reconciled::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Answer make_error(CallId id, ErrorKind kind, std::string message, int status = 0) {
  Answer answer;
  answer.id = id;
  answer.object = fail(kind, std::move(message));
  answer.http_status = status;
  return answer;
}

bool reads_many(const Call& call) {
  return call.verb == Verb::list || call.verb == Verb::watch || call.verb == Verb::get;
}

}  // namespace

Wire::Wire(World& world, Machine& machine, std::shared_ptr<Sender> sender, Line line)
    : m_world(world), m_machine(machine), m_sender(std::move(sender)), m_line(line) {
  m_model = sandbox::make_model_cluster(world.model(), m_capture, sandbox::Delivery::at_once,
                                        {m_sender->name, {"system:masters"}});
}

Wire::Fate Wire::decide(const Call& call) {
  Dice& dice = m_world.dice();
  Weather& weather = m_machine.weather();
  Fate fate;
  fate.there = dice.between(milliseconds(1), milliseconds(dice.permille(30) ? 900 : 20));
  fate.back = dice.between(milliseconds(1), milliseconds(dice.permille(30) ? 900 : 20));
  const bool on_lease = m_line == Line::lease;
  const auto refuse = [&](ErrorKind kind, int status, const char* message) {
    fate.refused = Error(kind, message);
    fate.status = status;
  };
  if (weather.is(FaultKind::partition) || (on_lease && weather.is(FaultKind::lease_path) && dice.permille(500)))
    fate.lose_request = true;
  else if (on_lease && weather.is(FaultKind::lease_path))
    refuse(ErrorKind::api_transient, 500, "the Lease cannot be written now");
  else if (weather.is(FaultKind::refused_503))
    refuse(ErrorKind::api_transient, 503, "the server is currently unable to handle the request");
  else if (weather.is(FaultKind::refused_429) && dice.permille(500))
    refuse(ErrorKind::api_transient, 429, "too many requests, please try again later");
  else if (weather.is(FaultKind::error_500) && dice.permille(500))
    refuse(ErrorKind::api_transient, 500, "an internal error occurred");
  else if (reads_many(call) && weather.is(FaultKind::forbidden) && call.type.plural == weather.forbidden)
    refuse(ErrorKind::api_auth, 403, "the resource cannot be read by this user");
  if (on_lease && !is_write(call)) return fate;
  if (call.verb == Verb::list && call.limit == 0 && weather.take(FaultKind::stale_list)) fate.stale = true;
  if (call.verb == Verb::watch || fate.refused || fate.lose_request) return fate;
  if (weather.take(FaultKind::lost_request)) fate.lose_request = true;
  if (weather.take(FaultKind::lost_answer)) fate.lose_answer = true;
  if (weather.take(FaultKind::resent)) fate.send_again = true;
  if (weather.take(FaultKind::late_request)) fate.there += dice.between(seconds(1), m_world.options().late_request);
  if (weather.take(FaultKind::late_answer)) fate.back += dice.between(seconds(1), seconds(20));
  if (is_write(call) && weather.take(FaultKind::conflict))
    refuse(ErrorKind::api_conflict, 409,
           "the object has been modified; please apply your changes to the latest version");
  return fate;
}

void Wire::start(Call call) {
  if (!m_alive || m_machine.dying()) return;
  const MonotonicTime now = m_world.now();
  m_world.note(m_sender->name, "starts", "#" + std::to_string(call.id) + " " + describe(call));
  m_open[call.id] = Open{call.verb == Verb::watch, call.timeout, now, now, false};
  Weather& weather = m_machine.weather();
  const bool write = is_write(call) && m_line == Line::loop;
  if (write && weather.take(FaultKind::crash_before_write)) return m_machine.die();
  if (!write || !weather.take(FaultKind::frozen)) return send(std::move(call), {});
  // The process stands still with the call in its hands: before the transport looked at the fence, or after.
  const Duration pause = m_world.dice().between(seconds(2), seconds(70));
  const bool looked = m_world.dice().permille(500);
  m_machine.freeze(pause);
  if (looked) return send(std::move(call), std::min<Duration>(pause, m_world.options().late_request));
  m_world.at(now + pause, [self = shared_from_this(), call = std::move(call)]() mutable {
    if (self->m_alive) self->send(std::move(call), {});
  });
}

bool Wire::is_late(const Call& call) const {
  return m_machine.local_now() >= call.start_before;
}

/// The transport lets a call go, unless its fence is closed.
void Wire::send(Call call, Duration lingers) {
  const MonotonicTime now = m_world.now();
  if (is_late(call)) {
    m_world.note(m_sender->name, "withholds", "#" + std::to_string(call.id));
    Answer answer;
    answer.id = call.id;
    answer.object = fail(make_late_error());
    return answer_later(std::move(answer), now);
  }
  m_world.oracle().on_start(*m_sender, call);
  const bool dies = is_write(call) && m_line == Line::loop && m_machine.weather().take(FaultKind::crash_after_write);
  Fate fate = decide(call);
  fate.there += lingers;
  if (fate.lose_request)
    time_out(call.id, now);
  else
    m_world.at(now + fate.there, [self = shared_from_this(), call = std::move(call), fate, now]() mutable {
      self->arrive(std::move(call), fate, now);
    });
  if (dies) m_machine.die();
}

void Wire::cancel(CallId id) {
  const auto open = m_open.find(id);
  if (!m_alive || open == m_open.end()) return;
  if (open->second.watch) {
    m_model->cancel(id);
    m_capture.answers.clear();
  }
  m_world.note(m_sender->name, "cancels", "#" + std::to_string(id));
  answer_later(make_error(id, ErrorKind::cancelled, "the call was cancelled"), m_world.now());
}

void Wire::time_out(CallId id, MonotonicTime started) {
  const auto open = m_open.find(id);
  const Duration limit = open == m_open.end() ? Duration(seconds(30)) : open->second.timeout;
  answer_later(make_error(id, ErrorKind::api_transient, "no answer within " + format_duration(limit)), started + limit);
}

void Wire::arrive(Call call, const Fate& fate, MonotonicTime started) {
  if (m_machine.weather().is(FaultKind::partition)) return time_out(call.id, started);
  const MonotonicTime now = m_world.now();
  if (fate.refused) {
    m_world.note("api", "refuses", m_sender->name + " #" + std::to_string(call.id) + " " + fate.refused->message);
    Answer answer = make_error(call.id, fate.refused->kind, fate.refused->message, fate.status);
    return answer_later(std::move(answer), now + fate.back);
  }
  // A watch of a process that is gone would stay open for nobody.
  if (call.verb == Verb::watch && (!m_alive || !m_open.contains(call.id))) return;
  std::optional<Answer> answer = execute(call, started);
  if (!answer) return m_world.pump();
  if (fate.stale) make_stale(call, *answer);
  m_world.pump();
  if (fate.send_again) {
    m_world.at(now + m_world.dice().between(milliseconds(100), seconds(3)),
               [self = shared_from_this(), call = std::move(call), started, back = fate.back]() mutable {
                 self->send_again(std::move(call), started, back);
               });
    return;
  }
  if (fate.lose_answer) return time_out(call.id, started);
  answer_later(std::move(*answer), now + fate.back);
}

/// The transport heard no answer and tries once more.
void Wire::send_again(Call call, MonotonicTime started, Duration back) {
  if (!m_alive) return;
  if (m_machine.weather().is(FaultKind::partition)) return time_out(call.id, started);
  Answer answer;
  if (is_late(call)) {
    answer.id = call.id;
    answer.object = fail(make_late_error());
  } else {
    m_world.oracle().on_start(*m_sender, call);
    answer = *execute(call, started);
    m_world.pump();
  }
  answer.sent_again = true;
  answer_later(std::move(answer), m_world.now() + back);
}

std::optional<Answer> Wire::execute(const Call& call, MonotonicTime started) {
  const Sender& sender = *m_sender;
  m_world.oracle().follow(Who::cluster);
  m_world.oracle().before(sender, call, started);
  Call through = call;
  through.start_before = MonotonicTime::max();  // the process's clock was asked already
  m_model->start(std::move(through));
  if (m_capture.answers.empty()) {
    m_world.note("api", "opens", sender.name + " #" + std::to_string(call.id));
    return std::nullopt;
  }
  Answer answer = std::move(m_capture.answers.back());
  m_capture.answers.clear();
  if (call.verb == Verb::discover && m_machine.weather().is(FaultKind::partial_discovery) && answer.discovery) {
    auto partial = std::make_shared<Discovery>(*answer.discovery);
    std::erase_if(partial->types, [](const ResourceType& type) { return type.gvk.group == "apps"; });
    partial->failed_groups.emplace_back("apps/v1");
    answer.discovery = std::move(partial);
  }
  m_world.note("api", answer.object ? "does" : "denies",
               sender.name + " #" + std::to_string(call.id) + " " + describe(call) +
                   (answer.object ? "" : ": " + answer.object.error().message));
  m_world.oracle().after(sender, call, answer, started);
  if (call.verb == Verb::list && call.limit == 0 && answer.object) m_world.remember_list(call, answer);
  return answer;
}

void Wire::make_stale(const Call& call, Answer& answer) {
  const Answer* old = m_world.old_list(call);
  if (old == nullptr) return;
  m_world.note("api", "answers", m_sender->name + " #" + std::to_string(call.id) + " with a list of the past");
  answer.object = old->object;
}

void Wire::answer_later(Answer answer, MonotonicTime time) {
  const auto open = m_open.find(answer.id);
  if (open == m_open.end() || open->second.ending) return;
  if (!open->second.watch && answer.object.has_value() == false && answer.object.error().kind == ErrorKind::cancelled)
    open->second.ending = true;
  if (open->second.watch) {
    open->second.ending = true;
    time = std::max(time, open->second.last);
  }
  m_world.at(std::max(time, m_world.now()),
             [self = shared_from_this(), answer = std::move(answer)]() mutable { self->deliver(std::move(answer)); });
}

void Wire::deliver(Answer answer) {
  const auto open = m_open.find(answer.id);
  if (!m_alive || open == m_open.end()) return;
  const bool lost = m_machine.weather().is(FaultKind::partition) && answer.http_status != 0;
  if (lost) {
    const Duration limit = open->second.timeout;
    return m_world.at(m_world.now() + limit, [self = shared_from_this(), id = answer.id] {
      self->deliver(make_error(id, ErrorKind::api_transient, "no answer in time"));
    });
  }
  m_open.erase(open);
  m_machine.receive(m_line, std::move(answer));
}

void Wire::deliver(WatchEvent event) {
  if (!m_alive || !m_open.contains(event.id)) return;
  m_machine.receive(std::move(event));
}

void Wire::pump() {
  if (!m_alive) return;
  if (!m_machine.weather().is(FaultKind::partition)) {
    while (m_model->pump_one()) {
    }
    forward();
  }
  end_silent_watches();
}

/// Brings what the watches said on its way, in the order of each watch.
void Wire::forward() {
  Dice& dice = m_world.dice();
  const MonotonicTime now = m_world.now();
  for (auto& event : m_capture.events) {
    const auto open = m_open.find(event.id);
    if (open == m_open.end()) continue;
    Duration delay = dice.between(milliseconds(1), milliseconds(30));
    if (m_machine.weather().is(FaultKind::late_events)) delay += dice.between(seconds(1), seconds(20));
    open->second.heard = now;
    open->second.last = std::max(open->second.last, now + delay);
    const int times = m_machine.weather().is(FaultKind::doubled_events) ? 2 : 1;
    for (int time = 0; time < times; ++time) {
      m_world.at(open->second.last, [self = shared_from_this(), event]() mutable { self->deliver(std::move(event)); });
    }
  }
  m_capture.events.clear();
  for (auto& answer : std::exchange(m_capture.answers, {})) answer_later(std::move(answer), now + milliseconds(1));
}

/// What the transport does by itself with a connection that is dead.
void Wire::end_silent_watches() {
  const MonotonicTime now = m_world.now();
  for (auto& [id, open] : m_open) {
    if (!open.watch || open.ending || now - open.heard < open.timeout) continue;
    m_model->cancel(id);
    m_capture.answers.clear();
    answer_later(make_error(id, ErrorKind::api_transient, "the watch was silent for " + format_duration(open.timeout)),
                 now);
  }
}

void Wire::end_watches(const Error& error, int status) {
  pump();
  for (auto& [id, open] : m_open) {
    if (!open.watch || open.ending) continue;
    m_model->cancel(id);
    m_capture.answers.clear();
    Answer answer;
    answer.id = id;
    answer.object = fail(error);
    answer.http_status = status;
    answer_later(std::move(answer), m_world.now() + milliseconds(2));
  }
}

}  // namespace reconciled::sim
