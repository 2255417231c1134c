#include "tests/sim/oracle.h"

#include "diff/inventory.h"
#include "tests/sim/author.h"

#include <algorithm>
#include <array>

namespace reconciled::sim {
namespace {

constexpr std::string_view k_inventory_namespace = "reconciled-system";
constexpr std::string_view k_inventory_label = "reconcile/installation";
constexpr Duration k_slack = std::chrono::milliseconds(100);
constexpr Duration k_request_time = std::chrono::seconds(30);

std::string encode(const Call& call) {
  return encode_id({"", call.type.gvk.group, call.type.gvk.kind, call.namespace_, call.name});
}

std::string encode(const Value& object) {
  const auto gvk = make_gvk(object["apiVersion"].as_string(), object["kind"].as_string());
  const Value& metadata = object["metadata"];
  return encode_id({"", gvk.group, gvk.kind, std::string(metadata["namespace"].as_string()),
                    std::string(metadata["name"].as_string())});
}

bool is_ready(const Value& object) {
  if (object["kind"].as_string() != "Deployment") return true;
  const Value& status = object["status"];
  return status["observedGeneration"].as_integer() == object.at({"metadata", "generation"}).as_integer() &&
         status["availableReplicas"].as_integer() >= object.at({"spec", "replicas"}).as_integer(1);
}

bool is_own_state(const Call& call) {
  return call.namespace_ == k_inventory_namespace || call.type.gvk.kind == "Lease" ||
         (call.type.gvk.kind == "Namespace" && call.name.empty()) || call.type.gvk.kind == "Event";
}

}  // namespace

std::string_view name_of(Who who) {
  constexpr std::array<std::string_view, 6> k_names{"ours", "other", "person", "controller", "kubelet", "cluster"};
  return k_names[static_cast<std::size_t>(who)];
}

bool is_write(const Call& call) {
  return call.dry_run == DryRun::no && (call.verb == Verb::create || call.verb == Verb::apply ||
                                        call.verb == Verb::merge_patch || call.verb == Verb::remove);
}

std::string describe(const Call& call) {
  constexpr std::array<std::string_view, 8> k_verbs{"discover", "get",   "list",        "watch",
                                                    "create",   "apply", "merge_patch", "remove"};
  std::string text(k_verbs[static_cast<std::size_t>(call.verb)]);
  if (call.verb == Verb::discover) return text;
  std::string name = call.name;
  if (name.empty()) name = call.body.at({"metadata", "name"}).as_string();
  text += " " + call.type.gvk.kind + " " + call.namespace_ + "/" + name;
  if (call.dry_run == DryRun::yes) text += " (dry run)";
  if (call.force == Force::yes) text += " (force)";
  if (!call.resource_version.empty()) text += " @" + call.resource_version;
  return text;
}

void Oracle::report(std::string invariant, std::string what) {
  if (!m_violation) m_violation = Violation{std::move(invariant), std::move(what)};
}

const Oracle::Moment* Oracle::now_of(const std::string& id) const {
  const auto at = m_history.find(id);
  return at == m_history.end() || at->second.empty() ? nullptr : &at->second.back();
}

/// Whether a test held at some moment of the last time.
template <class Test>
bool Oracle::ever(const std::string& id, Duration within, const Test& test) const {
  const auto at = m_history.find(id);
  if (at == m_history.end()) return test(Moment{});
  const MonotonicTime from = m_clock.monotonic() - within;
  for (auto moment = at->second.rbegin(); moment != at->second.rend(); ++moment) {
    if (test(*moment)) return true;
    if (moment->from <= from) return false;
  }
  return test(Moment{});
}

std::vector<const Oracle::Row*> Oracle::rows_of(const std::string& id) const {
  std::vector<const Row*> rows;
  for (const auto& [page, by_key] : m_pages) {
    for (const auto& [key, row] : by_key) {
      if (row.ids.contains(id)) rows.push_back(&row);
    }
  }
  return rows;
}

void Oracle::on_start(const Sender& sender, const Call& call) {
  if (sender.who != Who::ours) return;
  if (is_write(call) && call.type.gvk.kind != "Lease") check_lease(sender, call);
  if (call.verb == Verb::remove && call.dry_run == DryRun::no) check_delete(sender, call);
}

void Oracle::check_lease(const Sender& sender, const Call& call) {
  if (!sender.needs_lease) return;
  const MonotonicTime now = m_clock.monotonic();
  const auto own = m_leases.find(sender.name);
  if (own == m_leases.end())
    return report("a writer holds the lease", sender.name + " holds none and sends " + describe(call));
  if (own->second + k_slack < now)
    return report("no write starts after its writer's lease deadline",
                  sender.name + " sends " + describe(call) + ", " + format_duration(now - own->second) + " late");
  for (const auto& [other, until] : m_leases) {
    if (other != sender.name && until > now + k_slack)
      report("one writer at a time", sender.name + " sends " + describe(call) + " while " + other + " holds the lease");
  }
}

void Oracle::check_delete(const Sender& sender, const Call& call) {
  const std::string id = encode(call);
  const auto refuse = [&](const std::string& why) {
    report("no evidence, no delete", sender.name + " deletes " + id + ": " + why);
  };
  if (call.uid.empty() || call.resource_version.empty()) return refuse("without UID and resourceVersion");
  if (is_own_state(call)) return refuse("it is the program's own state");
  const auto life = m_lives.find(call.uid);
  if (life != m_lives.end() && life->second.maker != Who::ours)
    return refuse("it was made by " + std::string(name_of(life->second.maker)));
  // What the process knew: the tree it has, or had a moment ago (a run ends what it began).
  std::string why = "it was never told what is desired";
  bool justified = false;
  for (const auto& load : sender.loads) {
    if (load.until < m_clock.monotonic() - std::chrono::minutes(5)) continue;
    const auto wanted = load.commit->wanted.find(id);
    if (wanted != load.commit->wanted.end())
      why = wanted->second.stack + " of " + load.commit->revision.commit.substr(0, 8) + " wants it";
    else if (!load.readable)
      why = "a stack of " + load.commit->revision.commit.substr(0, 8) + " could not be read, it may have moved there";
    else
      justified = true;
  }
  if (!justified) return refuse(why);
  const std::vector<const Row*> rows = rows_of(id);
  if (rows.empty()) return refuse("no inventory names it");
  if (sender.confirmed) return;
  const auto gvk_kind = call.type.gvk.kind;
  if (gvk_kind == "Namespace" || gvk_kind == "CustomResourceDefinition") return refuse("its kind is protected");
  // An object that moved may be in two rows: one that may let it go is enough.
  std::string held;
  for (const Row* row : rows) {
    held = why_held(sender, *row);
    if (held.empty()) return;
  }
  refuse(held);
}

/// Why a row lets none of its objects go; empty: it may.
std::string Oracle::why_held(const Sender& sender, const Row& row) {
  const auto renders = [&](const Load& load) { return load.commit->rendering.contains(row.stack); };
  if (std::ranges::none_of(sender.loads, renders)) return row.stack + " renders nothing, and nobody confirmed";
  Deletes& deletes = m_deletes[row.stack];
  if (deletes.epoch != row.epoch) deletes = {row.epoch, 0};
  const std::size_t limit =
      std::max<std::size_t>(m_options.guard.max_count, row.ids.size() * m_options.guard.max_percent / 100);
  // A delete that was refused is tried again, at most twice.
  return ++deletes.count > 3 * limit ? "more than the limit of " + row.stack + " go" : "";
}

void Oracle::before(const Sender& sender, const Call& call, MonotonicTime started) {
  if (sender.who != Who::ours || !is_write(call)) return;
  if (call.type.gvk.kind != "Lease") ++m_writes;
  if (call.verb == Verb::apply && !is_own_state(call)) check_apply(sender, call, started);
}

/// An apply without a UID would make what is not there: only what was seen to be absent may be sent so.
void Oracle::check_apply(const Sender& sender, const Call& call, MonotonicTime started) {
  if (!call.body.at({"metadata", "uid"}).as_string().empty()) return;
  const std::string id = encode(call);
  const Duration within = m_clock.monotonic() - started + m_options.bound + k_request_time;
  if (call.force == Force::yes) return report("an update carries the UID", sender.name + " sends " + describe(call));
  if (!ever(id, within, [](const Moment& moment) { return !moment.present; }))
    report("an update carries the UID",
           sender.name + " sends " + describe(call) + ", which was there for " + format_duration(within) + " and more");
}

void Oracle::note_lease(const Sender& sender, const Call& call, const Answer& answer, MonotonicTime started) {
  if (!answer.object) return;
  const Value& spec = (*answer.object)["spec"];
  const std::string holder(spec["holderIdentity"].as_string());
  if (holder == sender.name)
    m_leases[holder] = started + std::chrono::seconds(spec["leaseDurationSeconds"].as_integer());
  else
    m_leases.erase(sender.name);
  (void)call;
}

void Oracle::after(const Sender& sender, const Call& call, const Answer& answer, MonotonicTime started) {
  if (is_write(call) && call.type.gvk.kind == "Lease") note_lease(sender, call, answer, started);
  follow_as(sender.who, &sender);
}

void Oracle::follow(Who who) {
  follow_as(who, nullptr);
}

void Oracle::follow_as(Who who, const Sender* sender) {
  const auto& store = m_model.store();
  if (store.version() == m_followed) return;
  for (const auto& change : store.changes_after(m_followed)) take_change(change, who, sender);
  m_followed = store.version();
}

void Oracle::take_change(const sandbox::Change& change, Who who, const Sender* sender) {
  const Value& object = change.after.is_null() ? change.before : change.after;
  const std::string_view kind = object["kind"].as_string();
  if (kind == "Lease" || kind == "Event") return;
  if (kind == "ConfigMap" && change.key.namespace_ == k_inventory_namespace) return take_page(change);
  const std::string id = encode(object);
  const std::string uid(object.at({"metadata", "uid"}).as_string());
  auto& history = m_history[id];
  const MonotonicTime now = m_clock.monotonic();
  while (history.size() > 1 && history[1].from < now - std::chrono::minutes(10)) history.pop_front();
  if (change.after.is_null()) {
    history.push_back({now, false, false, "", ""});
    m_lives.erase(uid);
    return;
  }
  history.push_back({now, true, is_ready(object), essence_of(object), uid});
  const bool own = change.key.namespace_ == k_inventory_namespace || change.key.name == k_inventory_namespace;
  if (change.before.is_null()) {
    m_lives[uid] = {who, now, id};
    if (who == Who::ours && !own && rows_of(id).empty())
      report("the inventory names what we made", sender->name + " makes " + id + ", which no row has");
    return;
  }
  const auto life = m_lives.find(uid);
  if (who != Who::ours || life == m_lives.end() || own) return;
  const bool foreign = life->second.maker != Who::ours && life->second.maker != Who::cluster;
  if (foreign && life->second.born < now - m_options.bound - k_request_time)
    report("what others made is left alone", sender->name + " changes " + id + ", made by " +
                                                 std::string(name_of(life->second.maker)) + " " +
                                                 format_duration(now - life->second.born) + " ago");
}

void Oracle::take_page(const sandbox::Change& change) {
  auto& rows = m_pages[change.key.name];
  const Value& labels = change.after.at({"metadata", "labels"});
  std::map<std::string, Row> before = std::move(rows);
  rows.clear();
  if (change.after.is_null() || labels[k_inventory_label].as_string() != "default") return;
  for (const auto& [key, text] : change.after["data"].entries()) {
    auto row = decode_row(text.as_string(), "");
    if (!row) {
      report("the inventory can be read", format_error(row.error()));
      continue;
    }
    Row& known = rows[std::string(key.as_string())];
    known.stack = row->stack.path();
    known.epoch = row->epoch;
    for (const auto& entry : row->all()) known.ids.insert(encode_id(entry.id));
  }
  // Nothing of ours that lives may have lost its last row.
  std::set<std::string> lost;
  for (const auto& [key, row] : before) {
    for (const auto& id : row.ids) lost.insert(id);
  }
  for (const auto& id : lost) {
    const Moment* moment = now_of(id);
    if (moment == nullptr || !moment->present || !rows_of(id).empty()) continue;
    const auto life = m_lives.find(moment->uid);
    if (life != m_lives.end() && life->second.maker == Who::ours)
      report("the inventory names what we made", "the last row that had " + id + " lost it while it lives");
  }
}

void Oracle::on_text(const Sender& sender, std::string_view text) {
  if (text.find("Y2FuYXJ5") != std::string_view::npos || text.find(k_canary) != std::string_view::npos)
    report("no secret in an output", sender.name + " says: " + std::string(text));
}

void Oracle::on_view(const Sender& sender, const EnvironmentView& view) {
  ++m_views;
  const Duration bound = m_options.bound + std::chrono::seconds(5);
  for (const auto& stack : view.stacks) {
    const bool green = stack.sync == SyncState::in_sync;
    const bool healthy = green && stack.health.state == HealthState::healthy;
    if (!green) continue;
    std::shared_ptr<const Commit> commit;
    for (const auto& load : sender.loads) {
      if (load.commit->revision.commit == stack.revision) commit = load.commit;
    }
    const std::string path = stack.id.path();
    if (commit == nullptr) {
      report("status is never greener than the truth",
             sender.name + " calls " + path + " in sync at " + stack.revision + ", which it never loaded");
      continue;
    }
    for (const auto& [id, wanted] : commit->wanted) {
      if (wanted.stack != path) continue;
      const bool was =
          ever(id, bound, [&](const Moment& moment) { return moment.present && moment.essence == wanted.essence; });
      if (!was)
        report("status is never greener than the truth", sender.name + " calls " + path + " in sync; " + id +
                                                             " was not what " + stack.revision.substr(0, 8) +
                                                             " wants for " + format_duration(bound));
      const bool ready =
          !healthy || ever(id, bound, [](const Moment& moment) { return moment.present && moment.ready; });
      if (!ready)
        report("status is never greener than the truth",
               sender.name + " calls " + path + " healthy; " + id + " was not ready for " + format_duration(bound));
    }
  }
}

bool Oracle::is_left_over(const Life& life, const Commit& commit) const {
  const bool own = life.id.find(k_inventory_namespace) != std::string::npos;
  return life.maker == Who::ours && !own && !commit.wanted.contains(life.id);
}

/// Whether the guard of some stack keeps an object that nobody wants.
bool Oracle::must_be_held(const std::string& id, const Commit& commit) const {
  const ObjectId object = decode_id(id, "");
  if (object.kind == "Namespace" || object.kind == "CustomResourceDefinition") return true;
  for (const Row* row : rows_of(id)) {
    const bool renders =
        std::ranges::any_of(commit.wanted, [&](const auto& entry) { return entry.second.stack == row->stack; });
    const auto leaving = static_cast<std::size_t>(std::ranges::count_if(row->ids, [&](const std::string& other) {
      const Moment* moment = now_of(other);
      return moment != nullptr && moment->present && !commit.wanted.contains(other);
    }));
    const std::size_t limit =
        std::max<std::size_t>(m_options.guard.max_count, row->ids.size() * m_options.guard.max_percent / 100);
    if (!renders || leaving > limit) return true;
  }
  return false;
}

bool Oracle::has_left_over(const Commit& commit, Held held) const {
  return std::ranges::any_of(m_lives, [&](const auto& entry) {
    const Life& life = entry.second;
    return is_left_over(life, commit) && (held == Held::no || !must_be_held(life.id, commit));
  });
}

bool Oracle::is_wrong(const Commit& commit, const std::string& id) const {
  const auto wanted = commit.wanted.find(id);
  const Moment* moment = now_of(id);
  const bool present = moment != nullptr && moment->present;
  return wanted != commit.wanted.end() && present && moment->essence != wanted->second.essence;
}

bool Oracle::has_wrong(const Commit& commit) const {
  return std::ranges::any_of(commit.wanted, [&](const auto& entry) {
    const Moment* moment = now_of(entry.first);
    return moment == nullptr || !moment->present || moment->essence != entry.second.essence;
  });
}

std::vector<std::string> Oracle::differences(const Commit& commit) const {
  std::vector<std::string> out;
  for (const auto& [id, wanted] : commit.wanted) {
    const Moment* moment = now_of(id);
    if (moment == nullptr || !moment->present)
      out.push_back(id + " of " + wanted.stack + " is missing");
    else if (moment->essence != wanted.essence)
      out.push_back(id + " of " + wanted.stack + " is " + moment->essence + " and should be " + wanted.essence);
  }
  for (const auto& [uid, life] : m_lives) {
    if (!is_left_over(life, commit)) continue;
    out.push_back(life.id + " is left over" + (must_be_held(life.id, commit) ? " (held)" : ""));
  }
  return out;
}

std::vector<ObjectId> Oracle::made_by_others(const Commit& commit) const {
  std::vector<ObjectId> out;
  for (const auto& [id, wanted] : commit.wanted) {
    const Moment* moment = now_of(id);
    if (moment == nullptr || !moment->present) continue;
    const auto life = m_lives.find(moment->uid);
    if (life != m_lives.end() && life->second.maker != Who::ours) out.push_back(decode_id(id, ""));
  }
  return out;
}

}  // namespace reconciled::sim
