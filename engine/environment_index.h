// What the loaded environment wants, object by object: made once a revision, shared by every run of it.
#pragma once

#include "engine/loading.h"
#include "engine/planning.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace reconciled {

/// Ids and claims of all stacks, scopes resolved by what the cluster serves. Keeps no manifests: they are unpacked for
/// the run that needs them.
class EnvironmentIndex {
 public:
  explicit EnvironmentIndex(std::string cluster) : m_cluster(std::move(cluster)) {}

  /// Reads what changed; with another `discovery` everything. Returns the keys of stacks whose objects changed, or
  /// that got or lost one to another stack.
  std::set<std::string> update(std::shared_ptr<const LoadedEnvironment> loaded,
                               std::shared_ptr<const Discovery> discovery);

  [[nodiscard]] const std::shared_ptr<const Claims>& claims() const { return m_claims; }
  /// Objects of a stack; empty when it has none or could not be read.
  [[nodiscard]] const std::vector<ObjectId>& ids_of(const std::string& key) const;
  /// Why a stack's objects are not known, or nullptr.
  [[nodiscard]] const Error* error_of(const std::string& key) const;
  /// The manifests of one stack, scopes resolved.
  [[nodiscard]] Result<ManifestSet> manifests_of(const LoadedStack& stack) const;
  /// Every kind that is wanted, in the version to read.
  [[nodiscard]] const std::map<GroupKind, GroupVersionKind>& kinds() const { return m_kinds; }

 private:
  struct Read {
    Digest inputs;
    const void* manifests = nullptr;  ///< identity of the pack that was read
    std::vector<ObjectId> ids;
    ManifestSet types;  ///< its CRDs and autoscalers alone, stripped to what claims need
    std::set<GroupVersionKind> gvks;
    std::optional<Error> error;
  };
  [[nodiscard]] Read read(const LoadedStack& stack) const;
  static bool is_read(const Read& read, const LoadedStack& stack);
  void claim();

  std::string m_cluster;
  std::shared_ptr<const LoadedEnvironment> m_loaded;
  std::shared_ptr<const Discovery> m_discovery;
  std::map<std::string, Read> m_stacks;
  std::vector<const ManifestSet*> m_types;  ///< of all stacks: for resolve_scopes
  std::shared_ptr<const Claims> m_claims = std::make_shared<const Claims>();
  std::map<std::string, std::set<ObjectId>> m_lost;  ///< by key: what it wants and another stack has
  std::map<GroupKind, GroupVersionKind> m_kinds;
};

}  // namespace reconciled
