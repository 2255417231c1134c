// What left the repository. Every rule here answers one question: is there evidence that the object is ours and
// unwanted?
#include "base/plant.h"
#include "diff/plan_steps.h"

#include <algorithm>
#include <array>
#include <set>

namespace reconciled {
namespace {

struct ProtectedKind {
  std::string_view group;
  std::string_view kind;
};
constexpr std::array k_protected{
    ProtectedKind{"", "Namespace"},
    ProtectedKind{"apiextensions.k8s.io", "CustomResourceDefinition"},
    ProtectedKind{"", "PersistentVolume"},
    ProtectedKind{"", "PersistentVolumeClaim"},
};

bool is_protected(const ObjectId& id) {
  return std::any_of(k_protected.begin(), k_protected.end(),
                     [&](const ProtectedKind& row) { return row.group == id.group && row.kind == id.kind; });
}

std::string plural(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

class PrunePlanner {
 public:
  PrunePlanner(const PlanInput& input, StackPlan& plan) : m_input(input), m_plan(plan) {
    m_desired.reserve(input.desired.manifests.size());
    for (const Manifest& manifest : input.desired.manifests) m_desired.push_back(&manifest.id);
    std::sort(m_desired.begin(), m_desired.end(), by_id);
  }

  void run() {
    const auto stays = [this](const InventoryEntry& entry) { return is_desired(entry.id); };
    const StackInventory& row = *m_input.inventory;
    if (std::ranges::all_of(row.entries, stays) && std::ranges::all_of(row.intent, stays)) return;  // most stacks
    note_desired_uids();
    const std::vector<InventoryEntry> owned = row.all();
    for (const InventoryEntry& entry : owned) {
      if (!is_desired(entry.id)) judge(entry);
    }
    guard(owned.size());
    for (Action& action : m_candidates) m_plan.actions.push_back(std::move(action));
  }

 private:
  static bool by_id(const ObjectId* a, const ObjectId* b) { return *a < *b; }
  [[nodiscard]] bool is_desired(const ObjectId& id) const {
    return std::binary_search(m_desired.begin(), m_desired.end(), &id, by_id);
  }

  void note_desired_uids() {
    for (const ObjectId* id : m_desired) {
      const Observed& observed = m_input.live.at(*id);
      if (observed.state != Observed::State::present) continue;
      m_desired_uids.emplace(observed.object.at({"metadata", "uid"}).as_string());
    }
  }

  void judge(const InventoryEntry& entry) {
    if (moved(entry)) return;
    const Observed& observed = m_input.live.at(entry.id);
    using State = Observed::State;
    switch (observed.state) {
      case State::absent:
      case State::no_kind:
      case State::no_namespace: return;
      case State::unknown:
        add(entry, ActionKind::hold, "could not look: " + observed.reason + "; it is not pruned without evidence");
        m_candidates.back().evidence = Evidence::none;
        return;
      case State::present: judge_present(entry, observed); return;
    }
  }

  // Whether the object lives on under another name, in another version, or in another stack.
  bool moved(const InventoryEntry& entry) {
    if (!entry.uid.empty() && m_desired_uids.contains(entry.uid)) {
      m_plan.released.push_back(entry.id);
      return true;
    }
    const std::string key = m_input.stack.id.key();
    const auto wanted = m_input.desired_by.find(entry.id);
    const StackInventory* waits_for = nullptr;
    for (const auto& [other, row] : m_input.all.stacks) {
      const InventoryEntry* theirs = other == key ? nullptr : row->find_committed(entry.id);
      if (theirs == nullptr) continue;
      // Two rows have it: the one that is wanted keeps it, else the first by name.
      const bool first = wanted != m_input.desired_by.end() ? wanted->second.key() == other : other < key;
      if (!first || !proves_no_less(*theirs, entry)) continue;
      if (!believes_nothing_older(*theirs, entry)) {
        waits_for = row.operator->();
        continue;
      }
      m_plan.released.push_back(entry.id);
      return true;
    }
    const bool stays = wanted != m_input.desired_by.end() || waits_for != nullptr;
    if (!stays || planted(Plant::transfer_pruned)) return false;
    add(entry, ActionKind::keep,
        "moves to " + (waits_for != nullptr ? waits_for->stack.path() : wanted->second.path()));
    m_candidates.back().contested = Contested::yes;
    return true;
  }

  // Whether an object may be left to another row: the last one that proves whose it is must not go.
  [[nodiscard]] bool proves_no_less(const InventoryEntry& theirs, const InventoryEntry& own) const {
    const Observed& observed = m_input.live.at(own.id);
    if (observed.state != Observed::State::present) return theirs.uid == own.uid || own.uid.empty();
    return proves_ours(theirs, observed.object) || !proves_ours(own, observed.object);
  }

  // Of two rows nobody knows which was carried out last: the other stack's next run takes the trust out of its digest
  // (Action::last_sent), and until then this row stays as the sign that it must.
  static bool believes_nothing_older(const InventoryEntry& theirs, const InventoryEntry& own) {
    return theirs.desired == Digest{} || theirs.desired == own.desired;
  }

  static bool proves_ours(const InventoryEntry& entry, const Value& object) {
    return entry.uid.empty() ? made_by_us(object) : entry.uid == object.at({"metadata", "uid"}).as_string();
  }

  void judge_present(const InventoryEntry& entry, const Observed& observed) {
    const Value& metadata = observed.object["metadata"];
    const std::string_view uid = metadata["uid"].as_string();
    if (entry.uid.empty() && !uid.empty() && !proves_ours(entry, observed.object) && applied_by_us(observed.object)) {
      add(entry, ActionKind::hold,
          "no longer in the repository; an apply of ours whose answer was lost may have made it, and others wrote it, "
          "too: "
          "a person decides whether it goes");
      return;
    }
    if (!proves_ours(entry, observed.object) || uid.empty()) {
      m_plan.released.push_back(entry.id);
      m_plan.warnings.push_back(format_id(entry.id) +
                                " was made again by somebody else: it is not ours any more and stays");
      return;
    }
    if (metadata["deletionTimestamp"].is_string()) {
      add(entry, ActionKind::keep, "it is being deleted");
    } else if (annotation(observed.object, k_prune_annotation) == "false") {
      add(entry, ActionKind::keep,
          "no longer in the repository; its annotation " + std::string(k_prune_annotation) + ": \"false\" keeps it");
    } else {
      add(entry, ActionKind::prune, "no longer in the repository");
    }
  }

  void add(const InventoryEntry& entry, ActionKind kind, std::string reason) {
    Action action;
    action.kind = kind;
    action.id = entry.id;
    action.cause = ChangeCause::orphan;
    action.reason = std::move(reason);
    action.gvk = {entry.id.group, "", entry.id.kind};
    action.uid = entry.uid;
    if (kind == ActionKind::hold) action.held = ActionKind::prune;
    if (m_input.shared != nullptr && m_input.shared->contains(entry.id)) action.last_sent = LastSent::doubtful;
    const Observed& observed = m_input.live.at(entry.id);
    if (observed.state == Observed::State::present) {
      action.gvk = make_gvk(observed.object["apiVersion"].as_string(), entry.id.kind);
      // Without a proof that it is ours its UID is not noted: it would be taken for one later.
      if (proves_ours(entry, observed.object)) action.uid = observed.object.at({"metadata", "uid"}).as_string();
      action.resource_version = observed.object.at({"metadata", "resourceVersion"}).as_string();
    }
    m_candidates.push_back(std::move(action));
  }

  void guard(std::size_t owned) {
    const auto leaving =
        static_cast<std::size_t>(std::count_if(m_candidates.begin(), m_candidates.end(),
                                               [](const Action& action) { return action.kind == ActionKind::prune; }));
    const std::size_t limit = std::max<std::size_t>(m_input.guard.max_count, owned * m_input.guard.max_percent / 100);
    std::string all;
    if (m_input.prune == PruneAnswer::forbidden) {
      all = m_input.forbidden_reason.empty() ? "nothing may be pruned in this run" : m_input.forbidden_reason;
    } else if (m_input.stack.sync.prune == Enabled::no) {
      all = "the stack's sync.prune is off";
    } else if (m_input.prune == PruneAnswer::guarded && m_input.desired.manifests.empty() &&
               !planted(Plant::empty_render_pruned)) {
      all =
          "nothing is rendered while the inventory has " + plural(owned, "object") + "; `--prune` confirms that all go";
    } else if (m_input.prune == PruneAnswer::guarded && leaving > limit) {
      all = plural(leaving, "object") + " of " + std::to_string(owned) + " would go, more than the limit of " +
            std::to_string(limit) + "; `--prune` confirms it";
    }
    for (Action& action : m_candidates) {
      if (action.kind != ActionKind::prune) continue;
      std::string why = all;
      if (why.empty() && m_input.prune == PruneAnswer::guarded && is_protected(action.id)) {
        why = "what a " + action.id.kind + " holds goes with it; `--prune` confirms it";
      }
      if (why.empty()) continue;
      action.kind = ActionKind::hold;
      action.held = ActionKind::prune;
      action.reason += ", and held: " + why;
    }
  }

  const PlanInput& m_input;
  StackPlan& m_plan;
  std::vector<const ObjectId*> m_desired;  // sorted by_id
  std::set<std::string, std::less<>> m_desired_uids;
  std::vector<Action> m_candidates;
};

}  // namespace

void plan_prunes(const PlanInput& input, StackPlan& plan) {
  if (input.inventory != nullptr) PrunePlanner(input, plan).run();
}

}  // namespace reconciled
