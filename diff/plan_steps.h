// The two halves of make_plan.
#pragma once

#include "diff/plan.h"

#include <map>

namespace reconciled {

/// Namespaces and kinds that this run creates, with what creates them.
class Creations {
 public:
  explicit Creations(const PlanInput& input);
  /// "Namespace shop" when an earlier action creates it, else empty.
  [[nodiscard]] std::string namespace_creator(const ObjectId& object) const;
  /// "CustomResourceDefinition widgets.example.com" when an earlier action creates it, else empty.
  [[nodiscard]] std::string kind_creator(const ObjectId& object) const;

 private:
  const LiveState& m_live;
  std::map<std::string, ObjectId> m_namespaces;
  std::map<GroupKind, ObjectId> m_kinds;
};

/// What happens to one object that the stack wants. Hidden differences are counted into `plan`.
Action plan_object(const PlanInput& input, const Manifest& manifest, const Creations& creations, StackPlan& plan);

/// What happens to one hook: it is run (created, or made again) unless it ran as it is now, which its committed entry
/// tells. Whether the object is still there says nothing then.
Action plan_hook(const PlanInput& input, const Manifest& manifest, const Creations& creations, StackPlan& plan);

/// The error of a chart that changed without a new version.
std::optional<Error> find_changed_chart(const PlanInput& input);

/// Charts of a stack as its row remembers them: `used` first, then what other versions of them were.
std::vector<ChartPin> remember_charts(const std::vector<ChartPin>& used, const std::vector<ChartPin>& before);

/// What happens to inventory entries that the stack no longer wants; appended to `plan`.
void plan_prunes(const PlanInput& input, StackPlan& plan);

/// The annotation by which a person decides about one object: "true", "false", or empty.
std::string_view annotation(const Value& object, std::string_view name);

/// Whether we applied the live object at some time.
bool applied_by_us(const Value& live);

/// Whether a field manager is a program that looks after objects of others, by its name.
bool is_controller(std::string_view manager);

/// Whether an apply of ours made the object, for want of a UID: nobody but controllers wrote it before us or within the
/// same second. An apply that met somebody's object leaves their older entry in managedFields.
bool made_by_us(const Value& live);

constexpr std::string_view k_recreate_annotation = "reconcile/recreate";
constexpr std::string_view k_prune_annotation = "reconcile/prune";

}  // namespace reconciled
