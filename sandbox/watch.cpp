#include "sandbox/watch.h"

namespace reconciled::sandbox {
namespace {

constexpr Duration k_bookmark_interval = std::chrono::seconds(60);

Value make_event(std::string_view type, Value object) {
  return Value::map({{"type", type}, {"object", std::move(object)}});
}

Value with_version(const Value& object, std::int64_t version) {
  Value out = object;
  out.edit("metadata").set("resourceVersion", std::to_string(version));
  return out;
}

}  // namespace

bool ModelWatch::selects(const Value& object) const {
  return !object.is_null() && m_options.labels.matches(object) && m_options.fields.matches(object);
}

Value ModelWatch::shown(const Value& object) const {
  return m_model.present(m_resource, object,
                         m_options.metadata_only ? ApiModel::Target::Form::metadata : ApiModel::Target::Form::full);
}

std::optional<Value> ModelWatch::event_of(const Change& change) const {
  if (change.key.type != m_resource.storage_key()) return std::nullopt;
  if (!m_options.namespace_.empty() && change.key.namespace_ != m_options.namespace_) return std::nullopt;
  const bool before = selects(change.before);
  const bool after = selects(change.after);
  if (after) return make_event(before ? "MODIFIED" : "ADDED", shown(change.after));
  // Also of an object that no longer fits the selector: as it was when it did.
  if (before) return make_event("DELETED", shown(with_version(change.before, change.version)));
  return std::nullopt;
}

void ModelWatch::fail(const Failure& failure) {
  m_ready.push_back(make_event("ERROR", make_status(failure)));
  m_failed = true;
}

void ModelWatch::read_changes() {
  const ObjectStore& store = m_model.m_store;
  if (m_after < store.compacted()) {
    fail(gone("too old resource version: " + std::to_string(m_after) + " (" + std::to_string(store.compacted()) + ")"));
    return;
  }
  for (const Change& change : store.changes_after(m_after)) {
    m_after = change.version;
    if (auto event = event_of(change)) m_ready.push_back(std::move(*event));
  }
}

std::optional<Value> ModelWatch::next() {
  if (m_ready.empty() && !m_failed) {
    if (m_options.end_of_initial_events) {
      m_options.end_of_initial_events = false;
      m_bookmarked = m_after;
      Value mark = Value::map({{"kind", m_options.metadata_only ? "PartialObjectMetadata" : m_resource.kind},
                               {"apiVersion", m_options.metadata_only ? "meta.k8s.io/v1" : m_resource.api_version()}});
      mark.edit("metadata").set("resourceVersion", std::to_string(m_after));
      mark.edit("metadata").edit("annotations").set("k8s.io/initial-events-end", "true");
      return make_event("BOOKMARK", std::move(mark));
    }
    read_changes();
  }
  if (!m_ready.empty()) {
    Value event = std::move(m_ready.front());
    m_ready.pop_front();
    return event;
  }
  if (m_failed || !m_options.bookmarks) return std::nullopt;
  const MonotonicTime now = m_model.m_clock.monotonic();
  const bool ending = m_options.deadline && now >= *m_options.deadline;
  if (!m_next_bookmark) m_next_bookmark = now + k_bookmark_interval;
  if ((now < *m_next_bookmark && !ending) || m_bookmarked == m_after) return std::nullopt;
  m_next_bookmark = now + k_bookmark_interval;
  m_bookmarked = m_after;
  Value mark = Value::map({{"kind", m_options.metadata_only ? "PartialObjectMetadata" : m_resource.kind},
                           {"apiVersion", m_options.metadata_only ? "meta.k8s.io/v1" : m_resource.api_version()}});
  mark.edit("metadata").set("resourceVersion", std::to_string(m_after));
  return make_event("BOOKMARK", std::move(mark));
}

bool ModelWatch::ended() const {
  if (!m_ready.empty()) return false;
  return m_failed || (m_options.deadline && m_model.m_clock.monotonic() >= *m_options.deadline);
}

}  // namespace reconciled::sandbox
