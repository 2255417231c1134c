// Which repository and which cluster an environment of the settings means.
#pragma once

#include "base/result.h"
#include "config/settings.h"
#include "ports/source.h"

#include <string>
#include <vector>

namespace reconciled {

/// One environment that the daemon keeps.
struct Placement {
  std::string environment;
  std::string source;  ///< name
  SourceRef root;
  Duration poll{};
  std::string cluster;  ///< name; empty: the kubeconfig's current context

  bool operator==(const Placement&) const = default;
};

/// One for each environment of the settings, in their order. ErrorKind::config when there is none, or when source or
/// cluster cannot be told.
Result<std::vector<Placement>> place_environments(const Settings& settings);

}  // namespace reconciled
