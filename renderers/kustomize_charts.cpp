#include "renderers/kustomize_charts.h"

#include "ports/memory_tree.h"
#include "renderers/helm/chart/archive.h"
#include "renderers/helm/chart/release_name.h"

namespace reconciled {
namespace {

Result<std::string> release_name(const kustomize::ChartRequest& chart, const helm::RenderPorts& ports, Budget& budget) {
  if (!chart.release_name.empty()) {
    if (!chart.name_template.empty())
      return fail(ErrorKind::render, "cannot set --name-template and also specify a name", {},
                  "give releaseName or nameTemplate, not both");
    return chart.release_name;
  }
  if (!chart.name_template.empty()) return helm::render_release_name(chart.name_template, ports, budget);
  return helm::generate_release_name(chart.name, ports.now);
}

helm::TemplateOutput output_of(const kustomize::ChartRequest& chart) {
  helm::TemplateOutput output;
  if (chart.include_crds) output.crds = helm::TemplateOutput::Crds::include;
  if (chart.skip_tests) output.hooks = helm::TemplateOutput::Hooks::without_tests;
  if (chart.skip_hooks) output.hooks = helm::TemplateOutput::Hooks::skip;
  return output;
}

}  // namespace

kustomize::ChartRenderer make_chart_renderer(const helm::RenderPorts& ports, helm::HelmProfile profile) {
  return [ports, profile](const kustomize::ChartRequest& chart, Budget& budget) -> Result<std::string> {
    TRY_ASSIGN(const auto loaded, helm::load_chart_folder(*chart.tree, "", profile, budget));
    helm::RenderRequest request;
    TRY_ASSIGN(request.release.name, release_name(chart, ports, budget));
    if (!chart.name_space.empty()) request.release.namespace_ = chart.name_space;
    for (const auto& values : chart.values) request.values.files.push_back({values.name, values.text});
    request.capabilities.kube_version = chart.kube_version;
    request.capabilities.api_versions = chart.api_versions;
    if (!chart.include_crds) request.crds = helm::RenderRequest::Crds::skip;
    TRY_ASSIGN(const auto rendered, helm::render_chart(*loaded, request, ports, budget));
    return helm::format_template_output(rendered, output_of(chart));
  };
}

Result<std::shared_ptr<const SourceTree>> open_chart_archive(std::string_view archive, Budget& budget) {
  TRY_ASSIGN(auto read, helm::read_chart_archive(archive, budget));
  std::map<std::string, std::string> files;
  for (auto& file : read) files.insert_or_assign(std::move(file.name), std::move(file.data));
  return std::shared_ptr<const SourceTree>(make_memory_tree(std::move(files)));
}

}  // namespace reconciled
