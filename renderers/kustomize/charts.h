// Charts of `helmCharts`: everything that a render of one needs, worked out as kustomize does it before it runs Helm.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "ports/source_tree.h"
#include "renderers/kustomize/context.h"
#include "renderers/kustomize/kustomization.h"
#include "renderers/kustomize/loader.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace reconciled::kustomize {

/// What `helm template` would be run with.
struct ChartRequest {
  std::shared_ptr<const SourceTree> tree;  ///< its root is the chart
  std::string name;                        ///< of the chart, as the kustomization has it
  std::string release_name;                ///< empty: `name_template` makes one, else one is generated
  std::string name_template;
  std::string name_space;  ///< empty: "default"
  struct Values {
    std::string name;  ///< for messages
    std::string text;
  };
  std::vector<Values> values;  ///< later ones win
  Texts api_versions;
  std::string kube_version;
  bool include_crds = false, skip_hooks = false, skip_tests = false;
};

/// Port to who knows Helm: what `helm template` prints for a request.
using ChartRenderer = std::function<Result<std::string>(const ChartRequest& request, Budget& budget)>;

/// An entry of `helmCharts` whose settings are in order. What it names is looked up when it is inflated.
struct CheckedChart {
  HelmChart chart;
  HelmGlobals globals;
  std::vector<ChartRequest::Values> more_values;  ///< of additionalValuesFiles
};
Result<CheckedChart> check_chart(const Loader& loader, const HelmChart& chart, const HelmGlobals& globals,
                                 Budget& budget);

/// The resources of a chart. One that lies in no folder here is asked of the build's Remotes:
/// ErrorKind::source_missing when these have not got it.
Result<std::vector<Resource>> inflate_chart(Context& context, const Loader& loader, const CheckedChart& checked,
                                            const ChartRenderer& render);

}  // namespace reconciled::kustomize
