// Dependencies of a chart that do not lie in its charts/.
#pragma once

#include "renderers/helm/chart/load.h"
#include "renderers/renderer.h"

namespace reconciled {

/// What must be fetched before the chart can be rendered: at the version that Chart.lock (or requirements.lock) says,
/// else in the range of Chart.yaml. A dependency without a repository, or with one that cannot be asked, is an error.
Result<Missing> find_missing_charts(const helm::LoadedChart& chart, const InputSet& inputs, Budget& budget);

}  // namespace reconciled
