// Rendered manifests: what a stack wants to be in the cluster.
#pragma once

#include "base/digest.h"
#include "base/error.h"
#include "base/value.h"
#include "ports/chart.h"
#include "ports/object_id.h"
#include "stacks/stack.h"

#include <optional>
#include <string>
#include <vector>

namespace reconciled {

/// Where a manifest came from, as the user knows the file.
struct Origin {
  std::string file;
  std::uint32_t line = 0;      ///< from 1
  std::uint32_t document = 0;  ///< in the file, from 0
  bool operator==(const Origin&) const = default;
};

/// On which side of a stack's other objects a hook runs.
enum class HookSide : std::uint8_t { before, after };

/// What a chart says of an object that is not kept but run: at the installation, at upgrades, or at both.
struct Hook {
  std::optional<HookSide> at_install{};
  std::optional<HookSide> at_upgrade{};
  std::int64_t weight = 0;  ///< lower ones run first
  enum class Afterwards : std::uint8_t { keep, remove };
  Afterwards when_succeeded = Afterwards::keep;
  Afterwards when_failed = Afterwards::keep;
  bool operator==(const Hook&) const = default;
};

struct Manifest {
  ObjectId id;  ///< its namespace is the object's own until scopes are resolved (resolve_scopes)
  GroupVersionKind gvk;
  Value object;
  Origin origin;
  std::optional<Hook> hook{};  ///< an object of a chart that is a hook; never of other stacks
  bool operator==(const Manifest&) const = default;
};

struct ManifestSet {
  StackId stack;
  Digest inputs;                    ///< of the InputSet that it was rendered from
  std::vector<Manifest> manifests;  ///< in the order of the renderer
  std::vector<std::string> warnings;
  std::vector<ChartPin> charts{};  ///< that it was rendered from, of chart repositories, registries and Git; sorted
  bool operator==(const ManifestSet&) const = default;
};

/// Makes a Manifest of a decoded document: apiVersion, kind and metadata.name are required (generateName is refused: a
/// second apply would create a second object), `metadata` is a map, names are sane. A `sops` block is refused:
/// ciphertext is never applied. Objects of kind Secret are marked sensitive in data and stringData.
Result<Manifest> make_manifest(Value object, Origin origin, std::string_view cluster);

/// Flattens v1 List and *List documents into their items, nested at most twice.
Result<std::vector<Value>> flatten_list(Value document, const Origin& origin);

/// The scope of a built-in kind, or nullopt for one that only discovery or a CRD can tell.
std::optional<ObjectScope> builtin_scope(const GroupKind& kind);

/// Gives every namespaced manifest a namespace (the stack's where it names none), takes it from cluster-scoped ones,
/// and checks identity: two manifests with one id are an error that names both origins, and so is an object outside the
/// bounds of the stack's team. The scope of a kind is that of the built-in table, else a CRD among `manifests`, else
/// `discovery` (may be null: offline), else namespaced with a warning.
Status resolve_scopes(ManifestSet& set, const Stack& stack, const Discovery* discovery,
                      const std::vector<const ManifestSet*>& others);

/// One object that several stacks want.
struct SharedClaim {
  ObjectId id;
  std::vector<StackId> stacks;  ///< in the order of the sets
  Error error;                  ///< names all of them and where they do
};

/// Objects that more than one set has, of sets whose scopes are resolved; sorted by id.
std::vector<SharedClaim> find_shared_claims(const std::vector<const ManifestSet*>& sets);

}  // namespace reconciled
