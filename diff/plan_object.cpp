#include "diff/body.h"
#include "diff/builtin.h"
#include "diff/compare.h"
#include "diff/ignore.h"
#include "diff/managed_fields.h"
#include "diff/plan_steps.h"
#include "diff/redact.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

constexpr std::size_t k_max_named = 3;

enum class Whose : std::uint8_t { ours, another_stack, nobody };

// Everything that is known of one object while its action is made.
struct Subject {
  const PlanInput& input;
  const Manifest& manifest;
  const Observed& observed;
  Whose whose = Whose::nobody;
  const StackInventory* other = nullptr;  // the row of Whose::another_stack
  bool sent_before = false;               // our last apply sent exactly this body; of a Secret: its keys
  std::vector<Difference> differences;
};

Action& hold(Action& action, ActionKind held, std::string reason) {
  action.kind = ActionKind::hold;
  action.held = held;
  action.reason = std::move(reason);
  action.body = Value();
  return action;
}

// Digests of Secrets are kept where others can read them, so they leave the values out: they prove less.
bool is_secret(const Subject& subject) {
  return subject.manifest.id.group_kind() == GroupKind{"", "Secret"};
}

bool counts(const Difference& difference) {
  return difference.change.ignored_by.empty();
}

std::string list_some(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < k_max_named; ++i) out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > k_max_named) out += " and " + std::to_string(names.size() - k_max_named) + " more";
  return out;
}

std::vector<std::string> changed_paths(const Subject& subject) {
  std::vector<std::string> out;
  for (const Difference& difference : subject.differences) {
    if (counts(difference)) out.push_back(difference.change.path);
  }
  return out;
}

void find_owner(Subject& subject) {
  const StackInventory* row = subject.input.inventory;
  const ObjectId& id = subject.manifest.id;
  const std::string_view uid = subject.observed.object.at({"metadata", "uid"}).as_string();
  const auto proves = [&](const InventoryEntry* entry) {
    if (entry == nullptr) return false;
    return (!entry->uid.empty() && entry->uid == uid) || made_by_us(subject.observed.object);
  };
  if (row != nullptr && (proves(row->find_committed(id)) || proves(row->find_intended(id)))) {
    subject.whose = Whose::ours;
    return;
  }
  for (const auto& [key, candidate] : subject.input.all.stacks) {
    if (candidate->stack == subject.input.stack.id || !proves(candidate->find(id))) continue;
    subject.whose = Whose::another_stack;
    subject.other = candidate.get();
    return;
  }
}

void find_sent_before(Subject& subject, const Digest& desired) {
  const StackInventory* row = subject.whose == Whose::another_stack ? subject.other : subject.input.inventory;
  if (subject.whose == Whose::nobody || row == nullptr) return;
  // Of two rows that have it, nobody knows which was carried out last.
  if (subject.input.shared != nullptr && subject.input.shared->contains(subject.manifest.id)) return;
  const InventoryEntry* committed = row->find_committed(subject.manifest.id);
  const InventoryEntry* intended = row->find_intended(subject.manifest.id);
  // An intent alone proves nothing: what we applied may be what an earlier intent said, of which the commit was lost.
  if (committed == nullptr) return;
  // An intent that says something else may have been carried out.
  subject.sent_before = committed->desired == desired && (intended == nullptr || intended->desired == desired);
}

// Whether another row has the object and says something else of what was sent last.
bool others_disagree(const Subject& subject, const Digest& desired) {
  const ObjectId& id = subject.manifest.id;
  const bool shared = subject.input.shared != nullptr && subject.input.shared->contains(id);
  if (!shared && subject.whose != Whose::another_stack) return false;
  return std::ranges::any_of(subject.input.all.stacks, [&](const auto& entry) {
    const StackInventory& row = *entry.second;
    const InventoryEntry* theirs = row.stack == subject.input.stack.id ? nullptr : row.find(id);
    return theirs != nullptr && theirs->desired != desired;
  });
}

bool says_immutable(std::string_view message) {
  constexpr std::array<std::string_view, 4> k_texts{"field is immutable", "is immutable", "updates to statefulset spec",
                                                    "may not be changed"};
  return std::any_of(k_texts.begin(), k_texts.end(),
                     [&](std::string_view text) { return message.find(text) != std::string_view::npos; });
}

// Fields of others that an apply without force would be refused for.
struct Conflict {
  std::string text;
  bool drift = false;  // an edit by hand of what we had sent
};

// `kubectl scale` writes through the subresource scale, as autoscalers of any name do: only kubectl is a person's hand.
bool is_hand_edit(bool applied, std::string_view subresource, std::string_view manager) {
  const bool scaled = subresource == "scale" && manager.starts_with("kubectl");
  return !applied && (subresource.empty() || scaled) && !is_controller(manager);
}

std::vector<Conflict> find_conflicts(const Subject& subject) {
  std::vector<Conflict> out;
  const auto add = [&](std::string text, bool hand) {
    const auto same = [&](const Conflict& have) { return have.text == text; };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back({std::move(text), hand && subject.sent_before});
  };
  for (const Difference& difference : subject.differences) {
    const bool taken = difference.change.op != FieldChange::Op::add || difference.atomic;
    if (!counts(difference) || !taken) continue;
    for (const Manager& other : difference.others) {
      add(other.name + ": " + difference.field, is_hand_edit(other.applied, other.subresource, other.name));
    }
  }
  // What the dry-run named, unless the differences told it already.
  const std::vector<FieldOwner> owners = read_managed_fields(subject.observed.object);
  for (const std::string& text : subject.observed.conflicts) {
    const std::string_view manager = std::string_view(text).substr(0, text.find(": "));
    const bool hand = std::none_of(owners.begin(), owners.end(), [&](const FieldOwner& owner) {
      return owner.manager == manager &&
             !is_hand_edit(owner.operation == FieldOperation::apply, owner.subresource, owner.manager);
    });
    add(text, hand);
  }
  std::sort(out.begin(), out.end(), [](const Conflict& a, const Conflict& b) { return a.text < b.text; });
  return out;
}

void compare(Subject& subject, Action& action, StackPlan& plan) {
  const ObjectId& id = subject.manifest.id;
  const Trust trust = subject.sent_before && !is_secret(subject) ? Trust::yes : Trust::no;
  subject.differences = subject.observed.predicted
                            ? compare_predicted(*subject.observed.predicted, subject.observed.object, id.group_kind())
                            : compare_desired(action.body, subject.observed.object, id.group_kind(), trust);
  const Autoscaled scaled = subject.input.live.autoscaled.contains(id) ? Autoscaled::yes : Autoscaled::no;
  plan.ignored += mark_ignored(subject.differences, id, subject.input.stack.ignore, scaled);
  // A prediction was made of a body that already left them out: only the local comparison says where they stand.
  std::vector<Difference> local;
  if (subject.observed.predicted) {
    local = compare_desired(action.body, subject.observed.object, id.group_kind(), trust);
    plan.ignored += mark_ignored(local, id, subject.input.stack.ignore, scaled);
  }
  const std::vector<Difference>& placed = subject.observed.predicted ? local : subject.differences;
  if (std::any_of(placed.begin(), placed.end(), [](const Difference& found) { return !counts(found); })) {
    action.body = leave_to_owners(std::move(action.body), placed);
  }
  for (const Difference& found : local) {
    const auto same = [&](const Difference& have) { return have.change.pointer == found.change.pointer; };
    if (counts(found)) continue;
    if (std::any_of(subject.differences.begin(), subject.differences.end(), same)) {
      --plan.ignored;  // counted twice
    } else {
      subject.differences.push_back(found);
    }
  }
  for (const Difference& difference : subject.differences) {
    action.changes.push_back(difference.change);
    redact_change(action.changes.back(), id.group_kind());
  }
}

ChangeCause find_cause(const Subject& subject) {
  const bool foreign = std::any_of(subject.differences.begin(), subject.differences.end(),
                                   [](const Difference& found) { return counts(found) && !found.others.empty(); });
  const bool same_as_sent = subject.sent_before && !is_secret(subject);
  return foreign || same_as_sent ? ChangeCause::manual : ChangeCause::git_ahead;
}

std::string update_reason(const Subject& subject, ChangeCause cause) {
  const std::string paths = list_some(changed_paths(subject));
  if (cause == ChangeCause::git_ahead) return "the repository changed: " + paths;
  for (const Difference& difference : subject.differences) {
    const std::string& manager = difference.change.manager;
    if (counts(difference) && !manager.empty() && manager != k_field_manager) return paths + " changed by " + manager;
  }
  return paths + " changed by hand";
}

// An apply that must delete first. Only the manifest itself can allow it.
Action& plan_recreate(const Subject& subject, Action& action, const std::string& why) {
  if (annotation(subject.manifest.object, k_recreate_annotation) == "true") {
    action.kind = ActionKind::recreate;
    action.reason =
        why + "; its annotation " + std::string(k_recreate_annotation) + " allows to delete and make it again";
    return action;
  }
  return hold(action, ActionKind::recreate,
              why + ": it would have to be deleted and made again; the annotation " +
                  std::string(k_recreate_annotation) + ": \"true\" in its manifest allows that");
}

Action& plan_adoption(const Subject& subject, Action& action) {
  std::vector<std::string> managers;
  for (const FieldOwner& owner : read_managed_fields(subject.observed.object)) {
    if (owner.subresource.empty()) managers.emplace_back(owner.manager);
  }
  std::sort(managers.begin(), managers.end());
  managers.erase(std::unique(managers.begin(), managers.end()), managers.end());
  std::string what = managers.empty() ? "" : ", made by " + list_some(managers);
  const std::vector<std::string> paths = changed_paths(subject);
  what += paths.empty() ? "; nothing in it differs" : "; " + list_some(paths) + " would change";
  if (subject.input.adopt == Adopt::no) {
    return hold(action, ActionKind::adopt,
                "it exists and no inventory claims it" + what + "; `reconcile sync --adopt " +
                    subject.input.stack.id.path() + "` takes it over");
  }
  action.kind = ActionKind::adopt;
  action.force = Force::yes;
  action.reason = "taken over as asked" + what;
  return action;
}

Action& plan_update(const Subject& subject, Action& action) {
  action.cause = find_cause(subject);
  const std::vector<Conflict> conflicts = find_conflicts(subject);
  for (const Conflict& conflict : conflicts) action.conflicts.push_back(conflict.text);
  const bool drift = std::all_of(conflicts.begin(), conflicts.end(), [](const Conflict& found) { return found.drift; });
  if (!conflicts.empty() && !drift && subject.input.adopt == Adopt::no) {
    return hold(action, ActionKind::update,
                "field managers conflict: " + std::string(k_field_manager) + " wants what others own (" +
                    list_some(action.conflicts) +
                    "); ignore the fields, remove them from the repository, or take them by "
                    "`reconcile sync --adopt " +
                    subject.input.stack.id.path() + "`");
  }
  action.kind = ActionKind::update;
  if (!conflicts.empty()) action.force = Force::yes;
  const GroupKind kind = subject.manifest.id.group_kind();
  const bool certain = subject.sent_before && !is_secret(subject) && is_builtin(kind) && !subject.observed.predicted;
  if (certain && action.cause == ChangeCause::manual && subject.whose == Whose::ours) action.doubt = Doubt::no;
  action.reason = update_reason(subject, action.cause);
  return action;
}

// The immutable field that would change, or empty.
std::string immutable_change(const Subject& subject) {
  for (const Difference& difference : subject.differences) {
    if (counts(difference) && is_immutable(subject.manifest.id.group_kind(), difference.change.pointer)) {
      return difference.change.path;
    }
  }
  return {};
}

Action& plan_present(Subject& subject, Action& action, StackPlan& plan) {
  const Value& metadata = subject.observed.object["metadata"];
  action.uid = metadata["uid"].as_string();
  action.resource_version = metadata["resourceVersion"].as_string();
  find_owner(subject);
  find_sent_before(subject, action.desired);
  if (others_disagree(subject, action.desired)) action.last_sent = LastSent::doubtful;
  const GroupKind kind = subject.manifest.id.group_kind();
  if (metadata["deletionTimestamp"].is_string()) {
    return hold(action, ActionKind::create, "it is being deleted: it is made again when it is gone");
  }
  compare(subject, action, plan);
  const bool changes = std::any_of(subject.differences.begin(), subject.differences.end(), counts);
  if (subject.whose == Whose::nobody) return plan_adoption(subject, action);
  if (changes && !subject.observed.predicted) {
    if (subject.observed.rejected) {
      const std::string& message = *subject.observed.rejected;
      if (says_immutable(message)) {
        return plan_recreate(subject, action, "the API server refuses the change: " + redact_message(message, kind));
      }
      return hold(action, ActionKind::update, "the API server refuses the change: " + redact_message(message, kind));
    }
    if (const std::string field = immutable_change(subject); !field.empty()) {
      return plan_recreate(subject, action, field + " cannot be changed");
    }
  }
  if (changes) {
    plan_update(subject, action);
  } else {
    action.kind = ActionKind::keep;
    action.reason = "in sync";
    action.body = Value();
  }
  if (subject.whose == Whose::another_stack) {
    action.reason = "moves from " + subject.other->stack.path() + (changes ? "; " + action.reason : "");
  }
  return action;
}

Action& plan_create(const PlanInput& input, Action& action) {
  action.kind = ActionKind::create;
  const bool known = input.inventory != nullptr && input.inventory->find_committed(action.id) != nullptr;
  action.cause = known ? ChangeCause::missing : ChangeCause::git_ahead;
  action.reason = known ? "it is gone from the cluster" : "new in the repository";
  return action;
}

Action& plan_after(const PlanInput& input, Action& action, const std::string& creator, const std::string& missing) {
  if (creator.empty()) {
    return hold(action, ActionKind::create, missing + " and nothing in this run creates it");
  }
  plan_create(input, action);
  action.after = creator;
  action.reason += ", after " + creator;
  return action;
}

}  // namespace

Action plan_object(const PlanInput& input, const Manifest& manifest, const Creations& creations, StackPlan& plan) {
  Subject subject{input, manifest, input.live.at(manifest.id), Whose::nobody, nullptr, false, {}};
  Action action;
  action.id = manifest.id;
  action.gvk = manifest.gvk;
  action.origin = manifest.origin;
  action.body = make_body(manifest);
  action.desired = desired_digest(action.body, manifest.id.group_kind());
  using State = Observed::State;
  const State state = subject.observed.state;
  const auto wanted = input.desired_by.find(manifest.id);
  if (wanted != input.desired_by.end() && wanted->second != input.stack.id) {
    action.contested = Contested::yes;
    return hold(action, state == State::present ? ActionKind::update : ActionKind::create,
                wanted->second.path() + " wants it, too: it stays with " + wanted->second.path() + ", remove it from " +
                    (input.stack.id.path()) + " or from there");
  }
  switch (state) {
    case State::unknown: {
      const std::string& why = subject.observed.reason;
      action.evidence = Evidence::none;
      return hold(action, ActionKind::update, "could not look: " + (why.empty() ? "it was not observed" : why));
    }
    case State::absent: return plan_create(input, action);
    case State::no_kind:
      return plan_after(input, action, creations.kind_creator(manifest.id),
                        "the API server serves no kind " + manifest.gvk.kind + " in " + manifest.gvk.api_version());
    case State::no_namespace:
      return plan_after(input, action, creations.namespace_creator(manifest.id),
                        "namespace " + manifest.id.namespace_ + " does not exist");
    case State::present: return plan_present(subject, action, plan);
  }
  return action;
}

}  // namespace reconciled
