// The templates of all charts of a render and the objects that they are executed with.
#pragma once

#include "renderers/helm/chart/chart_tree.h"
#include "renderers/helm/chart/render.h"
#include "renderers/helm/values/go_function.h"

#include <string>
#include <vector>

namespace reconciled::helm {

struct RenderTemplate {
  std::string path;       ///< "chart/charts/sub/templates/a.yaml"
  std::string base_path;  ///< "chart/charts/sub/templates"
  const ChartFile* file = nullptr;
  GoMap* context = nullptr;  ///< the top-level object of its chart; {"Template": ...} is set before each execution
};

/// What all charts of a render share.
struct TopLevel {
  GoValue release;
  GoValue capabilities;
  GoMap* values = nullptr;  ///< of the root chart, coalesced
};

/// In the order in which they are parsed and executed: deep paths first, and backwards among equals.
std::vector<RenderTemplate> make_template_tree(const ChartNode& root, const TopLevel& top, HelmProfile profile,
                                               Arena& arena);

GoValue make_release_object(const Release& release, Arena& arena);

}  // namespace reconciled::helm
