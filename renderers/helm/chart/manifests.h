// From rendered files to manifests and hooks in the order that Helm gives them.
#pragma once

#include "base/result.h"
#include "renderers/helm/chart/render.h"

#include <map>
#include <string>

namespace reconciled::helm {

/// Cuts the files, in the order of their paths, into documents, decodes each one's head, and puts them into `rendered`
/// in install order. A hook with an event that Helm does not know is left out, with a warning.
Status sort_manifests(const std::map<std::string, std::string>& files, HelmProfile profile, Budget& budget,
                      RenderedChart& rendered);

}  // namespace reconciled::helm
