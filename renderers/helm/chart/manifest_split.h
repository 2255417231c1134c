// Cuts a rendered file into its documents.
#pragma once

#include <string_view>
#include <vector>

namespace reconciled::helm {

/// As Helm does, with the pattern `(?:^|\s*\n)---\s*`: a separator right behind another one stays in the document, and
/// so does "---" inside of a block scalar that begins a line.
std::vector<std::string_view> split_manifests(std::string_view text);

}  // namespace reconciled::helm
