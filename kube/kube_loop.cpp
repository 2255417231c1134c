#include "kube/kube_loop.h"

#include "kube/api_answer.h"

#include <algorithm>

namespace reconciled {

namespace {

constexpr auto k_idle_wait = std::chrono::seconds(30);
constexpr int k_max_internal_errors = 3;  // 500 is more often a defect that stays than a moment of weakness
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
    m_servers.try_emplace(name, name, Credentials(std::move(access), options.read, clock));
  }
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
  if (operation.watch() || is_lease(operation.api.call())) {
    operation.deadline = operation.begun + operation.api.call().timeout;
    if (operation.watch()) operation.link = Link::own;
    return send(operation);
  }
  server->second.queue.push_back(operation.key);
  pump(server->second);
}

void KubeLoop::cancel(CallId id) {
  const auto found = m_keys.find(id);
  if (found == m_keys.end()) return;
  Operation& operation = *find(found->second);
  finish_with(operation, Error(ErrorKind::cancelled, "the call was cancelled").in(describe_call(operation.api.call())));
}

void KubeLoop::pump(Server& server) {
  while (server.in_window < m_options.window && !server.queue.empty()) {
    Operation* operation = find(server.queue.front());
    server.queue.pop_front();
    if (operation == nullptr) continue;
    operation->windowed = true;
    ++server.in_window;
    operation->deadline = m_clock.monotonic() + operation->api.call().timeout;
    send(*operation);
  }
}

bool KubeLoop::hold_for_probe(Operation& operation) {
  Server& server = *operation.server;
  if (server.failures == 0 || operation.probe) return false;
  operation.state = State::parked;
  server.parked.push_back(operation.key);
  const Key key = operation.key;
  set_timer(operation, operation.deadline, [this, key] {
    Operation* late = find(key);
    if (late == nullptr) return;
    Error error =
        late->last_error
            ? *late->last_error
            : Error(ErrorKind::api_transient, "the API server cannot be reached").in(describe_call(late->api.call()));
    finish_with(*late, std::move(error));
  });
  return true;
}

void KubeLoop::send(Operation& operation) {
  clear_timer(operation);
  const Duration left = operation.deadline - m_clock.monotonic();
  if (left <= Duration(0)) {
    Error error =
        operation.last_error
            ? *operation.last_error
            : Error(ErrorKind::api_transient, "there was no answer in time").in(describe_call(operation.api.call()));
    return finish_with(operation, std::move(error));
  }
  if (hold_for_probe(operation)) return;
  operation.endpoint = operation.server->credentials.current();
  if (!operation.endpoint) {
    operation.state = State::awaiting_plugin;
    operation.server->for_plugin.push_back(operation.key);
    return start_plugin(*operation.server);
  }
  operation.state = State::sending;
  ++operation.attempts;
  const Key key = operation.key;
  Transfer transfer;
  transfer.endpoint = operation.endpoint;
  transfer.request = &operation.api.request();
  transfer.identity = operation.api.call().scope.identity;
  transfer.link = operation.link;
  transfer.on_end = [this, key](HttpResponse response) { on_end(key, std::move(response)); };
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

void KubeLoop::note_reachability(Operation& operation, const HttpResponse& response) {
  Server& server = *operation.server;
  const bool was_probe = std::exchange(operation.probe, false);
  if (was_probe) server.probing = false;
  if (response.delivery == Delivery::not_connected) {
    // Requests that failed together count once.
    if (was_probe || server.failures == 0) ++server.failures;
    if (server.wake_set || server.probing) return;
    server.wake_set = true;
    m_timers.emplace(m_clock.monotonic() + back_off(m_options.retry, server.failures, m_random),
                     [this, &server] { wake_probe(server); });
    return;
  }
  if (response.delivery != Delivery::broken || response.status != 0) {
    server.failures = 0;
    release_parked(server);
  } else if (was_probe) {
    wake_probe(server);
  }
}

void KubeLoop::wake_probe(Server& server) {
  server.wake_set = false;
  while (!server.parked.empty() && !server.probing) {
    Operation* operation = find(server.parked.front());
    server.parked.pop_front();
    if (operation == nullptr || operation->state != State::parked) continue;
    operation->probe = true;
    server.probing = true;
    send(*operation);
  }
  if (!server.probing && server.parked.empty())
    server.failures = 0;  // nobody is left to ask: the next call looks itself
}

void KubeLoop::release_parked(Server& server) {
  const std::deque<Key> parked = std::exchange(server.parked, {});
  for (const Key key : parked) {
    Operation* operation = find(key);
    if (operation != nullptr && operation->state == State::parked) send(*operation);
  }
}

void KubeLoop::on_end(Key key, HttpResponse response) {
  Operation* operation = find(key);
  if (operation == nullptr) return;
  operation->ticket = 0;
  clear_timer(*operation);
  Server& server = *operation->server;
  note_reachability(*operation, response);
  const bool refused =
      (response.delivery == Delivery::complete && response.status == 401) || response.delivery == Delivery::untrusted;
  if (refused && !operation->reauthenticated && server.credentials.refresh_after(operation->endpoint.get())) {
    operation->reauthenticated = true;
    return send(*operation);
  }
  if (operation->watch()) return on_watch_end(*operation, response);
  HttpResponse outcome;  // what the retry looks at, without the body
  outcome.delivery = response.delivery;
  outcome.status = response.status;
  switch (operation->api.take(std::move(response))) {
    case PendingCall::Step::finished: return finish(*operation, operation->api.answer());
    case PendingCall::Step::next:
      operation->attempts = 0;
      operation->deadline =
          m_clock.monotonic() + operation->api.call().timeout;  // each page and document has its own time
      return send(*operation);
    case PendingCall::Step::failed: return retry_or_finish(*operation, outcome);
  }
}

void KubeLoop::retry_or_finish(Operation& operation, const HttpResponse& response) {
  Server& server = *operation.server;
  const bool unreachable = response.delivery == Delivery::not_connected;
  const bool limited = !unreachable && response.status != 429;
  Duration delay = back_off(m_options.retry, operation.attempts, m_random);
  if (const auto asked = operation.api.retry_after()) delay = std::max(delay, *asked + delay / 4);
  const bool in_time = m_clock.monotonic() + delay < operation.deadline;
  const int most = response.status == 500 ? std::min(k_max_internal_errors, m_options.retry.max_attempts)
                                          : m_options.retry.max_attempts;
  if (!operation.api.repeatable() || !in_time || (limited && operation.attempts >= most)) {
    Answer answer = operation.api.answer();
    if (unreachable && !answer.object) expire_queue(server, answer.object.error());
    return finish(operation, std::move(answer));
  }
  Answer failed = operation.api.answer();
  operation.last_error = std::move(failed.object).error();
  if (response.delivery == Delivery::broken) operation.link = Link::fresh;
  if (!unreachable && response.status != 429) operation.sent_again = true;
  if (unreachable) return send(operation);  // waits for the probe
  operation.state = State::backing_off;
  const Key key = operation.key;
  set_timer(operation, m_clock.monotonic() + delay, [this, key] {
    if (Operation* again = find(key)) send(*again);
  });
}

void KubeLoop::expire_queue(Server& server, const Error& error) {
  const MonotonicTime now = m_clock.monotonic();
  std::vector<Key> late;
  for (const Key key : server.queue) {
    const Operation* operation = find(key);
    if (operation != nullptr && now - operation->begun >= operation->api.call().timeout) late.push_back(key);
  }
  for (const Key key : late) {
    Operation* found = find(key);
    if (found == nullptr) continue;
    Operation& operation = *found;
    finish_with(operation,
                Error(error.kind, error.message, error.where, error.hint).in(describe_call(operation.api.call())));
  }
}

bool KubeLoop::on_watch_data(Operation& operation, std::string_view bytes) {
  operation.last_data = m_clock.monotonic();
  auto taken = operation.frames->take(bytes, [this](WatchEvent event) { m_inbox.deliver(std::move(event)); });
  if (taken) return true;
  operation.watch_error = std::move(taken).error();
  return false;
}

void KubeLoop::on_watch_end(Operation& operation, const HttpResponse& response) {
  const Call& call = operation.api.call();
  Answer answer;
  answer.id = call.id;
  answer.http_status = response.status;
  for (const std::string& header : response.warning_headers) {
    for (std::string& text : parse_warning_header(header))
      answer.warnings.push_back(redact_answer_text(std::move(text), call));
  }
  if (operation.watch_error) {
    answer.object = fail(std::move(*operation.watch_error));
  } else if (response.delivery != Delivery::complete) {
    answer.object = fail(make_delivery_error(call, response));
  } else if (response.status < 200 || response.status >= 300) {
    answer.object = fail(make_answer_error(call, response));
  } else if (auto whole = operation.frames->finish(); !whole) {
    answer.object = fail(std::move(whole).error());
  }
  finish(operation, std::move(answer));
}

void KubeLoop::check_silence(Key key) {
  Operation* operation = find(key);
  if (operation == nullptr) return;
  const Duration limit = operation->api.call().timeout;
  if (m_clock.monotonic() - operation->last_data < limit) {
    return set_timer(*operation, operation->last_data + limit, [this, key] { check_silence(key); });
  }
  finish_with(*operation, Error(ErrorKind::api_transient, "the watch was silent for " + format_duration(limit))
                              .in(describe_call(operation->api.call())));
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

void KubeLoop::finish(Operation& operation, Answer answer) {
  clear_timer(operation);
  if (operation.ticket != 0) m_transport.cancel(operation.ticket);
  Server& server = *operation.server;
  if (operation.watch()) --m_watches;
  if (operation.windowed) --server.in_window;
  const bool was_probe = operation.probe;
  answer.sent_again = operation.sent_again;
  m_keys.erase(operation.api.call().id);
  m_operations.erase(operation.key);  // the operation is gone from here on
  m_inbox.deliver(std::move(answer));
  if (was_probe) {
    server.probing = false;
    wake_probe(server);
  }
  pump(server);
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
