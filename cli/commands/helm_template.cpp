#include "base/clock.h"
#include "base/file.h"
#include "cli/chart_folder.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "renderers/helm/chart/release_name.h"
#include "renderers/helm/chart/render.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <iterator>

namespace reconciled {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t k_max_values_bytes = 64U << 20;

/// Release name and chart, as `helm template [NAME] CHART` reads them.
struct Target {
  std::string release;
  std::string chart;
};

Result<Target> target_of(const CommandLine& line) {
  const auto& words = line.arguments;
  if (words.empty() || words.front() != "template")
    return fail(ErrorKind::usage, "reconcile helm does one thing: template [NAME] CHART");
  const auto count = words.size() - 1;
  if (count == 0) return fail(ErrorKind::usage, "\"helm template\" requires at least 1 argument: the chart");
  if (count > 2) return fail(ErrorKind::usage, "expected at most two arguments: a release name and a chart");
  if (count == 1) return Target{"release-name", words[1]};
  if (line.helm.generate_name) return fail(ErrorKind::usage, "cannot set --generate-name and also specify a name");
  if (!line.helm.name_template.empty())
    return fail(ErrorKind::usage, "cannot set --name-template and also specify a name");
  return Target{words[1], words[2]};
}

Result<std::shared_ptr<const helm::LoadedChart>> load_chart(const std::string& path, helm::HelmProfile profile,
                                                            Budget& budget) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::is_directory(status)) return helm::load_chart_folder(*open_chart_folder(path), "", profile, budget);
  if (!fs::exists(status))
    return fail(ErrorKind::source_missing, fmt::format("path \"{}\" not found", path), {},
                "a chart is a folder or a .tgz archive of this machine");
  TRY_ASSIGN(const auto archive, read_file(path, helm::k_max_chart_bytes));
  if (!archive.starts_with("\x1F\x8B\x08"))
    return fail(ErrorKind::render, fmt::format("file '{}' does not appear to be a gzipped archive", path));
  return helm::load_chart_archive(archive, profile, budget);
}

Result<std::string> read_values_file(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  if (path.find("://") != std::string::npos)
    return fail(ErrorKind::usage, "values are read from files of this machine", {.file = path});
  return read_file(path, k_max_values_bytes);
}

/// "a,b" and "c" are three.
std::vector<std::string> split_commas(const std::vector<std::string>& lists) {
  std::vector<std::string> items;
  for (std::string_view list : lists) {
    for (;;) {
      const auto comma = list.find(',');
      items.emplace_back(list.substr(0, comma));
      if (comma == std::string_view::npos) break;
      list.remove_prefix(comma + 1);
    }
  }
  return items;
}

Result<helm::RenderRequest> request_of(const HelmOptions& options, std::string release) {
  helm::RenderRequest request;
  request.release = {std::move(release), options.namespace_, 1, options.is_upgrade};
  request.capabilities.kube_version = options.kube_version;
  request.capabilities.api_versions = split_commas(options.api_versions);
  if (!options.include_crds) request.crds = helm::RenderRequest::Crds::skip;
  if (options.skip_schema) request.schema = helm::RenderRequest::Schema::skip;
  auto& values = request.values;
  for (const auto& path : split_commas(options.values)) {
    TRY_ASSIGN(auto text, read_values_file(path));
    values.files.push_back({path, std::move(text)});
  }
  values.set = options.set;
  values.set_string = options.set_string;
  values.set_json = options.set_json;
  values.set_file = options.set_file;
  values.set_literal = options.set_literal;
  values.read_file = &read_values_file;
  return request;
}

Result<std::string> render(const CommandLine& line, Terminal& terminal) {
  const auto& options = line.helm;
  TRY_ASSIGN(auto target, target_of(line));
  Limits limits;
  limits.bytes = 4ULL << 30;
  limits.steps = 1'000'000'000;
  limits.time = std::chrono::minutes(5);
  Budget budget(limits);
  SystemRandom random;
  SystemZoneSource zones;
  const helm::RenderPorts ports{random, wall_now(), nullptr, &zones};
  if (!options.name_template.empty()) {
    TRY_ASSIGN(target.release, helm::render_release_name(options.name_template, ports, budget));
  }
  TRY_ASSIGN(const auto request, request_of(options, target.release));
  TRY_ASSIGN(const auto chart, load_chart(target.chart, helm::HelmProfile::helm4, budget));
  TRY_ASSIGN(const auto rendered, helm::render_chart(*chart, request, ports, budget));
  for (const auto& warning : rendered.warnings) terminal.say("warning: " + warning);
  helm::TemplateOutput output;
  if (options.include_crds) output.crds = helm::TemplateOutput::Crds::include;
  if (options.skip_tests) output.hooks = helm::TemplateOutput::Hooks::without_tests;
  if (options.no_hooks) output.hooks = helm::TemplateOutput::Hooks::skip;
  output.show_only = options.show_only;
  return helm::format_template_output(rendered, output);
}

}  // namespace

int run_helm(const CommandLine& line, Terminal& terminal) {
  const auto text = render(line, terminal);
  if (!text) return terminal.fail(text.error());
  terminal.out(*text);
  return 0;
}

}  // namespace reconciled
