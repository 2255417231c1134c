#include "engine/live_view.h"

#include "base/plant.h"
#include "engine/ownership_rows.h"
#include "ports/builtin_types.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr Duration k_lately = std::chrono::minutes(2);

ObjectId id_of(const Value& object, const std::string& cluster) {
  const auto gvk = make_gvk(object["apiVersion"].as_string(), object["kind"].as_string());
  const Value& metadata = object["metadata"];
  return {cluster, gvk.group, gvk.kind, std::string(metadata["namespace"].as_string()),
          std::string(metadata["name"].as_string())};
}

/// Whether what a watch told is newer than what a run saw that began at `began`.
bool is_newer(const LiveEntry& entry, LiveEntry::State state, const ActionResult::Seen& seen, MonotonicTime began) {
  using State = LiveEntry::State;
  if (entry.state == State::unknown) return false;
  if (entry.state == State::present && state == State::present)
    return !is_older_version(entry.seen.resource_version, seen.resource_version);
  // What was deleted does not come back with its UID, and what we pruned ourselves is gone.
  if (entry.state == State::absent && state == State::present) return entry.seen.uid == seen.uid;
  return entry.state == State::present && entry.told >= began && entry.seen.uid != seen.uid;
}

}  // namespace

bool LiveEntry::touched() const {
  if (settled == State::unknown || state == State::unknown) return false;
  if (settled != state) return true;
  return state == State::present && (settled_uid != seen.uid || settled_owned != seen.owned);
}

LiveView::LiveView(Options options, Cluster& cluster, const Clock& clock, Random& random,
                   std::function<CallId()> next_id, Changed changed, std::function<void()> types_changed)
    : m_options(std::move(options)),
      m_cluster(cluster),
      m_clock(clock),
      m_random(random),
      m_next_id(std::move(next_id)),
      m_changed(std::move(changed)),
      m_types_changed(std::move(types_changed)) {}
LiveView::~LiveView() = default;

void LiveView::start_watch(const ResourceType& type, const std::string& namespace_, std::optional<Error> blind) {
  const auto [at, fresh] = m_watches.try_emplace({type.gvk, namespace_});
  if (!fresh) return;
  Call what;
  what.scope = m_options.scope;
  what.type = type;
  what.namespace_ = namespace_;
  at->second.type = type;
  at->second.namespace_ = namespace_;
  at->second.blind = std::move(blind);
  at->second.list = std::make_unique<WatchedList>(m_cluster, m_random, std::move(what), m_next_id);
  for (const auto& [id, entry] : m_entries) expect(at->second, id, entry);
  at->second.list->start(m_clock.monotonic());
}

/// What another watch, or a run, saw before this one has read its next list may be gone by then.
void LiveView::expect(Watch& watch, const ObjectId& id, const LiveEntry& entry) {
  const bool covered =
      id.group_kind() == watch.type.gvk.group_kind() && (watch.namespace_.empty() || id.namespace_ == watch.namespace_);
  if (covered && entry.state == LiveEntry::State::present)
    watch.list->expect(id.namespace_, id.name, entry.seen.uid, entry.seen.resource_version);
}

void LiveView::follow(const std::vector<ResourceType>& types, const std::set<ObjectId>& objects) {
  std::erase_if(m_entries, [&](const auto& entry) { return !objects.contains(entry.first); });
  std::map<GroupKind, std::set<std::string>> namespaces;
  for (const auto& id : objects) {
    m_entries.try_emplace(id);
    namespaces[id.group_kind()].insert(id.namespace_);
  }
  std::set<std::pair<GroupVersionKind, std::string>> wanted;
  for (const auto& type : types) {
    if (m_narrow.contains(type.gvk)) {
      for (const auto& name : namespaces[type.gvk.group_kind()]) wanted.emplace(type.gvk, name);
    } else {
      wanted.emplace(type.gvk, "");
    }
  }
  std::erase_if(m_watches, [&](auto& watch) {
    if (wanted.contains(watch.first)) return false;
    watch.second.list->stop();
    return true;
  });
  for (const auto& type : types) {
    for (auto at = wanted.lower_bound({type.gvk, ""}); at != wanted.end() && at->first == type.gvk; ++at)
      start_watch(type, at->second);
  }
}

void LiveView::stop() {
  for (auto& [key, watch] : m_watches) watch.list->stop();
  m_watches.clear();
}

bool LiveView::settle(const ObjectId& id, LiveEntry::State state, const ActionResult::Seen& seen, const Health& health,
                      MonotonicTime began) {
  const auto at = m_entries.find(id);
  if (at == m_entries.end()) return false;
  LiveEntry& entry = at->second;
  const bool newer = is_newer(entry, state, seen, began);
  entry.settled = state;
  entry.settled_uid = seen.uid;
  entry.settled_owned = seen.owned;
  const bool same_version = entry.state == LiveEntry::State::present && state == LiveEntry::State::present &&
                            entry.seen.resource_version == seen.resource_version;
  // The watch may read another version of the kind: of the same resourceVersion, its own digest counts.
  if (same_version) entry.settled_owned = entry.seen.owned;
  if (newer) return entry.touched();
  entry.state = state;
  entry.seen = seen;
  entry.health = health;
  for (auto& [key, watch] : m_watches) expect(watch, id, entry);
  return false;
}

const LiveEntry* LiveView::find(const ObjectId& id) const {
  const auto at = m_entries.find(id);
  return at == m_entries.end() ? nullptr : &at->second;
}

std::string LiveView::seen_lately(const ObjectId& id) const {
  const LiveEntry* entry = find(id);
  const bool there = entry != nullptr && entry->state == LiveEntry::State::present;
  if (!there || planted(Plant::stale_cache_believed) || m_clock.monotonic() - entry->told > k_lately) return {};
  return entry->seen.resource_version;
}

std::string LiveView::doubt(const GroupKind& kind) const {
  if (planted(Plant::stale_cache_believed)) return {};
  const MonotonicTime now = m_clock.monotonic();
  for (const auto& [key, watch] : m_watches) {
    if (key.first.group_kind() != kind) continue;
    const auto& error = watch.blind && !watch.list->synced() ? watch.blind : watch.list->error();
    const Duration age = now - watch.list->fresh_at();
    const bool blind = error && (!watch.list->synced() || watch.list->failures() > 1);
    // A watch that goes well shows within 25 s that it does: this process may have stood still.
    if (!blind && (age <= m_options.stale_after || (!error && !watch.list->synced()))) continue;
    return "the view of " + watch.type.plural +
           " is not current: " + (error ? format_error(*error) : "it is " + format_duration(age) + " old");
  }
  return {};
}

bool LiveView::looked() const {
  return std::ranges::all_of(
      m_watches, [](const auto& watch) { return watch.second.list->synced() || watch.second.list->error(); });
}

LiveView::Watch* LiveView::owner_of(CallId id) {
  const auto at = std::ranges::find_if(m_watches, [&](const auto& watch) { return watch.second.list->owns(id); });
  return at == m_watches.end() ? nullptr : &at->second;
}

bool LiveView::take(Answer& answer) {
  Watch* watch = owner_of(answer.id);
  if (watch == nullptr) return false;
  apply(watch->list->take(std::move(answer), m_clock.monotonic()));
  if (!watch->list->error()) return true;
  ++m_failures;
  if (watch->list->error()->kind == ErrorKind::api_auth) narrow_forbidden();
  return true;
}

bool LiveView::take(WatchEvent& event) {
  Watch* watch = owner_of(event.id);
  if (watch == nullptr) return false;
  apply(watch->list->take(std::move(event), m_clock.monotonic()));
  return true;
}

void LiveView::apply(const std::vector<ObjectChange>& changes) {
  for (const auto& change : changes) take_change(change);
}

void LiveView::take_change(const ObjectChange& change) {
  const ObjectId id = id_of(change.object, m_options.scope.cluster);
  if (id.group_kind() == k_crd_kind) m_types_changed();
  const auto at = m_entries.find(id);
  if (at == m_entries.end()) return;
  LiveEntry& entry = at->second;
  const bool present = change.kind != ObjectChange::Kind::deleted;
  const auto version = change.object.at({"metadata", "resourceVersion"}).as_string();
  if (present && entry.state == LiveEntry::State::present && is_older_version(version, entry.seen.resource_version))
    return;  // what a run saw is newer
  const bool was_touched = entry.touched();
  entry.told = m_clock.monotonic();
  const Digest before = entry.seen.owned;
  const Health health = entry.health;
  if (present) {
    const bool same = entry.state == LiveEntry::State::present && entry.seen.resource_version == version;
    entry.seen = see(change.object);
    if (same && entry.settled_owned == before) entry.settled_owned = entry.seen.owned;
    entry.state = LiveEntry::State::present;
    entry.health = assess_health(change.object);
  } else {
    if (entry.state == LiveEntry::State::present && change.object.at({"metadata", "uid"}).as_string() != entry.seen.uid)
      return;  // the one that went is not the one that is there
    entry.state = LiveEntry::State::absent;
    entry.seen.uid = change.object.at({"metadata", "uid"}).as_string();  // a run that saw it knows less
    entry.health = {HealthState::missing, "it is not there"};
  }
  if (entry.touched() && (!was_touched || before != entry.seen.owned)) m_changed(id, Change::touched);
  if (entry.health != health) m_changed(id, Change::health);
}

/// Where the whole cluster may not be read, the namespaces in use are.
void LiveView::narrow_forbidden() {
  std::vector<ResourceType> forbidden;
  for (const auto& [key, watch] : m_watches) {
    const auto& error = watch.list->error();
    if (error && error->kind == ErrorKind::api_auth && watch.namespace_.empty() &&
        watch.type.scope == ObjectScope::namespaced)
      forbidden.push_back(watch.type);
  }
  for (const auto& type : forbidden) {
    m_narrow.insert(type.gvk);
    const auto whole = m_watches.find({type.gvk, ""});
    const std::optional<Error> why = whole->second.list->error();
    whole->second.list->stop();
    m_watches.erase(whole);
    std::set<std::string> namespaces;
    for (const auto& [id, entry] : m_entries) {
      if (id.group_kind() == type.gvk.group_kind()) namespaces.insert(id.namespace_);
    }
    for (const auto& name : namespaces) start_watch(type, name, why);
  }
}

void LiveView::tick() {
  const MonotonicTime now = m_clock.monotonic();
  for (auto& [key, watch] : m_watches) {
    if (const auto due = watch.list->wake_at(); due && *due <= now) watch.list->wake(now);
  }
}

std::optional<MonotonicTime> LiveView::next_wakeup() const {
  std::optional<MonotonicTime> next;
  for (const auto& [key, watch] : m_watches) {
    const auto due = watch.list->wake_at();
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

std::vector<WatchView> LiveView::view() const {
  std::vector<WatchView> views;
  for (const auto& [key, watch] : m_watches)
    views.push_back(
        {key.first, watch.list->synced(), m_clock.monotonic() - watch.list->fresh_at(), watch.list->error()});
  return views;
}

}  // namespace reconciled
