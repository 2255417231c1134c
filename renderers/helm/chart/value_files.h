// values.yaml and what the user gives beside it.
#pragma once

#include "base/result.h"
#include "renderers/helm/chart/render.h"
#include "renderers/helm/values/go_value.h"

#include <string_view>

namespace reconciled::helm {

/// A file of values: in Helm 4 one or more documents, later ones over earlier ones; in Helm 3 the first alone. The
/// message is Helm's, without the file's name.
Result<GoMap*> read_values(std::string_view text, HelmProfile profile, Arena& arena);

/// Files first, in their order, then settings, group by group.
Result<GoMap*> merge_user_values(const ValuesInput& input, HelmProfile profile, Arena& arena);

}  // namespace reconciled::helm
