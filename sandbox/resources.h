// The resource types that the model serves: a table of the built-in ones, and those that CRDs add.
#pragma once

#include "ports/cluster.h"
#include "sandbox/schema.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace reconciled::sandbox {

/// Traits of a resource type, a bit each.
inline constexpr std::uint8_t k_status = 1;         ///< has a status subresource
inline constexpr std::uint8_t k_scale = 2;          ///< has a scale subresource
inline constexpr std::uint8_t k_generation = 4;     ///< counts changes of its spec
inline constexpr std::uint8_t k_no_collection = 8;  ///< refuses deletecollection

/// A row of the table; lists are separated by spaces.
struct BuiltinResource {
  std::string_view group, version, plural, singular, kind;
  ObjectScope scope;
  std::string_view short_names, categories;
  std::string_view definition;  ///< its type in builtin_types()
  std::uint8_t traits;
};

/// In the order of discovery: the core group first, then by group.
std::span<const BuiltinResource> builtin_resources();

/// One resource type as it is served, in one version.
struct ServedResource {
  std::string group, version, plural, singular, kind, list_kind;
  ObjectScope scope = ObjectScope::namespaced;
  std::string short_names, categories;
  const TypeNode* type = nullptr;
  std::uint8_t traits = 0;
  bool custom = false;
  std::string storage_version;  ///< of a custom resource

  [[nodiscard]] bool has(std::uint8_t trait) const { return (traits & trait) != 0; }
  [[nodiscard]] bool namespaced() const { return scope == ObjectScope::namespaced; }
  [[nodiscard]] std::string api_version() const { return group.empty() ? version : group + "/" + version; }
  /// What its objects are stored under, whatever the version: "deployments.apps", "configmaps".
  [[nodiscard]] std::string storage_key() const { return group.empty() ? plural : plural + "." + group; }
};

ServedResource make_served(const BuiltinResource& row);

}  // namespace reconciled::sandbox
