// The files behind a kubeconfig, merged: an internal step between text and ClusterAccess.
#pragma once

#include "base/value.h"
#include "kube/kubeconfig.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

struct KubeConfigFile {
  std::string path;
  std::string text;
  Value root;
  std::uint32_t document = 0;
};

/// One cluster, user or context, and where it was found.
struct KubeConfigEntry {
  Value body;  ///< the map below "cluster", "user" or "context"; null when the entry has none
  std::size_t file = 0;
  std::vector<std::string> path;  ///< {"clusters", "0", "cluster"}
};

struct MergedKubeConfig {
  std::vector<KubeConfigFile> files;
  std::map<std::string, KubeConfigEntry> clusters;
  std::map<std::string, KubeConfigEntry> users;
  std::map<std::string, KubeConfigEntry> contexts;
  std::string current_context;
  std::vector<std::string> missing;  ///< files that were named and are not there

  /// An error at a key below an entry.
  [[nodiscard]] Error error_at(const KubeConfigEntry& entry, std::vector<std::string> keys, std::string message,
                               std::string hint = {}) const;
  /// Typed reads of a key: absent and null are the empty value, another type is an error with its place.
  [[nodiscard]] Result<std::string> text(const KubeConfigEntry& entry, std::string_view key) const;
  [[nodiscard]] Result<bool> flag(const KubeConfigEntry& entry, std::string_view key) const;
  [[nodiscard]] Result<std::vector<std::string>> texts(const KubeConfigEntry& entry, std::string_view key) const;
  /// A path of the entry, resolved against the folder of its file.
  [[nodiscard]] Result<std::string> path(const KubeConfigEntry& entry, std::string_view key) const;
  /// The map below a key of an entry, as an entry of its own.
  [[nodiscard]] KubeConfigEntry below(const KubeConfigEntry& entry, std::string_view key) const;
};

/// Whether there is anything to merge is for the caller to see: `files` may be empty.
Result<MergedKubeConfig> merge_kubeconfig_files(const KubeConfigOptions& options, const KubeEnvironment& environment);

/// `path` itself when absolute, otherwise below the folder of `file`.
std::string resolve_beside(std::string_view file, std::string_view path);

}  // namespace reconciled
