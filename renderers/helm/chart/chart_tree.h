// The charts that take part in one render: subcharts aliased, disabled ones left out, imported values in place.
#pragma once

#include "base/result.h"
#include "renderers/helm/chart/chart.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

/// A chart in its place. The files stay in the Chart, which must outlive it.
struct ChartNode {
  const Chart* chart = nullptr;
  std::string name;                      ///< its own or its alias
  bool declares_dependencies = false;    ///< whether the list below counts; an absent one is not an empty one
  std::vector<Dependency> dependencies;  ///< of Chart.yaml; later without the disabled ones and under their aliases
  std::vector<ChartNode> children;
  GoMap* values = nullptr;  ///< defaults; never changed in place, replaced when values are imported
};

ChartNode make_chart_tree(const Chart& chart);

/// What processing values needs and says.
struct ValuesContext {
  Arena& arena;
  std::vector<std::string> warnings;
  void warn(std::string text);
};

/// Decides which subcharts take part, by tags and conditions in `values` (the user's) over the charts' defaults, and
/// brings imported values up, children first.
Status process_dependencies(ChartNode& root, GoMap* values, ValuesContext& context);

/// values.Table: the table that a path of names with dots between them leads to, or null.
GoMap* find_table(GoMap* values, std::string_view path);

}  // namespace reconciled::helm
