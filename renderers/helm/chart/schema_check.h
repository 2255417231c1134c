// Values against the schemas of the charts that they are for.
#pragma once

#include "renderers/helm/chart/chart_tree.h"

namespace reconciled::helm {

/// Each chart's values.schema.json over its part of the values. The error names every chart with what is wrong there.
Status check_schemas(const ChartNode& root, const GoMap* values, Budget& budget);

}  // namespace reconciled::helm
