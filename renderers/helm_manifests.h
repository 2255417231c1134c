// From what a chart rendered to manifests and hooks.
#pragma once

#include "renderers/helm/chart/render.h"
#include "renderers/renderer.h"
#include "stacks/helm_options.h"

namespace reconciled {

/// CustomResourceDefinitions of crds/ first, then the manifests in install order, then the hooks that are applied.
Result<ManifestSet> make_chart_manifests(const helm::RenderedChart& rendered, const InputSet& inputs,
                                         const HelmBlock& options, Budget& budget);

/// The hook that a rendered one is for stacks, or nullopt when it runs at no installation and no upgrade.
std::optional<Hook> make_hook(const helm::RenderedHook& rendered);

}  // namespace reconciled
