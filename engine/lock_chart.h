// lock, of charts: from what a stack asks for to archives and folders.
#pragma once

#include "engine/desired.h"
#include "renderers/renderer.h"

namespace reconciled {

/// The chart of a Helm stack that is not its own folder; nullopt for one that is.
Result<std::optional<ChartInput>> lock_chart(const Stack& stack, const OpenTree& environment, Source& source,
                                             MonotonicTime deadline);

/// A chart that another one asks for.
Result<FetchedChart> fetch_chart(const ChartRef& ref, Source& source, MonotonicTime deadline);

/// The version to take of those that there are: the one that is written so, else the newest in the range. An empty
/// range takes any but prereleases. Empty when none fits.
std::string choose_version(const std::vector<std::string>& versions, const std::string& range);

}  // namespace reconciled
