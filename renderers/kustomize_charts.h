// Charts of kustomizations, rendered by our Helm engine.
#pragma once

#include "renderers/helm/chart/render.h"
#include "renderers/kustomize/charts.h"

namespace reconciled {

/// What a build renders its charts with. The ports must outlive it. Charts see a plain cluster, as with
/// `helm template`.
kustomize::ChartRenderer make_chart_renderer(const helm::RenderPorts& ports, helm::HelmProfile profile);

/// The files of a chart's archive as a tree.
Result<std::shared_ptr<const SourceTree>> open_chart_archive(std::string_view archive, Budget& budget);

}  // namespace reconciled
