#include "renderers/helm_renderer.h"

#include "base/json.h"
#include "ports/random.h"
#include "renderers/helm/chart/chart.h"
#include "renderers/helm/chart/render.h"
#include "renderers/helm/values/json.h"
#include "renderers/helm_dependencies.h"
#include "renderers/helm_manifests.h"
#include "renderers/substitution/substitution.h"
#include "stacks/helm_options.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::string_view k_values = "values.yaml";

helm::HelmProfile profile_of(const HelmBlock& options) {
  return options.profile == HelmVersion::helm3 ? helm::HelmProfile::helm3 : helm::HelmProfile::helm4;
}

Result<std::shared_ptr<const helm::LoadedChart>> load(const InputSet& inputs, const HelmBlock& options,
                                                      Budget& budget) {
  std::vector<helm::VendoredChart> vendored;
  for (const auto& chart : inputs.dependencies)
    vendored.push_back({chart.pin.name + '-' + chart.pin.version + ".tgz", *chart.archive});
  const auto profile = profile_of(options);
  auto chart = !inputs.chart        ? helm::load_chart_folder(*inputs.files, "", profile, budget, vendored)
               : inputs.chart->tree ? helm::load_chart_folder(*inputs.chart->tree, "", profile, budget, vendored)
                                    : helm::load_chart_archive(*inputs.chart->archive, profile, budget, vendored);
  if (chart) return chart;
  Error error = std::move(chart).error();
  const std::string origin = inputs.chart ? inputs.chart->origin : inputs.files_origin;
  error.where.file = error.where.file.empty() ? origin : join_path(origin, error.where.file);
  return fail(std::move(error));
}

/// Values of one folder: the files that are listed, or values.yaml where nothing is.
class ValueFiles {
 public:
  ValueFiles(const HelmBlock& options, Budget& budget) : m_options(options), m_budget(budget) {}

  Status add(const SourceTree& tree, const std::string& origin) {
    const std::vector<std::string> usual{std::string(k_values)};
    for (const auto& file : m_options.value_files ? *m_options.value_files : usual) {
      TRY_ASSIGN(const std::string path, normalise_path(file));
      TRY_ASSIGN(auto text, tree.read(path, k_max_file_bytes));
      if (!text) continue;
      if (!m_budget.take(text->size())) return fail(m_budget.error("reading values", {.file = file}));
      m_seen.push_back(file);
      m_files.push_back({join_path(origin, path), std::move(*text)});
    }
    return {};
  }

  Result<std::vector<helm::ValuesInput::File>> finish(const Stack& stack) && {
    for (const auto& file : m_options.value_files.value_or(std::vector<std::string>{})) {
      if (std::ranges::find(m_seen, file) != m_seen.end()) continue;
      Where where = stack.origin;
      where.key_path = "helm.valueFiles";
      return fail(ErrorKind::render,
                  "there is no value file \"" + file + "\", neither in the stack's folder nor in its environment's",
                  where, "correct helm.valueFiles, or add the file");
    }
    return std::move(m_files);
  }

 private:
  const HelmBlock& m_options;
  Budget& m_budget;
  std::vector<std::string> m_seen;
  std::vector<helm::ValuesInput::File> m_files;
};

Result<helm::ValuesInput> read_values(const InputSet& inputs, const HelmBlock& options, Budget& budget) {
  helm::ValuesInput values;
  ValueFiles files(options, budget);
  // Of a chart in the stack's own folder, values.yaml is the chart's.
  const bool own = !inputs.chart && !options.value_files;
  if (!own) TRY(files.add(*inputs.files, inputs.files_origin));
  TRY(files.add(*inputs.overlay, inputs.overlay_origin));
  TRY_ASSIGN(auto read, std::move(files).finish(inputs.stack));
  if (options.values.is_map()) values.files.push_back({"helm.values", format_json(options.values)});
  for (auto& file : read) values.files.push_back(std::move(file));
  return values;
}

/// The values with the stack's variables filled in.
Result<helm::GoMap*> fill_values(const Substitution& substitution, helm::GoMap* values, helm::Arena& arena) {
  TRY_ASSIGN(const auto json, helm::to_json(helm::GoValue::map(values), arena, helm::JsonForm::raw));
  TRY_ASSIGN(Value plain, parse_json(json, arena.budget()));
  TRY_ASSIGN(plain, substitution.fill_values(std::move(plain), arena.budget()));
  TRY_ASSIGN(const auto filled, helm::from_json(arena.copy(format_json(plain)), helm::JsonTarget::map, arena));
  return filled.as_map();
}

helm::RenderRequest make_request(const InputSet& inputs, const HelmBlock& options, helm::ValuesInput values) {
  helm::RenderRequest request;
  request.release.name = options.release_name.empty() ? inputs.stack.id.name : options.release_name;
  request.release.namespace_ = inputs.stack.namespace_;
  request.values = std::move(values);
  if (options.include_crds != Enabled::yes) request.crds = helm::RenderRequest::Crds::skip;
  request.capabilities.kube_version = options.kube_version.empty() ? inputs.cluster.kube_version : options.kube_version;
  request.capabilities.api_versions = inputs.cluster.api_versions;
  if (!inputs.cluster.api_versions.empty()) request.capabilities.mode = helm::ClusterCapabilities::ApiVersions::replace;
  for (const auto& version : options.api_versions) request.capabilities.api_versions.push_back(version);
  return request;
}

}  // namespace

Result<RenderOutcome> HelmRenderer::render(const InputSet& inputs, Budget& budget) const {
  const HelmBlock options = read_helm_block(inputs.stack.helm);
  TRY_ASSIGN(const auto chart, load(inputs, options, budget));
  TRY_ASSIGN(auto missing, find_missing_charts(*chart, inputs, budget));
  if (!missing.charts.empty()) return RenderOutcome(std::move(missing));
  TRY_ASSIGN(auto values, read_values(inputs, options, budget));
  TRY_ASSIGN(const auto substitution, Substitution::make(inputs.stack, budget));
  if (substitution.is_on()) {
    values.change = [&](helm::GoMap* all, helm::Arena& arena) {
      return fill_values(substitution, all, arena).map_error([&](Error error) {
        error.where.file = inputs.files_origin;
        return error;
      });
    };
  }
  SeededRandom random(seed_of(inputs.digest));
  const helm::RenderPorts ports{.random = random, .now = inputs.time};
  TRY_ASSIGN(const auto rendered,
             helm::render_chart(*chart, make_request(inputs, options, std::move(values)), ports, budget));
  TRY_ASSIGN(ManifestSet set, make_chart_manifests(rendered, inputs, options, budget));
  if (inputs.chart && inputs.chart->pin) set.charts.push_back(*inputs.chart->pin);
  for (const auto& dependency : inputs.dependencies) set.charts.push_back(dependency.pin);
  std::ranges::sort(set.charts);
  return RenderOutcome(std::move(set));
}

}  // namespace reconciled
