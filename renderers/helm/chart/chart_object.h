// .Chart: what templates see of Chart.yaml.
#pragma once

#include "renderers/helm/chart/chart_tree.h"
#include "renderers/helm/values/go_function.h"

namespace reconciled::helm {

/// Helm 4: a map with the names that the fields have in Go. Helm 3: the struct itself.
GoValue make_chart_object(const ChartNode& node, ChartPlace place, HelmProfile profile, Arena& arena);

}  // namespace reconciled::helm
