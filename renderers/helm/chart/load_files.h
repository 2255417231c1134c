// From a chart's files to a Chart.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/chart/chart.h"
#include "renderers/helm/values/go_function.h"

#include <vector>

namespace reconciled::helm {

/// `files` in their order; what lies in charts/ becomes subcharts, in the order of names. Default values are read into
/// the arena.
Result<Chart> load_files(std::vector<ChartFile> files, HelmProfile profile, Arena& arena, Budget& budget);

}  // namespace reconciled::helm
