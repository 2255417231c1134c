// How values of a user, a chart and its subcharts become one tree.
#pragma once

#include "base/result.h"
#include "renderers/helm/chart/chart_tree.h"

namespace reconciled::helm {

/// A copy that shares no map with the original. A null map gives an empty one.
GoMap* copy_deeply(const GoMap* values, Arena& arena);
GoValue copy_deeply(GoValue value, Arena& arena);

/// `b` over `a`: maps merged, everything else replaced, also by nulls. Neither is changed.
GoMap* merge_maps(const GoMap* a, const GoMap* b, Arena& arena);

enum class Nulls : bool {
  remove,  ///< a null of the higher tree takes away the lower one's key
  keep,
};

/// The values of a chart and its subcharts: `values` first, then the chart's, then what its subcharts have; `global` is
/// handed down. Changes nothing that it is given. Fails when the values of a subchart are no map.
Result<GoMap*> coalesce_values(const ChartNode& chart, const GoMap* values, Nulls nulls, ValuesContext& context);

/// `source` below `target`, which it changes and answers; parts of `source` become parts of it.
GoMap* merge_tables(GoMap* target, GoMap* source, ValuesContext& context);

}  // namespace reconciled::helm
