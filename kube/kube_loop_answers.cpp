#include "kube/api_answer.h"
#include "kube/kube_loop.h"

#include <algorithm>

namespace reconciled {

namespace {

constexpr int k_max_internal_errors = 3;  // 500 is more often a defect that stays than a moment of weakness

}  // namespace

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
  const bool silent = response.delivery == Delivery::broken || response.delivery == Delivery::withheld;
  if (!silent || response.status != 0) {
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
  outcome.suspect = response.suspect;
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
    // An attempt that was cut at the deadline says less than why those before it failed; libcurl counts whole
    // milliseconds.
    const bool cut = unreachable && m_clock.monotonic() + std::chrono::milliseconds(1) >= operation.deadline;
    if (cut && operation.last_error) answer.object = fail(*operation.last_error);
    if (unreachable && !answer.object) expire_queue(server, answer.object.error());
    return finish(operation, std::move(answer));
  }
  Answer failed = operation.api.answer();
  operation.last_error = std::move(failed.object).error();
  if (response.suspect) operation.link = Link::fresh;
  if (!unreachable && response.status != 429) operation.sent_again = true;
  if (unreachable) return send(operation);  // waits for the probe
  rest(operation, m_clock.monotonic() + delay);
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

}  // namespace reconciled
