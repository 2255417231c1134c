// The head of a document in the YAML that charts mostly give, read line by line.
#pragma once

#include "renderers/helm/chart/manifest_head.h"

#include <optional>
#include <string_view>

namespace reconciled::helm {

/// Nothing for a document that uses more of YAML than block maps and lists with scalars of one line, block scalars and
/// short flow lists, or that may be wrong: whoever gives nothing has only not looked closely. What it gives is what
/// decoding the whole document gives; of annotations, it keeps those of Helm.
std::optional<ManifestHead> scan_plain_manifest(std::string_view document);

}  // namespace reconciled::helm
