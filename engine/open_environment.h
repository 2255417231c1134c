// resolve and open: from a request to the tree and the settings that rule one environment.
#pragma once

#include "engine/desired.h"

#include <string>

namespace reconciled {

/// The tree that a ref names now.
Result<OpenTree> open_ref(const SourceRef& ref, Source& source, MonotonicTime deadline);

struct OpenEnvironment {
  std::string name;
  Repository repository;
  OpenTree own;  ///< of the environment: the root's, or that of its own repository and ref
};

/// The root file of the environment's own ref is the one that rules.
Result<OpenEnvironment> open_environment(const DesiredRequest& request, Source& source, Budget& budget);

}  // namespace reconciled
