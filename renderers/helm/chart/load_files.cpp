#include "renderers/helm/chart/load_files.h"

#include "renderers/helm/chart/archive.h"
#include "renderers/helm/chart/metadata.h"
#include "renderers/helm/chart/value_files.h"

#include <fmt/format.h>

#include <map>

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_max_chart_depth = 32;

/// The files of a subchart, by the name of its folder or archive in charts/.
using SubchartFiles = std::map<std::string, std::vector<ChartFile>>;

tl::unexpected<Error> in_file(const char* doing, Error error) {
  error.message = doing + error.message;
  return fail(std::move(error));
}

class ChartLoader {
 public:
  ChartLoader(HelmProfile profile, Arena& arena, Budget& budget)
      : m_profile(profile), m_arena(arena), m_budget(budget) {}
  Result<Chart> load(std::vector<ChartFile> files, std::uint32_t depth);

 private:
  Status read_metadata(const std::vector<ChartFile>& files, ChartPlace place, Chart& chart);
  Status place(ChartFile file, Chart& chart, SubchartFiles& subcharts);
  Status read_requirements(ChartFile file, Chart& chart);
  Result<Chart> load_subchart(const std::string& name, std::vector<ChartFile> files, const Chart& parent,
                              std::uint32_t depth);

  HelmProfile m_profile;
  Arena& m_arena;
  Budget& m_budget;
};

Status ChartLoader::read_metadata(const std::vector<ChartFile>& files, ChartPlace place, Chart& chart) {
  bool found = false;
  for (const auto& file : files) {
    if (file.name != "Chart.yaml") continue;
    found = true;
    if (auto decoded = decode_metadata(file.data, file.name, place, chart.metadata, m_budget); !decoded)
      return in_file("cannot load Chart.yaml: ", std::move(decoded).error());
    auto& version = chart.metadata.api_version;
    if (version.empty()) version = "v1";
    if (place == ChartPlace::root && version != "v1" && version != "v2" && version != "v3")
      return fail(ErrorKind::render, "unsupported chart version");
  }
  if (!found) return fail(ErrorKind::render, "Chart.yaml file is missing");
  return {};
}

Status ChartLoader::read_requirements(ChartFile file, Chart& chart) {
  if (auto decoded = decode_metadata(file.data, file.name, ChartPlace::subchart, chart.metadata, m_budget); !decoded)
    return in_file("cannot load requirements.yaml: ", std::move(decoded).error());
  if (chart.metadata.api_version == "v1") chart.files.push_back(std::move(file));
  return {};
}

Status ChartLoader::place(ChartFile file, Chart& chart, SubchartFiles& subcharts) {
  constexpr std::string_view k_charts = "charts/";
  const std::string_view name = file.name;
  if (name == "Chart.yaml" || name == "Chart.lock") return {};
  if (name == "values.yaml") {
    auto values = read_values(file.data, m_profile, m_arena);
    if (!values) return in_file("cannot load values.yaml: ", std::move(values).error());
    chart.values = *values;
  } else if (name == "values.schema.json") {
    chart.schema = std::move(file.data);
  } else if (name == "requirements.yaml") {
    return read_requirements(std::move(file), chart);
  } else if (name == "requirements.lock") {
    if (chart.metadata.api_version == "v1") chart.files.push_back(std::move(file));
  } else if (name.starts_with("templates/")) {
    chart.templates.push_back(std::move(file));
  } else if (name.starts_with(k_charts) && !name.ends_with(".prov")) {
    const auto below = name.substr(k_charts.size());
    const std::string first(below.substr(0, below.find('/')));
    subcharts[first].push_back({std::string(below), std::move(file.data)});
  } else {
    chart.files.push_back(std::move(file));
  }
  return {};
}

Result<Chart> ChartLoader::load_subchart(const std::string& name, std::vector<ChartFile> files, const Chart& parent,
                                         std::uint32_t depth) {
  if (name.ends_with(".tgz")) {
    if (files.front().name != name)
      return fail(ErrorKind::render, fmt::format("error unpacking subchart tar in {}: expected {}, got {}",
                                                 parent.metadata.name, name, files.front().name));
    TRY_ASSIGN(auto unpacked, read_chart_archive(files.front().data, m_budget));
    return load(std::move(unpacked), depth + 1);
  }
  std::vector<ChartFile> own;
  for (auto& file : files) {
    const auto slash = file.name.find('/');
    if (slash != std::string::npos) own.push_back({file.name.substr(slash + 1), std::move(file.data)});
  }
  return load(std::move(own), depth + 1);
}

Result<Chart> ChartLoader::load(std::vector<ChartFile> files, std::uint32_t depth) {
  if (depth > k_max_chart_depth) return fail(ErrorKind::limit, "subcharts are nested too deeply");
  if (!m_budget.step(files.size() + 1)) return fail(m_budget.error("loading a chart"));
  Chart chart;
  SubchartFiles subcharts;
  TRY(read_metadata(files, depth == 0 ? ChartPlace::root : ChartPlace::subchart, chart));
  for (auto& file : files) TRY(place(std::move(file), chart, subcharts));
  TRY(validate_metadata(chart.metadata));
  for (auto& [name, content] : subcharts) {
    if (name.starts_with('_') || name.starts_with('.')) continue;
    auto child = load_subchart(name, std::move(content), chart, depth);
    if (!child) {
      auto error = std::move(child).error();
      error.message = fmt::format("error unpacking subchart {} in {}: {}", name, chart.metadata.name, error.message);
      return fail(std::move(error));
    }
    chart.dependencies.push_back(std::move(*child));
  }
  return chart;
}

}  // namespace

Result<Chart> load_files(std::vector<ChartFile> files, HelmProfile profile, Arena& arena, Budget& budget) {
  return ChartLoader(profile, arena, budget).load(std::move(files), 0);
}

}  // namespace reconciled::helm
