#include "engine/cluster_facts.h"

#include <set>

namespace reconciled {

ClusterFacts make_cluster_facts(const Discovery& discovery) {
  std::set<std::string> versions;
  for (const ResourceType& type : discovery.types) {
    const std::string version = type.gvk.api_version();
    versions.insert(version);
    versions.insert(version + '/' + type.gvk.kind);
  }
  return {discovery.server_version, {versions.begin(), versions.end()}};
}

}  // namespace reconciled
