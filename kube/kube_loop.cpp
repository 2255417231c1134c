#include "kube/kube_loop.h"

#include <algorithm>

namespace reconciled {

namespace {

constexpr auto k_idle_wait = std::chrono::seconds(30);
constexpr auto k_min_attempt = std::chrono::seconds(1);

bool is_lease(const Call& call) {
  return call.type.gvk.group == "coordination.k8s.io";
}

/// One attempt may take two thirds of what is left, so that a server which hangs once does not cost the call; what must
/// not be sent twice may take it all.
Duration attempt_timeout(const Call& call, Duration left) {
  if (call.verb == Verb::create) return left;
  return std::max<Duration>(left * 2 / 3, std::min<Duration>(left, k_min_attempt));
}

}  // namespace

KubeLoop::KubeLoop(std::map<std::string, ClusterAccess> clusters, const KubeOptions& options, HttpTransport& transport,
                   const Clock& clock, Random& random, Inbox& inbox, RunPlugin run_plugin)
    : m_options(options),
      m_transport(transport),
      m_clock(clock),
      m_random(random),
      m_inbox(inbox),
      m_run_plugin(std::move(run_plugin)) {
  for (auto& [name, access] : clusters) {
    const auto own = options.paces.find(name);
    const RequestPace& pace = own == options.paces.end() ? options.pace : own->second;
    const auto made = m_servers.try_emplace(name, name, Credentials(std::move(access), options.read, clock), pace);
    m_turns.push_back(&made.first->second);
  }
}

bool KubeLoop::Operation::paced() const {
  return !watch() && !is_lease(api.call());
}

KubeLoop::Operation* KubeLoop::find(Key key) {
  const auto found = m_operations.find(key);
  return found == m_operations.end() ? nullptr : found->second.get();
}

void KubeLoop::begin(Call call) {
  const auto refuse = [&](Error error) {
    Answer answer;
    answer.id = call.id;
    answer.object = fail(std::move(error));
    m_inbox.deliver(std::move(answer));
  };
  const auto server = m_servers.find(call.scope.cluster);
  if (server == m_servers.end()) {
    return refuse(Error(ErrorKind::config, "no cluster is known by the name \"" + call.scope.cluster + "\""));
  }
  if (m_keys.contains(call.id)) return refuse(Error(ErrorKind::internal, "two calls under way have one id"));
  if (call.timeout <= Duration(0))
    return refuse(Error(ErrorKind::internal, "the call has no time").in(describe_call(call)));
  if (auto checked = check_call(call); !checked) return refuse(std::move(checked).error());
  if (call.verb == Verb::watch && m_watches >= m_options.max_watches) {
    return refuse(
        Error(ErrorKind::limit, "there are " + std::to_string(m_watches) + " watches already").in(describe_call(call)));
  }
  auto made = std::make_unique<Operation>(std::move(call), m_options.limits);
  Operation& operation = *made;
  operation.key = m_next_key++;
  operation.server = &server->second;
  operation.begun = m_clock.monotonic();
  m_keys.emplace(operation.api.call().id, operation.key);
  m_operations.emplace(operation.key, std::move(made));
  if (operation.watch()) ++m_watches;
  if (!operation.paced()) {
    operation.deadline = operation.begun + operation.api.call().timeout;
    if (operation.watch()) operation.link = Link::own;
    return send(operation);
  }
  server->second.queue.push_back(operation.key);
  pump();
}

void KubeLoop::cancel(CallId id) {
  const auto found = m_keys.find(id);
  if (found == m_keys.end()) return;
  Operation& operation = *find(found->second);
  finish_with(operation, Error(ErrorKind::cancelled, "the call was cancelled").in(describe_call(operation.api.call())));
}

void KubeLoop::pump() {
  if (std::exchange(m_pumping, true)) return;  // what ends while it is being sent goes on in the loop below
  for (std::size_t idle = 0; idle < m_turns.size();) {
    Server& server = *m_turns[m_turn];
    m_turn = (m_turn + 1) % m_turns.size();
    idle = pump_one(server) ? 0 : idle + 1;
  }
  m_pumping = false;
}

/// Takes one call out of the queue, if it may be sent now.
bool KubeLoop::pump_one(Server& server) {
  if (server.queue.empty() || server.in_window >= server.window || m_in_windows >= m_options.parallel_requests)
    return false;
  const MonotonicTime now = m_clock.monotonic();
  if (const Duration wait = server.bucket.wait(now); wait > Duration(0)) {
    if (std::exchange(server.pump_set, true)) return false;
    m_timers.emplace(now + wait, [this, &server] {
      server.pump_set = false;
      pump();
    });
    return false;
  }
  Operation* operation = find(server.queue.front());
  server.queue.pop_front();
  if (operation == nullptr) return true;
  operation->windowed = true;
  ++server.in_window;
  ++m_in_windows;
  if (operation->deadline == MonotonicTime()) operation->deadline = now + operation->api.call().timeout;
  send(*operation);
  return true;
}

void KubeLoop::leave_window(Operation& operation) {
  if (!std::exchange(operation.windowed, false)) return;
  --operation.server->in_window;
  --m_in_windows;
}

/// Sends it again later and lets others use its place until then; no more than the window holds do so, so that a server
/// that refuses everybody is not asked by ever more calls.
void KubeLoop::rest(Operation& operation, MonotonicTime until) {
  Server& server = *operation.server;
  operation.state = State::backing_off;
  const Key key = operation.key;
  set_timer(operation, until, [this, key] {
    Operation* again = find(key);
    if (again == nullptr) return;
    if (!std::exchange(again->resting, false)) return send(*again);
    --again->server->resting;
    again->state = State::queued;
    again->server->queue.push_front(key);
    pump();
  });
  if (!operation.windowed || server.resting >= server.window) return;
  operation.resting = true;
  ++server.resting;
  leave_window(operation);
  pump();
}

bool KubeLoop::hold_for_probe(Operation& operation) {
  Server& server = *operation.server;
  if (server.failures == 0 || operation.probe) return false;
  operation.state = State::parked;
  server.parked.push_back(operation.key);
  const Key key = operation.key;
  set_timer(operation, std::min(operation.deadline, operation.api.call().start_before), [this, key] {
    if (Operation* late = find(key)) finish_unsent(*late, "the API server cannot be reached");
  });
  return true;
}

void KubeLoop::send(Operation& operation) {
  clear_timer(operation);
  const MonotonicTime now = m_clock.monotonic();
  const MonotonicTime start_before = operation.api.call().start_before;
  const Duration left = operation.deadline - now;
  if (left <= Duration(0) || now >= start_before) return finish_unsent(operation, "there was no answer in time");
  if (hold_for_probe(operation)) return;
  operation.endpoint = operation.server->credentials.current();
  if (!operation.endpoint) {
    operation.state = State::awaiting_plugin;
    operation.server->for_plugin.push_back(operation.key);
    return start_plugin(*operation.server);
  }
  operation.state = State::sending;
  ++operation.attempts;
  if (operation.paced()) operation.server->bucket.take(now);
  const Key key = operation.key;
  Transfer transfer;
  transfer.endpoint = operation.endpoint;
  transfer.request = &operation.api.request();
  transfer.identity = operation.api.call().scope.identity;
  transfer.link = operation.link;
  transfer.on_end = [this, key](HttpResponse response) { on_end(key, std::move(response)); };
  if (start_before != MonotonicTime::max()) {
    transfer.may_send = [this, start_before] { return m_clock.monotonic() < start_before; };
  }
  if (operation.watch()) {
    operation.frames = std::make_unique<WatchFrames>(operation.api.call(), m_options.limits.max_answer_bytes);
    operation.last_data = m_clock.monotonic();
    transfer.on_data = [this, &operation](std::string_view bytes) { return on_watch_data(operation, bytes); };
    set_timer(operation, operation.last_data + operation.api.call().timeout, [this, key] { check_silence(key); });
  } else {
    transfer.timeout = attempt_timeout(operation.api.call(), left);
  }
  operation.ticket = m_transport.start(std::move(transfer));
}

void KubeLoop::start_plugin(Server& server) {
  if (server.plugin_running || !server.credentials.plugin()) return;
  server.plugin_running = true;
  m_run_plugin(server.name, *server.credentials.plugin());
}

void KubeLoop::take_plugin(const std::string& cluster, Result<ExecCredential> result) {
  Server& server = m_servers.at(cluster);
  server.plugin_running = false;
  const std::vector<Key> waiting = std::exchange(server.for_plugin, {});
  if (result) server.credentials.take(std::move(*result));
  for (const Key key : waiting) {
    Operation* operation = find(key);
    if (operation == nullptr || operation->state != State::awaiting_plugin) continue;
    if (result) {
      send(*operation);
    } else {
      Error error = result.error();
      finish_with(*operation, std::move(error).in(describe_call(operation->api.call())));
    }
  }
}

void KubeLoop::set_timer(Operation& operation, MonotonicTime at, std::function<void()> action) {
  clear_timer(operation);
  const Key key = operation.key;
  operation.timer = m_timers.emplace(at, [this, key, act = std::move(action)] {
    if (Operation* due = find(key)) due->timer.reset();  // run_once took it out of the timers
    act();
  });
}

void KubeLoop::clear_timer(Operation& operation) {
  if (operation.timer) m_timers.erase(*operation.timer);
  operation.timer.reset();
}

void KubeLoop::finish_with(Operation& operation, Error error) {
  Answer answer;
  answer.id = operation.api.call().id;
  answer.object = fail(std::move(error));
  finish(operation, std::move(answer));
}

/// Ends what must not be sent (again): it came too late for its writer, or there is no time left.
void KubeLoop::finish_unsent(Operation& operation, std::string why) {
  const Call& call = operation.api.call();
  if (m_clock.monotonic() >= call.start_before)
    return finish_with(operation, make_late_error().in(describe_call(call)));
  if (operation.last_error) return finish_with(operation, *operation.last_error);
  finish_with(operation, Error(ErrorKind::api_transient, std::move(why)).in(describe_call(call)));
}

void KubeLoop::finish(Operation& operation, Answer answer) {
  clear_timer(operation);
  if (operation.ticket != 0) m_transport.cancel(operation.ticket);
  Server& server = *operation.server;
  if (operation.watch()) --m_watches;
  leave_window(operation);
  if (operation.resting) --server.resting;
  const bool was_probe = operation.probe;
  answer.sent_again = operation.sent_again;
  m_keys.erase(operation.api.call().id);
  m_operations.erase(operation.key);  // the operation is gone from here on
  m_inbox.deliver(std::move(answer));
  if (was_probe) {
    server.probing = false;
    wake_probe(server);
  }
  pump();
}

void KubeLoop::run_once() {
  MonotonicTime now = m_clock.monotonic();
  while (!m_timers.empty() && m_timers.begin()->first <= now) {
    auto due = m_timers.extract(m_timers.begin());
    due.mapped()();
    now = m_clock.monotonic();
  }
  m_transport.run(m_timers.empty() ? Duration(k_idle_wait) : m_timers.begin()->first - now);
}

}  // namespace reconciled
