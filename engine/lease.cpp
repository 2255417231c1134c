#include "engine/lease.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace reconciled {

namespace {

/// A duration that somebody wrote into the record by hand is not waited for without end.
constexpr std::int64_t k_max_duration_seconds = 600;
constexpr auto k_least_pause = std::chrono::milliseconds(200);

/// MicroTime of Kubernetes: "2026-02-01T10:00:00.000000Z".
std::string format_micro_time(WallTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  std::string text = format_time(whole);
  char fraction[16];
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time - whole).count();
  std::snprintf(fraction, sizeof fraction, ".%06dZ", static_cast<int>(micros));
  text.pop_back();
  return text + fraction;
}

std::string text_at(const Value& object, std::string_view section, std::string_view key) {
  return std::string(object.at({section, key}).as_string());
}

}  // namespace

Status check_lease(const LeaseOptions& options) {
  const auto refuse = [](std::string why, std::string hint) -> Status {
    return fail(ErrorKind::config, std::move(why), {}, std::move(hint));
  };
  if (options.namespace_.empty() || options.name.empty()) return refuse("the lease has no name", "name it");
  if (options.identity.empty()) return refuse("the lease's holder has no identity", "give each replica its own");
  if (options.duration < std::chrono::seconds(1) || options.duration > std::chrono::seconds(k_max_duration_seconds)) {
    return refuse("the lease's duration of " + format_duration(options.duration) + " is not between 1s and 10m",
                  "use 15s");
  }
  if (options.renew_deadline >= options.duration) {
    return refuse("the lease's renew deadline of " + format_duration(options.renew_deadline) +
                      " is not shorter than its duration of " + format_duration(options.duration) +
                      ": two replicas could write at a time",
                  "use two thirds of the duration");
  }
  if (options.retry_period <= Duration(0) || options.retry_period * 2 >= options.renew_deadline) {
    return refuse("the lease's retry period of " + format_duration(options.retry_period) +
                      " leaves no second try before its renew deadline of " + format_duration(options.renew_deadline),
                  "use a fifth of the renew deadline");
  }
  return {};
}

Lease::Lease(Cluster& cluster, LeaseOptions options, std::function<CallId()> next_id)
    : m_cluster(cluster), m_options(std::move(options)), m_next_id(std::move(next_id)) {}

void Lease::start(Moment now) {
  if (m_state != State::stopped) return;
  m_state = State::running;
  m_error.reset();
  read(now.monotonic);
}

void Lease::release(Moment now) {
  if (m_state != State::running) return;
  m_state = State::releasing;
  m_release_until = std::max(m_until, now.monotonic + m_options.retry_period);
  m_until = MonotonicTime::min();
  m_wake_at = m_release_until;
  if (m_doing != Doing::nothing) return;  // its answer says what there is to release
  if (ours()) return write_release(now);
  m_state = State::stopped;
  m_wake_at.reset();
}

Call Lease::make_call(Verb verb, MonotonicTime now) {
  Call call;
  call.id = m_next_id();
  call.scope = m_options.scope;
  call.verb = verb;
  call.type = {{"coordination.k8s.io", "v1", "Lease"}, "leases", ObjectScope::namespaced, {}};
  call.namespace_ = m_options.namespace_;
  call.name = m_options.name;
  call.field_manager = "reconciled-lease";
  // Two tries and the pause between them fit into the deadline; what is sent later than that would hold nothing.
  call.timeout = (m_options.renew_deadline - m_options.retry_period) / 2;
  call.start_before = now + m_options.renew_deadline;
  return call;
}

void Lease::send(Call call, Doing doing, MonotonicTime now) {
  m_doing = doing;
  m_call = call.id;
  m_sent = now;
  m_wake_at.reset();
  if (m_state == State::releasing) m_wake_at = m_release_until;
  m_cluster.start(std::move(call));
}

void Lease::read(MonotonicTime now) {
  send(make_call(Verb::get, now), Doing::reading, now);
}

Value Lease::make_spec(Moment now) const {
  const bool renewal = ours();
  const bool first = m_record.uid.empty();
  std::string time = format_micro_time(now.wall);
  // Others see a renewal only if it changes something, also when the clock was set back.
  if (time == m_record.renew_time) time = format_micro_time(now.wall + std::chrono::microseconds(1));
  return Value::map({{"holderIdentity", m_options.identity},
                     {"leaseDurationSeconds", std::chrono::ceil<std::chrono::seconds>(m_options.duration).count()},
                     {"acquireTime", renewal ? m_record.acquire_time : time},
                     {"renewTime", time},
                     {"leaseTransitions", m_record.transitions + (renewal || first ? 0 : 1)}});
}

void Lease::create(Moment now) {
  Call call = make_call(Verb::create, now.monotonic);
  call.body = Value::map({{"apiVersion", "coordination.k8s.io/v1"},
                          {"kind", "Lease"},
                          {"metadata", Value::map({{"name", m_options.name}, {"namespace", m_options.namespace_}})},
                          {"spec", make_spec(now)}});
  m_wrote = true;
  send(std::move(call), Doing::creating, now.monotonic);
}

/// Renews what is ours, or takes over what is free.
void Lease::write(Moment now) {
  Call call = make_call(Verb::merge_patch, now.monotonic);
  if (held(now.monotonic)) call.start_before = m_until;
  call.body =
      Value::map({{"metadata", Value::map({{"resourceVersion", m_resource_version}})}, {"spec", make_spec(now)}});
  m_wrote = true;
  send(std::move(call), Doing::writing, now.monotonic);
}

void Lease::write_release(Moment now) {
  Call call = make_call(Verb::merge_patch, now.monotonic);
  call.start_before = m_release_until;
  Value spec = make_spec(now);
  spec.set("holderIdentity", "");
  spec.set("leaseDurationSeconds", 1);
  call.body =
      Value::map({{"metadata", Value::map({{"resourceVersion", m_resource_version}})}, {"spec", std::move(spec)}});
  send(std::move(call), Doing::releasing, now.monotonic);
}

MonotonicTime Lease::free_at() const {
  if (m_record.holder.empty()) return MonotonicTime::min();
  const Duration theirs =
      std::chrono::seconds(std::clamp<std::int64_t>(m_record.duration_seconds, 0, k_max_duration_seconds));
  return m_observed_at + std::max(theirs, m_options.duration);
}

void Lease::take(Answer answer, Moment now) {
  if (!owns(answer.id)) return;
  m_call = 0;
  const Doing done = std::exchange(m_doing, Doing::nothing);
  if (!answer.object) return take_failure(std::move(answer.object).error(), done, now);
  m_error.reset();
  take_record(*answer.object, now);
  if (done == Doing::releasing) {
    m_state = State::stopped;
    m_wake_at.reset();
    return;
  }
  if (done == Doing::reading || m_state == State::releasing || !ours()) return act_on_record(now);
  m_overtaken = 0;
  m_until = m_sent + m_options.renew_deadline;
  pause(std::max(m_sent + m_options.retry_period, now.monotonic));
}

void Lease::take_record(const Value& object, Moment now) {
  Record record;
  record.uid = text_at(object, "metadata", "uid");
  record.holder = text_at(object, "spec", "holderIdentity");
  record.acquire_time = text_at(object, "spec", "acquireTime");
  record.renew_time = text_at(object, "spec", "renewTime");
  record.transitions = object.at({"spec", "leaseTransitions"}).as_integer();
  record.duration_seconds = object.at({"spec", "leaseDurationSeconds"}).as_integer();
  m_resource_version = text_at(object, "metadata", "resourceVersion");
  if (record == m_record) return;  // also when somebody labelled it: that is no renewal
  m_record = std::move(record);
  m_observed_at = now.monotonic;
}

void Lease::act_on_record(Moment now) {
  if (m_state == State::releasing) {
    if (ours()) return write_release(now);
    m_state = State::stopped;
    m_wake_at.reset();
    return;
  }
  if (ours()) return write(now);
  m_until = MonotonicTime::min();
  if (now.monotonic >= free_at()) return write(now);
  m_overtaken = 0;
  pause(std::min(now.monotonic + m_options.retry_period / 2, free_at()));
}

void Lease::take_absence(Moment now) {
  m_until = MonotonicTime::min();
  m_resource_version.clear();
  if (m_state == State::releasing) {
    m_state = State::stopped;
    m_wake_at.reset();
  } else if (ours() || now.monotonic >= free_at()) {
    create(now);
  } else {
    pause(std::min(now.monotonic + m_options.retry_period / 2, free_at()));
  }
}

void Lease::take_failure(Error error, Doing done, Moment now) {
  const ErrorKind kind = error.kind;
  if (kind == ErrorKind::api_missing && done == Doing::reading) return take_absence(now);
  // Somebody else wrote, or deleted it: who holds it now has to be read.
  const bool overtaken = kind == ErrorKind::api_conflict || (kind == ErrorKind::api_missing && done != Doing::creating);
  if (overtaken) {
    if (kind == ErrorKind::api_missing) m_until = MonotonicTime::min();
    if (++m_overtaken == 1) return read(now.monotonic);
    return pause(now.monotonic +
                 m_options.retry_period / 2);  // a server that refuses each write is not asked in a loop
  }
  m_error = std::move(error);
  // What was sent may have been carried out, so the next step is to read, when it is due.
  MonotonicTime next = std::max(m_sent + m_options.retry_period, now.monotonic + k_least_pause);
  if (m_state == State::releasing) next = std::min(next, m_release_until);
  pause(next);
}

void Lease::wake(Moment now) {
  if (!m_wake_at || now.monotonic < *m_wake_at) return;
  if (m_state == State::releasing && now.monotonic >= m_release_until) {
    if (m_call != 0) m_cluster.cancel(m_call);
    m_call = 0;
    m_doing = Doing::nothing;
    m_state = State::stopped;
    m_wake_at.reset();
    return;
  }
  if (m_state == State::stopped || m_doing != Doing::nothing) return;
  if (ours() && held(now.monotonic) && !m_error) return write(now);
  read(now.monotonic);
}

}  // namespace reconciled
