// The configuration of a built-in plugin as YAML: what kustomize shows when the plugin cannot be configured.
#pragma once

#include "renderers/kustomize/kustomization.h"

#include <string>
#include <string_view>

namespace reconciled::kustomize {

std::string format_paths_config(const Texts& paths);
/// `patch_key`: what the text of the patch is called.
std::string format_patch_config(const PatchEntry& entry, std::string_view patch_key);
std::string format_chart_config(const HelmChart& chart, const HelmGlobals& globals);
std::string format_replacements_config(const std::vector<Replacement>& replacements);

}  // namespace reconciled::kustomize
