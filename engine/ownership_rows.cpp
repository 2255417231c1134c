#include "engine/ownership_rows.h"

#include "base/plant.h"
#include "diff/owned_digest.h"
#include "diff/plan_steps.h"

#include <algorithm>
#include <map>
#include <set>

namespace reconciled {
namespace {

std::vector<InventoryEntry> sorted(std::map<ObjectId, InventoryEntry> entries) {
  std::vector<InventoryEntry> result;
  result.reserve(entries.size());
  for (auto& [id, entry] : entries) result.push_back(std::move(entry));
  return result;
}

/// Whether an object that only the intent has may be there and ours, though this run did not do what it was to do.
bool may_exist(const Action& action, const ActionResult& result) {
  // Those were found to be ours; an adoption that failed leaves what it met to others.
  const bool proven =
      action.kind == ActionKind::update || action.kind == ActionKind::recreate || action.kind == ActionKind::prune;
  if (proven) return true;
  if (action.kind != ActionKind::create || !result.error) return false;
  if (result.sent_again) return true;
  const ErrorKind kind = result.error->kind;
  return kind != ErrorKind::api_rejected && kind != ErrorKind::api_auth && kind != ErrorKind::api_conflict &&
         kind != ErrorKind::api_missing;
}

/// Whether an object only waits in this row for another one to take it.
bool moves(const Action& action) {
  return action.kind == ActionKind::keep && action.contested == Contested::yes;
}

/// The entry of an object that the run left as it is.
InventoryEntry leave_entry(const Action& action, const InventoryEntry* known) {
  InventoryEntry entry = known != nullptr ? *known : InventoryEntry{action.id, "", action.desired};
  const bool doubtful = action.kind == ActionKind::hold && action.held == ActionKind::adopt;
  if (!doubtful && !action.uid.empty() && entry.uid.empty()) entry.uid = action.uid;
  // What another stack wants, too, is what that one sent.
  if (action.contested == Contested::yes && !moves(action)) entry.desired = Digest{};
  if (action.kind != ActionKind::keep || action.hook || moves(action)) return entry;
  // The plan found it to be ours; and what is as it is wanted, though no digest was trusted, may be trusted again.
  if (!action.uid.empty()) entry.uid = action.uid;
  if (entry.desired == Digest{} && action.cause != ChangeCause::orphan) entry.desired = action.desired;
  return entry;
}

}  // namespace

bool writes(const Action& action) {
  switch (action.kind) {
    case ActionKind::create:
    case ActionKind::update:
    case ActionKind::recreate:
    case ActionKind::adopt:
    case ActionKind::prune: return true;
    case ActionKind::keep:
    case ActionKind::hold: return false;
  }
  return false;
}

StackInventory make_intent_row(const StackPlan& plan, const StackInventory* before, const std::string& stack_uid,
                               const std::string& writer) {
  StackInventory row;
  if (before != nullptr) row = *before;
  row.stack = plan.stack;
  row.stack_uid = stack_uid;
  row.writer = writer;
  ++row.epoch;
  std::map<ObjectId, InventoryEntry> intent;
  for (const auto& entry : row.intent) intent.emplace(entry.id, entry);  // of a run that never finished
  for (const auto& action : plan.actions) {
    if (!writes(action)) continue;
    InventoryEntry& entry = intent[action.id];
    entry.id = action.id;
    // What a create met is not known to be ours before its answer; a UID there is of an object that is gone.
    entry.uid = action.kind == ActionKind::create ? "" : action.uid;
    if (action.kind != ActionKind::prune) entry.desired = action.desired;
    // The one that was committed is gone: its UID must not speak against the one that is made now.
    const bool makes = action.kind == ActionKind::create || action.kind == ActionKind::recreate;
    const auto committed = std::ranges::lower_bound(row.entries, action.id, {}, &InventoryEntry::id);
    if (makes && committed != row.entries.end() && committed->id == action.id) committed->uid.clear();
  }
  if (planted(Plant::commit_before_apply)) {
    std::map<ObjectId, InventoryEntry> entries;
    for (const auto& entry : row.entries) entries.emplace(entry.id, entry);
    for (const auto& action : plan.actions) {
      if (action.kind == ActionKind::prune) intent.erase(action.id);
      if (action.kind == ActionKind::prune) entries.erase(action.id);
    }
    entries.merge(intent);
    row.entries = sorted(std::move(entries));
    row.intent.clear();
    return row;
  }
  row.intent = sorted(std::move(intent));
  return row;
}

StackInventory make_committed_row(const StackPlan& plan, const std::vector<ActionResult>& results,
                                  const LiveState& live, const StackInventory& intent, const std::string& revision) {
  std::map<ObjectId, InventoryEntry> entries;
  std::set<ObjectId> spoken_of(plan.released.begin(), plan.released.end());
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    const Action& action = plan.actions[i];
    const ActionResult& result = results[i];
    const InventoryEntry* known = intent.find(action.id);
    spoken_of.insert(action.id);
    switch (result.outcome) {
      case ActionResult::Outcome::applied: entries[action.id] = {action.id, result.uid, action.desired}; break;
      case ActionResult::Outcome::pruned: break;
      case ActionResult::Outcome::unchanged: {
        const bool held = action.kind == ActionKind::hold;
        if (held && known == nullptr) break;  // somebody else's
        // Nobody knows whose it is, and one that we knew is gone.
        if (held && action.held == ActionKind::adopt && !known->uid.empty()) break;
        entries[action.id] = leave_entry(action, known);
        break;
      }
      case ActionResult::Outcome::planned:
      case ActionResult::Outcome::terminating:
      case ActionResult::Outcome::failed:
      case ActionResult::Outcome::skipped: {
        const auto committed = std::ranges::find(intent.entries, action.id, &InventoryEntry::id);
        if (committed != intent.entries.end())
          entries[action.id] = *committed;
        else if (may_exist(action, result) && known != nullptr)
          entries[action.id] = *known;
        // What there is of it is not what was to be sent; and what a hook's entry says is that it ran.
        const bool only_intended = committed == intent.entries.end();
        if (const auto entry = entries.find(action.id); (action.hook || only_intended) && entry != entries.end())
          entry->second.desired = Digest{};
        break;
      }
    }
  }
  for (const auto& entry : intent.all()) {
    if (spoken_of.contains(entry.id)) continue;
    const Observed& observed = live.at(entry.id);
    const bool gone = observed.state == Observed::State::absent || observed.state == Observed::State::no_kind ||
                      observed.state == Observed::State::no_namespace;
    const bool another = observed.state == Observed::State::present && !entry.uid.empty() &&
                         observed.object.at({"metadata", "uid"}).as_string() != entry.uid;
    if (!gone && !another) entries.emplace(entry.id, entry);
  }
  // What was intended with other content may have been carried out: what was sent last is not known then.
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    const auto entry = entries.find(plan.actions[i].id);
    if (entry == entries.end() || results[i].outcome == ActionResult::Outcome::applied) continue;
    const InventoryEntry* intended = intent.find_intended(entry->first);
    if (intended != nullptr && intended->desired != entry->second.desired) entry->second.desired = Digest{};
  }
  // Two rows have it: none may believe that it was the last to send.
  for (const Action& action : plan.actions) {
    const auto entry = entries.find(action.id);
    if (entry != entries.end() && action.last_sent == LastSent::doubtful && !action.hook && !moves(action))
      entry->second.desired = Digest{};
  }
  StackInventory row = intent;
  row.charts = remember_charts(plan.charts, intent.charts);
  row.entries = sorted(std::move(entries));
  row.intent.clear();
  row.revision = revision;
  return row;
}

ActionResult::Seen see(const Value& object) {
  const Value& metadata = object["metadata"];
  return {std::string(metadata["uid"].as_string()), std::string(metadata["resourceVersion"].as_string()),
          digest_owned(object)};
}

bool written_by_us_alone(const Value& object) {
  const auto managers = object.at({"metadata", "managedFields"}).items();
  const bool ours = std::ranges::any_of(managers, [](const Value& entry) {
    return entry["manager"].as_string() == k_field_manager && entry["operation"].as_string() == "Apply";
  });
  return ours && std::ranges::all_of(managers, [](const Value& entry) {
           return entry["manager"].as_string() == k_field_manager || entry["subresource"].as_string() == "status";
         });
}

}  // namespace reconciled
