// The head of a plain document, read from events without building anything.
#pragma once

#include "base/budget.h"
#include "renderers/helm/chart/manifest_head.h"

#include <optional>
#include <string_view>

namespace reconciled::helm {

/// Nothing for a document that is not as documents mostly are: with a syntax error, anchors, tags, odd keys, values of
/// a wrong type. Then the whole document has to be decoded.
std::optional<ManifestHead> scan_manifest_head(std::string_view document, Budget& budget);

}  // namespace reconciled::helm
