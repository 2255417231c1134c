// What names an object: kinds and identities.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace reconciled {

struct GroupKind {
  std::string group;  ///< empty for the core group
  std::string kind;
  auto operator<=>(const GroupKind&) const = default;
};

struct GroupVersionKind {
  std::string group;
  std::string version;
  std::string kind;
  [[nodiscard]] GroupKind group_kind() const { return {group, kind}; }
  [[nodiscard]] std::string api_version() const { return group.empty() ? version : group + "/" + version; }
  auto operator<=>(const GroupVersionKind&) const = default;
};

/// Splits "apps/v1" and "v1" and joins them with the kind.
GroupVersionKind make_gvk(std::string_view api_version, std::string_view kind);

/// The identity of an object. No version: v1beta1 -> v1 of the same object is an update.
struct ObjectId {
  std::string cluster;  ///< name of the cluster as the settings or the environment give it
  std::string group;
  std::string kind;
  std::string namespace_;  ///< empty for cluster-scoped objects
  std::string name;
  [[nodiscard]] GroupKind group_kind() const { return {group, kind}; }
  auto operator<=>(const ObjectId&) const = default;
};

/// For people: "Deployment shop/web", "Namespace shop".
std::string format_id(const ObjectId& id);
/// For machines, without the cluster: "apps/Deployment/shop/web", "/Namespace//shop". Reversible.
std::string encode_id(const ObjectId& id);
/// The inverse of encode_id; the cluster is given. Empty kind or name: the text was not one.
ObjectId decode_id(std::string_view text, std::string_view cluster);

}  // namespace reconciled

template <>
struct std::hash<reconciled::ObjectId> {
  std::size_t operator()(const reconciled::ObjectId& id) const noexcept;
};
