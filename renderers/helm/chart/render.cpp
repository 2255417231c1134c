#include "renderers/helm/chart/render.h"

#include "base/split.h"
#include "renderers/helm/chart/capabilities.h"
#include "renderers/helm/chart/chart_functions.h"
#include "renderers/helm/chart/coalesce.h"
#include "renderers/helm/chart/load_state.h"
#include "renderers/helm/chart/manifests.h"
#include "renderers/helm/chart/schema_check.h"
#include "renderers/helm/chart/struct_decoder.h"
#include "renderers/helm/chart/template_tree.h"
#include "renderers/helm/chart/value_files.h"
#include "renderers/helm/semver/constraint.h"
#include "renderers/helm/template/engine.h"
#include "renderers/helm/values/quote.h"

#include <fmt/format.h>

#include <map>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_notes = "NOTES.txt";
constexpr std::size_t k_max_programs = 8;
using RenderedFiles = std::map<std::string, std::string>;

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorKind::render, std::move(message));
}

Status check_installable(const LoadedChart& chart) {
  const auto& type = chart.root().metadata.type;
  if (!type.empty() && type != "application") return refuse(type + " charts are not installable");
  std::string missing;
  for (const auto& dependency : missing_dependencies(chart)) {
    missing += (missing.empty() ? "" : ", ") + dependency.name;
  }
  if (missing.empty()) return {};
  return refuse(
      "an error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch "
      "missing dependencies: found in Chart.yaml, but missing in charts/ directory: " +
      missing);
}

/// Names between dots, of small letters, digits and hyphens, each with a letter or digit at both ends.
bool is_release_name(std::string_view name) {
  constexpr std::size_t k_max_length = 53;
  if (name.size() > k_max_length) return false;
  const auto is_letter_or_digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  for (const auto part : split(name, '.')) {
    if (part.empty() || !is_letter_or_digit(part.front()) || !is_letter_or_digit(part.back())) return false;
    for (const char c : part) {
      if (!is_letter_or_digit(c) && c != '-') return false;
    }
  }
  return true;
}

Status check_release_name(const std::string& name) {
  if (is_release_name(name)) return {};
  const std::string why =
      name.empty()
          ? "no name provided"
          : "invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])"
            "?)*$ and the length must not be longer than 53";
  return fail(ErrorKind::usage, fmt::format("release name check failed: release name {}: {}", quoted(name), why));
}

/// semver's view of a chart's `kubeVersion`.
Status check_kube_version(const ChartMetadata& metadata, const KubeVersion& kube) {
  if (metadata.kube_version.empty()) return {};
  const auto version = parse_version(kube.normalised);
  const auto constraints = parse_constraints(metadata.kube_version);
  if (version && constraints && satisfies(*version, *constraints)) return {};
  return refuse(fmt::format("chart requires kubeVersion: {} which is incompatible with Kubernetes {}",
                            metadata.kube_version, kube.version));
}

/// The parsed templates of a chart under these paths: parsed once, as long as the same subcharts take part.
Result<std::shared_ptr<const TemplateSet>> parsed_templates(const LoadedChart& chart,
                                                            const std::vector<RenderTemplate>& templates,
                                                            Budget& budget) {
  auto& state = chart.state();
  std::string key;
  for (const auto& item : templates) key += fmt::format("{}\n{}\n", item.path, static_cast<const void*>(item.file));
  if (const auto found = state.programs.find(key); found != state.programs.end()) return found->second;
  auto set = std::make_shared<TemplateSet>(chart_functions(state.profile));
  for (const auto& item : templates) {
    if (auto parsed = set->parse(item.path, item.file->data, SourceText::shared, budget); !parsed)
      return fail(as_parse_error(item.path, std::move(parsed).error()));
  }
  if (state.programs.size() == k_max_programs) state.programs.clear();
  state.programs.emplace(std::move(key), set);
  return std::shared_ptr<const TemplateSet>(std::move(set));
}

Result<RenderedFiles> execute(const std::vector<RenderTemplate>& templates, const TemplateSet& set,
                              RenderWorld& world) {
  Execution execution(set, world);
  RenderedFiles files;
  for (const auto& item : templates) {
    if (item.path.substr(item.path.find_last_of('/') + 1).starts_with('_')) continue;
    auto* about = make_map(world.arena);
    about->set_shared("Name", GoValue::string(item.path));
    about->set_shared("BasePath", GoValue::string(item.base_path));
    item.context->set_shared("Template", GoValue::map(about, GoType::values));
    auto text = execution.execute(item.path, GoValue::map(item.context, GoType::values));
    if (!text) return fail(as_execution_error(item.path, world.profile, text.error()));
    files.emplace(item.path, without_no_value(*text));
  }
  return files;
}

/// Takes the notes out of the files.
std::string take_notes(RenderedFiles& files, const std::string& chart, RenderRequest::SubNotes sub_notes) {
  std::string notes;
  const std::string own = chart + "/templates/" + std::string(k_notes);
  for (auto file = files.begin(); file != files.end();) {
    if (!file->first.ends_with(k_notes)) {
      ++file;
      continue;
    }
    if (sub_notes == RenderRequest::SubNotes::include || file->first == own) {
      if (!notes.empty()) notes += '\n';
      notes += file->second;
    }
    file = files.erase(file);
  }
  return notes;
}

bool is_manifest_file(std::string_view path) {
  const auto dot = path.find_last_of('.');
  const auto extension = dot == std::string_view::npos ? std::string_view() : path.substr(dot);
  return equal_fold(extension, ".yaml") || equal_fold(extension, ".yml") || equal_fold(extension, ".json");
}

void collect_crds(const ChartNode& node, const std::string& path, std::vector<RenderedDocument>& crds) {
  for (const auto& file : node.chart->files) {
    if (file.name.starts_with("crds/") && is_manifest_file(file.name))
      crds.push_back({path + "/" + file.name, std::string(file.data.view()), "", "", ""});
  }
  for (const auto& child : node.children) collect_crds(child, path + "/charts/" + child.name, crds);
}

/// What a render knows before its templates run.
struct Prepared {
  ChartNode tree;
  GoMap* values = nullptr;
};

Result<Prepared> prepare(const LoadedChart& chart, const RenderRequest& request, ValuesContext& context) {
  TRY_ASSIGN(auto* user, merge_user_values(request.values, chart.profile(), context.arena));
  TRY(check_installable(chart));
  TRY(check_release_name(request.release.name));
  Prepared prepared{make_chart_tree(chart.root())};
  if (auto processed = process_dependencies(prepared.tree, user, context); !processed) {
    auto error = std::move(processed).error();
    error.message = "chart dependencies processing failed: " + error.message;
    return fail(std::move(error));
  }
  TRY_ASSIGN(prepared.values, coalesce_values(prepared.tree, user, Nulls::remove, context));
  if (request.schema == RenderRequest::Schema::check)
    TRY(check_schemas(prepared.tree, prepared.values, context.arena.budget()));
  return prepared;
}

}  // namespace

Result<RenderedChart> render_chart(const LoadedChart& chart, const RenderRequest& request, const RenderPorts& ports,
                                   Budget& budget) {
  const auto profile = chart.profile();
  Arena arena(budget);
  ValuesContext context{arena, {}};
  TRY_ASSIGN(const auto kube, parse_kube_version(request.capabilities.kube_version, profile));
  TRY_ASSIGN(const auto prepared, prepare(chart, request, context));
  TRY(check_kube_version(chart.root().metadata, kube));

  const TopLevel top{make_release_object(request.release, arena),
                     make_capabilities(kube, request.capabilities, profile, arena), prepared.values};
  const auto templates = make_template_tree(prepared.tree, top, profile, arena);
  TRY_ASSIGN(const auto set, parsed_templates(chart, templates, budget));
  RenderWorld world{arena, ports.random, ports.now, profile, ports.lookup, ports.zones};
  TRY_ASSIGN(auto files, execute(templates, *set, world));

  RenderedChart rendered;
  rendered.notes = take_notes(files, prepared.tree.name, request.sub_notes);
  TRY(sort_manifests(files, profile, budget, rendered));
  if (request.crds == RenderRequest::Crds::collect) collect_crds(prepared.tree, prepared.tree.name, rendered.crds);
  rendered.reproducible = !world.used_random && !world.used_time;
  rendered.warnings.insert(rendered.warnings.begin(), context.warnings.begin(), context.warnings.end());
  return rendered;
}

}  // namespace reconciled::helm
