// What a resource is called: group, version, kind, name and namespace, and how kustomize compares and prints these.
#pragma once

#include <string>
#include <string_view>

namespace reconciled::kustomize {

/// Views of the build's arena or of the frozen tables.
struct Gvk {
  std::string_view group;
  std::string_view version;
  std::string_view kind;

  /// Exactly these three.
  bool operator==(const Gvk&) const = default;
  /// Whether each member of the selector is empty or the same.
  [[nodiscard]] bool selected_by(const Gvk& selector) const {
    return (selector.group.empty() || selector.group == group) &&
           (selector.version.empty() || selector.version == version) &&
           (selector.kind.empty() || selector.kind == kind);
  }
};

/// "apps/v1" to group and version.
Gvk gvk_of(std::string_view api_version, std::string_view kind);
std::string api_version_of(const Gvk& gvk);
/// "Deployment.v1.apps", with [noKind], [noVer], [noGrp] for what is empty.
std::string format_gvk(const Gvk& gvk);

struct ResourceId {
  Gvk gvk;
  std::string_view name;
  std::string_view name_space;
  bool cluster_scoped = false;  ///< certainly; kinds that are not known count as namespaced

  /// The namespace that counts when ids are compared: none and "default" are one, cluster-scoped kinds share one.
  [[nodiscard]] std::string_view effective_namespace() const {
    if (cluster_scoped) return k_no_namespace;
    return name_space.empty() ? k_default_namespace : name_space;
  }
  [[nodiscard]] bool same_namespace(const ResourceId& other) const {
    return effective_namespace() == other.effective_namespace();
  }
  [[nodiscard]] bool same_but_namespace(const ResourceId& other) const {
    return name == other.name && gvk == other.gvk;
  }
  [[nodiscard]] bool same(const ResourceId& other) const { return same_but_namespace(other) && same_namespace(other); }
  /// As the selectors of replacements compare: what is empty in the selector does not matter.
  [[nodiscard]] bool selected_by(const ResourceId& selector) const {
    return (selector.name.empty() || selector.name == name) &&
           (selector.name_space.empty() || selector.same_namespace(*this)) && gvk.selected_by(selector.gvk);
  }
  [[nodiscard]] bool empty() const { return name.empty() && name_space.empty() && gvk == Gvk{} && !cluster_scoped; }

  static constexpr std::string_view k_no_namespace = "_non_namespaceable_";
  static constexpr std::string_view k_default_namespace = "default";
};

/// "Deployment.v1.apps/name.namespace", with [noName] and [noNs].
std::string format_id(const ResourceId& id);
/// A text that is the same for ids that are the same.
std::string key_of(const ResourceId& id);

/// The order of kinds that kustomize's tables and outputs begin with: below zero for what comes first, above for last.
int legacy_rank(std::string_view kind);
/// "group_version_kind" with ~G, ~V and ~K for what is empty: what ties are broken by.
std::string sort_key_of(const Gvk& gvk);
/// legacy_rank, then sort_key_of.
bool gvk_less(const Gvk& a, const Gvk& b);

}  // namespace reconciled::kustomize
