// Everything that templates of charts may call.
#pragma once

#include "renderers/helm/template/function_table.h"

namespace reconciled::helm {

/// text/template's functions, sprig's, Helm's, and the methods of values, files and API versions. Made once.
const FunctionTable& chart_functions(HelmProfile profile);

}  // namespace reconciled::helm
