// The files of a chart's archive.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/chart/chart.h"

#include <string_view>
#include <vector>

namespace reconciled::helm {

/// In the order of the archive, without the folder that all of them lie in, each without its byte order mark. Nothing
/// of an archive is used that holds links, devices, names that leave it, the same file twice, a file above 5 MiB or
/// more than 100 MiB in all.
Result<std::vector<ChartFile>> read_chart_archive(std::string_view archive, Budget& budget);

}  // namespace reconciled::helm
