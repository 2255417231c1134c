// Stacks, the unit that is rendered, planned, applied and reported; and what surrounds them.
#pragma once

#include "base/error.h"
#include "base/value.h"
#include "ports/cluster.h"
#include "ports/object_id.h"
#include "ports/source.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace reconciled {

/// A stack in one environment. People write `layer/name`.
struct StackId {
  std::string environment;
  std::string layer;
  std::string name;
  [[nodiscard]] std::string path() const { return layer + "/" + name; }
  [[nodiscard]] std::string key() const {
    return environment + "/" + layer + "/" + name;
  }  ///< row key of the inventory
  auto operator<=>(const StackId&) const = default;
};

enum class RendererKind : std::uint8_t { plain, helm, kustomize };
enum class Enabled : bool { no, yes };

/// What happens without being asked. `reconcile sync` asks, so for it only `prune` counts.
struct SyncPolicy {
  Enabled automated = Enabled::yes;
  Enabled prune = Enabled::yes;      ///< no: what left the repository is kept and reported
  Enabled self_heal = Enabled::yes;  ///< repair foreign changes of fields we own
  bool operator==(const SyncPolicy&) const = default;
};

/// Differences that are not ours to see. Every given condition must hold; an absent one matches everything.
struct IgnoreRule {
  std::string group;  ///< "*" or empty: any group when kind is given as "*"
  std::string kind = "*";
  std::string namespace_ = "*";
  std::string name = "*";
  std::vector<std::string>
      pointers;  ///< JSON pointers; "*" stands for any key or index: /spec/template/spec/containers/*/image
  std::vector<std::string> managers;  ///< fields that one of these field managers owns
  bool operator==(const IgnoreRule&) const = default;
};

/// What a team's stacks may touch. The root file sets it; a stack.yaml cannot widen it.
struct Bounds {
  std::string team;                     ///< empty: the platform's own stack, without bounds
  std::vector<std::string> namespaces;  ///< patterns with '*'
  std::vector<std::string>
      cluster_kinds;            ///< cluster-scoped kinds that are allowed, "Kind" or "group/Kind"; usually none
  std::string service_account;  ///< name in the stack's namespace; empty: the process's own identity
  bool operator==(const Bounds&) const = default;
};

/// Which files of a plain stack are manifests; glob patterns relative to the stack's folder.
struct PlainOptions {
  std::vector<std::string> include;  ///< empty: every *.yaml, *.yml and *.json
  std::vector<std::string> exclude;
  bool operator==(const PlainOptions&) const = default;
};

/// How variables are filled in; see renderers/substitution/substitution.h.
enum class SubstitutionMode : std::uint8_t { native, flux, none };
enum class UndefinedVariable : std::uint8_t { error, empty };

struct SubstitutionOptions {
  SubstitutionMode mode = SubstitutionMode::native;
  UndefinedVariable undefined = UndefinedVariable::error;  ///< `empty` only with flux
  Enabled always = Enabled::no;                            ///< also where there is no variable
  Value variables;                                         ///< by name; null when there is none
  bool operator==(const SubstitutionOptions&) const = default;
};

struct Stack {
  StackId id;
  Bounds bounds;
  std::string cluster;       ///< name of the cluster, as the environment gives it
  std::string namespace_;    ///< default namespace of namespaced objects that name none
  SourceRef source;          ///< empty url: the environment's own repository and commit
  std::string path;          ///< folder of its files in that source; empty: the root
  std::string overlay_path;  ///< environments/<env>/<layer>/<stack> in the environment's own tree; may not exist
  RendererKind renderer = RendererKind::plain;
  std::optional<RendererKind> stated_renderer;  ///< `renderer:` of its stack.yaml
  std::optional<RendererKind>
      implied_renderer;       ///< by a helm or kustomize block of its own, or a chart that the settings name
  std::string source_ignore;  ///< text of the root's .sourceignore in the environment's own tree
  PlainOptions plain;
  Value helm;       ///< the merged `helm:` block (layer, environment, stack); null when absent
  Value kustomize;  ///< the merged `kustomize:` block; null when absent
  SubstitutionOptions substitution;
  std::vector<std::string> depends_on;   ///< paths `layer/name` in the same environment, sorted
  std::optional<std::string> suspended;  ///< the reason, when it is suspended
  SyncPolicy sync;
  std::vector<IgnoreRule> ignore;
  Where origin;  ///< its stack.yaml, or its folder
  bool operator==(const Stack&) const = default;

  /// Stable name of the stack for marks on objects and inventory rows: 32 hex digits of installation and key.
  [[nodiscard]] std::string uid(std::string_view installation) const;
};

struct Layer {
  std::string name;
  std::vector<std::string> after;
  Value defaults;  ///< the shared keys (see shared_keys.h)
  bool operator==(const Layer&) const = default;
};

struct Team {
  std::string name;
  std::vector<std::string> stacks;  ///< patterns on layer/name
  Bounds bounds;
  bool operator==(const Team&) const = default;
};

struct Environment {
  std::string name;
  std::string cluster;              ///< empty: the cluster of the same name, or the only one there is
  std::vector<std::string> layers;  ///< empty: all
  SourceRef source;                 ///< its own repository and ref; empty members: those of the root repository
  Value defaults;                   ///< the shared keys
  bool operator==(const Environment&) const = default;
};

/// The root file `reconcile.yaml`, or the convention that stands for it.
struct Repository {
  std::vector<Layer> layers;  ///< in an order in which each comes after its `after`
  std::vector<Environment> environments;
  std::vector<Team> teams;
  Value defaults;
  bool from_convention = false;  ///< no root file: the six layers, one environment "default"
  bool operator==(const Repository&) const = default;
};

/// A stack that could not be read: it is reported, and stops only what depends on it.
struct BrokenStack {
  StackId id;
  Error error;
  bool operator==(const BrokenStack&) const = default;
};

/// The stacks of one environment.
struct StackGraph {
  std::string environment;
  std::vector<Stack> stacks;  ///< each after its layer's predecessors and its depends_on
  std::vector<BrokenStack> broken;
  std::vector<std::string> layers;  ///< all layers of the environment in order
  std::vector<std::string> warnings;
  std::map<std::string, std::vector<std::string>>
      before;  ///< stack path -> paths of all stacks it waits for (direct edges only: depends_on; layers are implied)
  bool operator==(const StackGraph&) const = default;
};

}  // namespace reconciled
