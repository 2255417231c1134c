// What charts are told of a cluster.
#pragma once

#include "ports/cluster.h"
#include "renderers/renderer.h"

namespace reconciled {

/// Version and API versions, each with its kinds, sorted.
ClusterFacts make_cluster_facts(const Discovery& discovery);

}  // namespace reconciled
