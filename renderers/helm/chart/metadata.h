// Chart.yaml and requirements.yaml.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/chart/chart.h"

#include <string_view>

namespace reconciled::helm {

/// Decodes the text into `metadata` as Go decodes YAML into a struct: names of fields in any case, unknown ones
/// ignored, numbers and booleans made text where text is wanted; what the text does not name stays. The message is
/// Go's, without "cannot load Chart.yaml: ".
Status decode_metadata(std::string_view text, std::string_view file, ChartPlace place, ChartMetadata& metadata,
                       Budget& budget);

/// What Helm asks of a chart's metadata, "validation: chart.metadata.name is required" and the like; also makes blanks
/// of odd white space and drops what cannot be printed.
Status validate_metadata(ChartMetadata& metadata);

}  // namespace reconciled::helm
