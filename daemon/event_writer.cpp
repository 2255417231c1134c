#include "daemon/event_writer.h"

#include <algorithm>
#include <chrono>

namespace reconciled {
namespace {

constexpr double k_burst = 50;
constexpr std::size_t k_max_note = 1000;        // the API server takes 1,024 bytes
constexpr CallId k_first_id = CallId{1} << 62;  // the reconciler counts from 1 on the same adapter

const ResourceType k_event{{"events.k8s.io", "v1", "Event"}, "events", ObjectScope::namespaced, {}};

struct Text {
  std::string_view type;
  std::string_view reason;
  std::string note;
  const ObjectId* object = nullptr;
};

std::string list_drift(const StackRecord& record) {
  std::string text;
  for (const auto& drift : record.drift) {
    if (!text.empty()) text += "; ";
    text += format_id(drift.object);
    if (!drift.path.empty()) text += " " + drift.path;
    if (!drift.manager.empty()) text += " by " + drift.manager;
    if (!drift.time.empty()) text += " at " + drift.time;
  }
  return text;
}

std::optional<Text> text_of(const StackRecord& record) {
  if (record.result == RunResult::failed && record.error)
    return Text{"Warning", "SyncFailed", format_error(*record.error), nullptr};
  if (record.held != 0)
    return Text{"Warning", "Held", record.holds.empty() ? "a person decides" : record.holds.front(), nullptr};
  if (record.healed != 0)
    return Text{"Normal", "SelfHealed", "repaired: " + list_drift(record),
                record.drift.empty() ? nullptr : &record.drift.front().object};
  if (!record.drift.empty()) return Text{"Warning", "DriftDetected", list_drift(record), &record.drift.front().object};
  return std::nullopt;
}

/// RFC 3339 with microseconds, as MicroTime wants it.
std::string format_micro(WallTime time) {
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count() % 1'000'000;
  std::string digits = std::to_string(micros);
  std::string text = format_time(time);
  text.insert(text.size() - 1, "." + std::string(6 - digits.size(), '0') + digits);
  return text;
}

}  // namespace

Value make_event(const StackRecord& record, const std::string& fallback_namespace, const std::string& instance,
                 const std::string& unique) {
  const auto text = text_of(record);
  if (!text) return {};
  std::string note = record.stack.path() + " (" + record.stack.environment + "): " + text->note;
  if (note.size() > k_max_note) {
    note.resize(k_max_note);
    while (!note.empty() && (static_cast<unsigned char>(note.back()) & 0xC0) == 0x80) note.pop_back();
    if (!note.empty() && static_cast<unsigned char>(note.back()) >= 0xC0) note.pop_back();
  }
  Value regarding = Value::map();
  std::string namespace_ = fallback_namespace;
  if (text->object != nullptr) {
    // An Event lies in the namespace of its object; those of cluster-scoped objects in "default".
    namespace_ = text->object->namespace_.empty() ? "default" : text->object->namespace_;
    regarding.set("kind", text->object->kind);
    regarding.set("name", text->object->name);
    if (!text->object->namespace_.empty()) regarding.set("namespace", text->object->namespace_);
  } else {
    regarding.set("kind", "Namespace");
    regarding.set("apiVersion", "v1");
    regarding.set("name", namespace_);
    regarding.set("namespace", namespace_);
  }
  return Value::map({{"apiVersion", "events.k8s.io/v1"},
                     {"kind", "Event"},
                     {"metadata", Value::map({{"name", "reconciled." + unique}, {"namespace", namespace_}})},
                     {"eventTime", format_micro(record.finished)},
                     {"reportingController", "reconciled"},
                     {"reportingInstance", instance.substr(0, 128)},
                     {"action", "Reconcile"},
                     {"reason", text->reason},
                     {"regarding", regarding},
                     {"note", note},
                     {"type", text->type}});
}

EventWriter::EventWriter(Cluster& cluster, Scope scope, std::string fallback_namespace, std::string instance,
                         const Clock& clock, Random& random)
    : m_cluster(cluster),
      m_scope(std::move(scope)),
      m_fallback(std::move(fallback_namespace)),
      m_instance(std::move(instance)),
      m_clock(clock),
      m_random(random),
      m_last(k_first_id) {}

bool EventWriter::allowed() {
  const MonotonicTime now = m_clock.monotonic();
  if (m_refilled) m_tokens += std::chrono::duration<double>(now - *m_refilled).count();
  m_refilled = now;
  m_tokens = std::min(m_tokens, k_burst);
  if (m_tokens < 1) return false;
  m_tokens -= 1;
  return true;
}

void EventWriter::on_record(const StackRecord& record) {
  if (m_clock.monotonic() >= m_until) return;
  Value event = make_event(record, m_fallback, m_instance, m_random.uuid());
  if (event.is_null() || !allowed()) return;
  Call call;
  call.id = ++m_last;
  call.scope = m_scope;
  call.verb = Verb::create;
  call.type = k_event;
  call.namespace_ = event.at({"metadata", "namespace"}).as_string();
  call.body = std::move(event);
  call.field_manager = "reconciled";
  call.start_before = m_until;
  m_cluster.start(std::move(call));
}

}  // namespace reconciled
