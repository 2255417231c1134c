// .Capabilities: what a chart is told about the cluster and about Helm.
#pragma once

#include "base/result.h"
#include "renderers/helm/chart/render.h"
#include "renderers/helm/values/go_value.h"

#include <span>
#include <string>
#include <string_view>

namespace reconciled::helm {

/// Of Kubernetes: as it was written, with a "v", and without what stands behind the numbers.
struct KubeVersion {
  std::string version;     ///< "v1.33.4-gke.1245000"
  std::string normalised;  ///< "v1.33.4": what constraints are checked against
  std::string major;
  std::string minor;
};

/// Empty: the version that Helm assumes offline. Helm 3 knows the normalised form alone.
Result<KubeVersion> parse_kube_version(std::string_view text, HelmProfile profile);

/// Group versions that Helm knows offline, in its order.
std::span<const std::string_view> default_api_versions();

/// The object that templates see.
GoValue make_capabilities(const KubeVersion& kube, const ClusterCapabilities& cluster, HelmProfile profile,
                          Arena& arena);

/// `Has` of .Capabilities.APIVersions.
std::span<const GoFunction> version_set_methods();

}  // namespace reconciled::helm
