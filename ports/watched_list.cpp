#include "ports/watched_list.h"

#include "base/plant.h"

#include <algorithm>

namespace reconciled {

namespace {

/// So many old lists in a row mean that the cluster itself went back, by a restored backup.
constexpr int k_max_old_lists = 3;
/// A server that never says which page is the last is not asked for ever.
constexpr std::uint32_t k_max_pages = 20'000;
constexpr auto k_long_watch = std::chrono::seconds(5);

std::string key_of(const Value& object) {
  const Value& metadata = object["metadata"];
  return std::string(metadata["namespace"].as_string()) + "/" + std::string(metadata["name"].as_string());
}

std::string version_of(const Value& object) {
  return std::string(object.at({"metadata", "resourceVersion"}).as_string());
}
std::string uid_of(const Value& object) {
  return std::string(object.at({"metadata", "uid"}).as_string());
}

bool is_decimal(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_older_version(std::string_view one, std::string_view other) {
  if (!is_decimal(one) || !is_decimal(other)) return false;
  one.remove_prefix(std::min(one.find_first_not_of('0'), one.size()));
  other.remove_prefix(std::min(other.find_first_not_of('0'), other.size()));
  return one.size() != other.size() ? one.size() < other.size() : one < other;
}

WatchedList::WatchedList(Cluster& cluster, Random& random, Call what, std::function<CallId()> next_id, Options options)
    : m_cluster(cluster),
      m_random(random),
      m_what(std::move(what)),
      m_next_id(std::move(next_id)),
      m_options(options) {}

void WatchedList::expect(std::string_view namespace_, std::string_view name, std::string_view uid,
                         std::string_view resource_version) {
  Seen& known = m_known[std::string(namespace_) + "/" + std::string(name)];
  if (!known.uid.empty() && !is_older_version(known.resource_version, resource_version)) return;
  known = {std::string(uid), std::string(resource_version), 0};
  const bool goes_on = m_state == State::watching || (m_state == State::pausing && m_next == Next::watch);
  if (goes_on) return;  // from where it is: what happened since then is yet to come
  if (m_resource_version.empty() || is_older_version(m_resource_version, resource_version))
    m_resource_version = resource_version;
}

void WatchedList::start(MonotonicTime now) {
  stop();
  m_fresh_at = now;
  m_synced = false;
  begin(Next::list, now);
}

void WatchedList::stop() {
  if (m_call != 0) m_cluster.cancel(m_call);
  m_call = 0;
  m_state = State::stopped;
  m_wake_at.reset();
}

void WatchedList::begin(Next next, MonotonicTime now) {
  if (next == Next::list) {
    ++m_list;
    m_pages = 0;
    return begin_page({});
  }
  Call call = m_what;
  m_call = m_next_id();
  call.id = m_call;
  call.name.clear();
  call.resource_version.clear();
  call.verb = Verb::watch;
  call.resource_version = m_resource_version;
  call.timeout = m_error ? std::min(m_options.trial, m_options.silence) : m_options.silence;
  m_state = State::watching;
  m_heard = false;
  m_watch_began = now;
  m_wake_at.reset();
  m_cluster.start(std::move(call));
}

void WatchedList::begin_page(std::string continue_token) {
  Call call = m_what;
  m_call = m_next_id();
  call.id = m_call;
  call.name.clear();
  call.resource_version.clear();
  call.verb = Verb::list;
  call.limit = m_options.page_size;
  call.continue_token = std::move(continue_token);
  call.timeout = m_options.list_timeout;
  m_state = State::listing;
  m_wake_at.reset();
  m_cluster.start(std::move(call));
}

void WatchedList::pause(Next next, Error error, MonotonicTime now) {
  m_call = 0;
  m_state = State::pausing;
  m_next = next;
  m_error = std::move(error);
  Duration delay = m_options.first_pause;
  for (int i = 0; i < m_failures && delay < m_options.max_pause; ++i) delay *= 2;
  delay = std::min(delay, m_options.max_pause);
  const auto half = static_cast<std::uint64_t>(delay.count() / 2);
  if (half > 0) delay -= Duration(static_cast<Duration::rep>(m_random.next() % half));
  ++m_failures;
  m_wake_at = now + delay;
}

void WatchedList::wake(MonotonicTime now) {
  if (m_state == State::pausing && m_wake_at && now >= *m_wake_at) begin(m_next, now);
}

std::vector<ObjectChange> WatchedList::take(Answer answer, MonotonicTime now) {
  if (!owns(answer.id)) return {};
  m_call = 0;
  if (m_state == State::watching) return take_watch_end(answer, now);
  if (answer.object) return take_page(*answer.object, now);
  take_list_failure(std::move(answer.object).error(), now);
  return {};
}

void WatchedList::take_list_failure(Error error, MonotonicTime now) {
  // A page that expired is no trouble of the server's: the list is begun again at once, but not over and over.
  if (error.kind == ErrorKind::api_gone && m_pages > 0 && ++m_expired == 1) return begin(Next::list, now);
  pause(Next::list, std::move(error), now);
}

std::vector<ObjectChange> WatchedList::take_page(const Value& page, MonotonicTime now) {
  const std::string version = version_of(page);
  if (m_pages == 0) {
    if (is_older_version(version, m_resource_version) && ++m_old_lists < k_max_old_lists) {
      pause(Next::list, Error(ErrorKind::api_transient, "the server listed an older state than it showed before"), now);
      return {};
    }
    m_old_lists = 0;
    m_list_version = version;
    m_list_began = now;
  } else if (is_older_version(version, m_list_version)) {
    pause(Next::list, Error(ErrorKind::api_transient, "a page of the list is older than the page before it"), now);
    return {};
  }
  ++m_pages;
  std::vector<ObjectChange> changes;
  for (const Value& item : page["items"].items()) compare(item, changes);
  const std::string_view next = page.at({"metadata", "continue"}).as_string();
  if (next.empty()) {
    finish_list(changes, now);
  } else if (m_known.size() > m_options.max_objects || m_pages >= k_max_pages) {
    pause(Next::list,
          Error(ErrorKind::limit, "the list goes on after " + std::to_string(m_known.size()) + " objects of kind " +
                                      m_what.type.gvk.kind),
          now);
  } else {
    begin_page(std::string(next));
  }
  return changes;
}

void WatchedList::finish_list(std::vector<ObjectChange>& changes, MonotonicTime now) {
  for (auto seen = m_known.begin(); seen != m_known.end();) {
    if (seen->second.list == m_list || is_older_version(m_list_version, seen->second.resource_version)) {
      ++seen;
      continue;
    }
    changes.push_back({ObjectChange::Kind::deleted, remembered(seen->first, seen->second)});
    seen = m_known.erase(seen);
  }
  m_resource_version = std::move(m_list_version);
  m_synced = true;
  m_failures = 0;
  m_expired = 0;
  note_current(m_list_began);
  begin(Next::watch, now);
}

void WatchedList::note_current(MonotonicTime now) {
  m_error.reset();
  m_fresh_at = now;
}

void WatchedList::compare(const Value& object, std::vector<ObjectChange>& changes) {
  const std::string key = key_of(object);
  Seen seen{uid_of(object), version_of(object), m_list};
  const auto known = m_known.find(key);
  if (known == m_known.end()) {
    changes.push_back({ObjectChange::Kind::added, object});
    m_known.emplace(key, std::move(seen));
    return;
  }
  if (known->second.uid != seen.uid) {
    changes.push_back({ObjectChange::Kind::deleted, remembered(key, known->second)});
    changes.push_back({ObjectChange::Kind::added, object});
  } else if (known->second.resource_version != seen.resource_version) {
    changes.push_back({ObjectChange::Kind::modified, object});
  }
  known->second = std::move(seen);
}

std::vector<ObjectChange> WatchedList::take(WatchEvent event, MonotonicTime now) {
  if (!owns(event.id) || m_state != State::watching) return {};
  const std::string version = version_of(event.object);
  if (is_older_version(version, m_resource_version)) {
    m_cluster.cancel(m_call);
    pause(Next::list, Error(ErrorKind::api_transient, "the watch showed an older state than the server showed before"),
          now);
    return {};
  }
  m_heard = true;
  m_gone = 0;
  m_failures = 0;
  // After a gap the first events are as old as the gap; a bookmark comes after all before it.
  if (!m_error || event.kind == WatchEvent::Kind::bookmark) note_current(now);
  if (!version.empty()) m_resource_version = version;
  std::vector<ObjectChange> changes;
  switch (event.kind) {
    case WatchEvent::Kind::bookmark: break;
    case WatchEvent::Kind::added:
    case WatchEvent::Kind::modified: compare(event.object, changes); break;
    case WatchEvent::Kind::deleted:
      if (m_known.erase(key_of(event.object)) > 0) {
        changes.push_back({ObjectChange::Kind::deleted, std::move(event.object)});
      }
      break;
  }
  return changes;
}

std::vector<ObjectChange> WatchedList::take_watch_end(const Answer& answer, MonotonicTime now) {
  if (!answer.object && answer.object.error().kind == ErrorKind::api_gone) {
    if (planted(Plant::gone_swallowed)) {
      m_resource_version.clear();
      begin(Next::watch, now);
      return {};
    }
    m_gone = m_heard ? 1 : m_gone + 1;
    if (m_gone == 1) {
      begin(Next::list, now);
    } else {  // a server that answers 410 to every watch is asked with pauses
      m_failures = std::max(m_failures, m_gone);
      pause(Next::list, answer.object.error(), now);
    }
    return {};
  }
  if (answer.object) {
    // Nothing may have happened while it was open; a server that opens none is asked with pauses.
    const bool lasted = now - m_watch_began >= k_long_watch;
    if (m_heard || lasted) {
      m_failures = 0;
      m_gone = 0;
      if (!m_error || lasted) note_current(now);
      begin(Next::watch, now);
    } else {
      pause(Next::watch, Error(ErrorKind::api_transient, "the watch ended at once, without an event"), now);
    }
    return {};
  }
  const bool passing = answer.object.error().kind == ErrorKind::api_transient;
  pause(passing ? Next::watch : Next::list, answer.object.error(), now);
  return {};
}

Value WatchedList::remembered(const std::string& key, const Seen& seen) const {
  const std::size_t slash = key.find('/');
  Value metadata = Value::map({{"name", key.substr(slash + 1)}});
  if (slash > 0) metadata.set("namespace", key.substr(0, slash));
  metadata.set("uid", seen.uid);
  return Value::map({{"apiVersion", m_what.type.gvk.api_version()},
                     {"kind", m_what.type.gvk.kind},
                     {"metadata", std::move(metadata)}});
}

}  // namespace reconciled
