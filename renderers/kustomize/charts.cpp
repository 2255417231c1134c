#include "renderers/kustomize/charts.h"

#include "base/go_path.h"
#include "base/json.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/node_reader.h"
#include "renderers/kustomize/node_value.h"
#include "renderers/kustomize/strategic_merge.h"

namespace reconciled::kustomize {
namespace {

constexpr std::string_view k_default_home = "charts";
constexpr std::string_view k_override = "override", k_merge = "merge", k_replace = "replace";

/// The folder that the chart's folder lies in.
std::string home_of(const CheckedChart& checked) {
  const HelmChart& chart = checked.chart;
  const std::string& home = checked.globals.chart_home;
  if (chart.version.empty() || chart.repo.empty()) return home;
  return home + "/" + chart.name + "-" + chart.version;
}

struct FoundChart {
  std::shared_ptr<const SourceTree> tree;
  bool fetched = false;
};

Result<FoundChart> find_chart(const Loader& loader, const CheckedChart& checked) {
  const HelmChart& chart = checked.chart;
  if (auto folder = loader.find_folder(home_of(checked) + "/" + chart.name))
    return FoundChart{std::move(folder), false};
  if (chart.repo.empty()) return fail_render("no repo specified for pull, no chart found at ''");
  const ChartRef wanted{chart.repo, chart.name, chart.version.empty() && chart.devel ? ">0.0.0-0" : chart.version};
  if (auto tree = loader.remotes().find_chart(wanted)) return FoundChart{std::move(tree), true};
  return fail(ErrorKind::source_missing,
              "the chart '" + chart.name + "' of " + chart.repo + " is not part of this build's inputs", {},
              "put it into '" + home_of(checked) + "/" + chart.name + "', as `helm pull --untar` does");
}

/// The chart's own values or the file that replaces them.
Result<std::string> load_values(const Loader& loader, const CheckedChart& checked, const FoundChart& found,
                                Budget& budget) {
  const HelmChart& chart = checked.chart;
  if (!chart.values_file.empty()) return loader.load(chart.values_file, budget);
  if (!found.fetched) return loader.load(home_of(checked) + "/" + chart.name + "/values.yaml", budget);
  TRY_ASSIGN(auto text, found.tree->read("values.yaml", k_max_file_bytes));
  if (!text) return fail_render("the chart '" + chart.name + "' of " + chart.repo + " has no values.yaml");
  return *std::move(text);
}

/// `valuesInline` with, over or instead of a file of values.
Result<std::string> merge_values(Context& context, const HelmChart& chart, std::string_view file) {
  NodeArena& arena = context.arena();
  auto read = read_document(arena, file);
  if (!read) return fail(wrap(std::move(read.error()), "could not parse values file into rnode"));
  Node* own = *read == nullptr ? arena.make(Kind::mapping) : *read;
  Node* given = node_of(arena, chart.values_inline);
  const bool given_wins = chart.values_merge != k_merge;
  auto merged = merge_strategically(arena, context.schema(), given_wins ? own : given, given_wins ? given : own,
                                    ListGrowth::append);
  if (!merged) return fail(wrap(std::move(merged.error()), "could not merge values"));
  TRY(context.check_budget());
  if (*merged == nullptr) return std::string("{}");
  TRY_ASSIGN(const Value value, value_of(arena, **merged));
  return format_json(value);
}

Result<std::string> values_of(Context& context, const Loader& loader, const CheckedChart& checked,
                              const FoundChart& found) {
  const HelmChart& chart = checked.chart;
  const bool has_inline = chart.values_inline.size() != 0;
  if (has_inline && chart.values_merge == k_replace) return format_json(chart.values_inline);
  TRY_ASSIGN(auto text, load_values(loader, checked, found, context.budget()));
  if (!has_inline) return text;
  return merge_values(context, chart, text);
}

}  // namespace

Result<CheckedChart> check_chart(const Loader& loader, const HelmChart& chart, const HelmGlobals& globals,
                                 Budget& budget) {
  CheckedChart checked{chart, globals, {}};
  if (chart.name.empty()) return fail_render("chart name cannot be empty");
  if (globals.chart_home.empty()) checked.globals.chart_home = k_default_home;
  for (const auto& file : chart.additional_values_files) {
    auto text = loader.load(file, budget);
    if (!text) return fail(wrap(std::move(text.error()), "could not load additionalValuesFile"));
    checked.more_values.push_back({file, std::move(*text)});
  }
  auto& merge = checked.chart.values_merge;
  if (merge.empty()) merge = k_override;
  if (merge != k_override && merge != k_merge && merge != k_replace)
    return fail_render("valuesMerge must be one of [merge override replace]");
  return checked;
}

Result<std::vector<Resource>> inflate_chart(Context& context, const Loader& loader, const CheckedChart& checked,
                                            const ChartRenderer& render) {
  const HelmChart& chart = checked.chart;
  TRY_ASSIGN(auto found, find_chart(loader, checked));
  ChartRequest request;
  TRY_ASSIGN(auto values, values_of(context, loader, checked, found));
  request.tree = std::move(found.tree);
  request.name = chart.name;
  request.release_name = chart.release_name;
  request.name_template = chart.name_template;
  request.name_space = chart.name_space;
  request.values.push_back({"values of " + chart.name, std::move(values)});
  request.values.insert(request.values.end(), checked.more_values.begin(), checked.more_values.end());
  request.api_versions = chart.api_versions;
  request.kube_version = chart.kube_version;
  request.include_crds = chart.include_crds;
  request.skip_hooks = chart.skip_hooks;
  request.skip_tests = chart.skip_tests;
  TRY_ASSIGN(const auto text, render(request, context.budget()));
  return read_resources(context.arena(), text);
}

}  // namespace reconciled::kustomize
