// What a LoadedChart holds.
#pragma once

#include "base/budget.h"
#include "renderers/helm/chart/chart.h"
#include "renderers/helm/chart/load.h"
#include "renderers/helm/values/arena.h"

#include <map>
#include <memory>
#include <string>

namespace reconciled::helm {

class TemplateSet;

struct LoadedChart::State {
  explicit State(HelmProfile profile_) : profile(profile_), arena(budget) {}

  HelmProfile profile;
  Budget budget;  ///< of the default values, which live in the arena
  Arena arena;
  Chart root;
  /// Parsed templates, by the paths they are parsed under: which subcharts take part depends on values.
  std::map<std::string, std::shared_ptr<const TemplateSet>> programs;
};

}  // namespace reconciled::helm
