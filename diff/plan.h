// The plan: every action a run would take, each with the reason. A value that is printed or executed.
#pragma once

#include "base/digest.h"
#include "base/value.h"
#include "diff/inventory.h"
#include "diff/live_state.h"
#include "ports/cluster.h"
#include "stacks/manifest.h"
#include "stacks/stack.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// The field manager of everything that the program applies, daemon and command line alike.
constexpr std::string_view k_field_manager = "reconciled";

enum class ActionKind : std::uint8_t {
  create,    ///< the object is not there
  update,    ///< it is ours and differs
  recreate,  ///< it must be deleted and made again (opted in by annotation), because a field is immutable
  adopt,     ///< it is there, nobody's in any inventory, and the user asked to take it over
  prune,     ///< it is ours and no longer desired
  keep,      ///< nothing to do
  hold,      ///< something should happen, and a person decides first
};

enum class ChangeCause : std::uint8_t {
  git_ahead,  ///< the repository changed since the last sync
  manual,     ///< a foreign manager changed a field that we own or want
  missing,    ///< the object is gone
  orphan,     ///< no longer desired
};

/// Whether the cluster could be looked at: without evidence nothing is said about an object.
enum class Evidence : bool { none, seen };

/// One field that differs.
struct FieldChange {
  enum class Op : std::uint8_t { add, replace, remove };
  Op op = Op::replace;
  std::string pointer;     ///< JSON pointer: /spec/template/spec/containers/0/image
  std::string path;        ///< for people: spec.template.spec.containers[name=app].image
  Value live;              ///< null when added; redacted for Secrets
  Value desired;           ///< null when removed
  std::string manager;     ///< who owns the live value, from managedFields; empty: nobody
  std::string time;        ///< that manager's last write, RFC 3339; empty: unknown
  std::string ignored_by;  ///< the rule that hides it; empty: it counts
  bool operator==(const FieldChange&) const = default;
};

enum class Contested : bool { no, yes };
/// Whether the row of the stack alone tells what was sent last.
enum class LastSent : bool { known, doubtful };
/// Whether only a dry-run tells what an update would change. Not where a hand changed what our last apply had set.
enum class Doubt : bool { no, yes };

/// Where in its stack's run an action stands.
enum class Phase : std::uint8_t {
  foundation,  ///< namespaces and CustomResourceDefinitions: hooks may need them
  before,      ///< hooks that run before the other objects, one after another
  main,
  after,   ///< hooks that run once the other objects are healthy, one after another
  leaving  ///< what is no longer desired
};

struct Action {
  ActionKind kind = ActionKind::keep;
  ObjectId id;
  std::string reason;  ///< a sentence for a person: "replicas differ: kubectl-edit wrote them 3h ago"
  std::string after;   ///< what must come first: "CustomResourceDefinition widgets.example.com"; create only
  ChangeCause cause = ChangeCause::git_ahead;
  std::vector<FieldChange> changes;
  Value body;                      ///< what apply sends; null for prune, keep and hold
  GroupVersionKind gvk;            ///< of the body, or of the live object
  std::string uid;                 ///< update, recreate, adopt, prune: the UID it was planned with
  std::string resource_version;    ///< prune, recreate: as observed
  std::optional<ActionKind> held;  ///< hold: what is being held
  Origin origin;                   ///< empty for prune
  Digest desired;                  ///< what the inventory keeps (desired_digest of the manifest's body); zero for prune
  Evidence evidence = Evidence::seen;  ///< none: held, because nobody could look
  Force force = Force::no;             ///< update, adopt: take the fields that `conflicts` names from their managers
  std::vector<std::string> conflicts;  ///< fields that others own, sorted: "kubectl-edit: .spec.replicas"
  Phase phase = Phase::main;
  std::optional<Hook> hook{};           ///< of an object that is run, not kept: no drift and no health once it finished
  Contested contested = Contested::no;  ///< keep, hold: another stack wants it, and may send something else
  LastSent last_sent = LastSent::known;  ///< doubtful: another row has the object and says something else of it
  Doubt doubt = Doubt::yes;              ///< update
  bool operator==(const Action&) const = default;
};

/// The plan of one stack.
struct StackPlan {
  StackId stack;
  std::vector<Action> actions;  ///< in the order in which they are executed
  std::vector<std::string> warnings;
  std::optional<Error> error;  ///< the stack could not be planned; actions is empty then
  std::uint32_t ignored = 0;   ///< differences hidden by rules
  /// Inventory entries that leave this stack's row and whose objects are not touched: another row has them, or their
  /// object is not ours any more.
  std::vector<ObjectId> released;
  std::vector<ChartPin> charts{};      ///< archives that it was rendered from
  [[nodiscard]] bool in_sync() const;  ///< no error and every action is keep
  [[nodiscard]] std::size_t count(ActionKind kind) const;
  bool operator==(const StackPlan&) const = default;
};

/// When a prune is held for a person.
struct PruneGuard {
  std::uint32_t max_count = 5;
  std::uint32_t max_percent = 20;  ///< of the stack's inventory; the larger of both is the limit
  bool operator==(const PruneGuard&) const = default;
};

enum class Adopt : bool { no, yes };
enum class PruneAnswer : std::uint8_t {
  guarded,
  confirmed,
  forbidden
};  ///< confirmed: `--prune` by a person; forbidden: another cluster, first clean run not done

struct PlanInput {
  const Stack& stack;
  const ManifestSet& desired;       ///< scopes resolved
  const LiveState& live;            ///< of every desired and every inventory id
  const StackInventory* inventory;  ///< nullptr: the first run
  const Inventory& all;             ///< to know whose an object is
  const std::map<ObjectId, StackId>&
      desired_by;  ///< every object that any stack of the run wants: transfers and claims
  PruneGuard guard;
  Adopt adopt = Adopt::no;
  PruneAnswer prune = PruneAnswer::guarded;
  std::string forbidden_reason;                ///< of PruneAnswer::forbidden
  const std::set<ObjectId>* shared = nullptr;  ///< find_shared of `all`; nullptr: none
};

/// Pure. Every desired object has exactly one action; so has every inventory entry that is no longer desired, unless
/// its object is gone or it is in StackPlan::released. Order of actions: by phase, there kinds as apply_order says,
/// hooks by weight and name, prunes in reverse. An archive of a chart whose digest is not the one that its version had
/// before is an error of the whole stack, unless its settings name the new digest.
StackPlan make_plan(const PlanInput& input);

/// Over actions, ids, UIDs and desired digests, never resourceVersions: an approval outlives a status change.
Digest digest_plan(const std::vector<StackPlan>& plans);

/// The wave of a kind when applying: Namespaces, CRDs, RBAC, configuration, workloads, then webhooks and APIServices.
/// Lower comes first; the table is in apply_order.cpp. Pruning goes the other way.
int apply_order(const GroupKind& kind);

}  // namespace reconciled
