#include "stacks/helm_options.h"

#include "ports/source_tree.h"

namespace reconciled {
namespace {

std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> result;
  for (const auto& item : list.items()) result.emplace_back(item.as_string());
  return result;
}

bool is_local(std::string_view text) {
  return text.starts_with("./");
}

/// git@host:path
bool is_scp_like(std::string_view url) {
  const auto at = url.find('@');
  return at != std::string_view::npos && url.find(':', at) != std::string_view::npos &&
         url.find("://") == std::string_view::npos;
}

bool is_git(std::string_view url) {
  return url.starts_with("git+https://") || url.starts_with("ssh://") || url.starts_with("file://") ||
         url.ends_with(".git") || is_scp_like(url);
}

Result<ChartPlace> place_with_repository(const HelmBlock& options, const Where& where) {
  ChartPlace place;
  const std::string& repository = options.repository;
  if (options.chart.starts_with("./") || options.chart.find("://") != std::string::npos) {
    return fail(ErrorKind::render, "helm.chart says itself where the chart lies, and helm.repository says it again",
                where, "keep the repository and write the chart's name alone, or leave the repository out");
  }
  if (is_local(repository)) {
    place.kind = ChartPlace::Kind::folder_of;
    TRY_ASSIGN(place.path, normalise_path(repository));
    place.name = options.chart;
    return place;
  }
  place = place_in_repository(repository, options.chart, options.version);
  if (place.kind == ChartPlace::Kind::git) {
    TRY_ASSIGN(place.path, normalise_path(place.path));
  }
  return place;
}

}  // namespace

bool is_named_place(const ChartRef& chart) {
  return chart.repository.find("://") == std::string::npos;
}

ChartPlace place_in_repository(const std::string& url, const std::string& chart, const std::string& version) {
  ChartPlace place;
  if (is_git(url)) {
    place.kind = ChartPlace::Kind::git;
    place.git = {url.starts_with("git+") ? url.substr(4) : url, version};
    place.path = chart;
  } else {
    place.kind = ChartPlace::Kind::archive;
    place.chart = {url, chart, version};
  }
  return place;
}

HelmBlock read_helm_block(const Value& block) {
  HelmBlock options;
  const auto text = [&](std::string_view key) { return std::string(block[key].as_string()); };
  options.chart = text("chart");
  options.repository = text("repository");
  options.version = text("version");
  options.digest = text("digest");
  if (options.digest.starts_with("sha256:")) options.digest.erase(0, 7);
  options.values = block["values"];
  if (const Value* files = block.find("valueFiles")) options.value_files = texts_of(*files);
  options.release_name = text("releaseName");
  options.include_crds = block["includeCRDs"].as_bool(true) ? Enabled::yes : Enabled::no;
  options.hooks = block["skipHooks"].as_bool(false) ? Enabled::no : Enabled::yes;
  options.profile = block["profile"].as_string() == "helm3" ? HelmVersion::helm3 : HelmVersion::helm4;
  options.kube_version = text("kubeVersion");
  options.api_versions = texts_of(block["apiVersions"]);
  return options;
}

Result<ChartPlace> find_chart_place(const HelmBlock& options, const Where& where) {
  ChartPlace place;
  if (options.chart.empty()) return place;
  if (!options.repository.empty()) return place_with_repository(options, where);
  if (is_local(options.chart)) {
    place.kind = ChartPlace::Kind::folder;
    TRY_ASSIGN(place.path, normalise_path(options.chart));
    return place;
  }
  place.kind = ChartPlace::Kind::archive;
  const auto slash = options.chart.rfind('/');
  const bool registry = options.chart.starts_with("oci://");
  if (slash == std::string::npos || slash == 0 || slash + 1 == options.chart.size() ||
      (!registry && (options.chart.find("://") != std::string::npos || options.chart.find('/') != slash))) {
    return fail(
        ErrorKind::render, "helm.chart \"" + options.chart + "\" does not say where the chart lies", where,
        "write PLACE/NAME with a place of charts that the settings name, oci://REGISTRY/PATH/NAME, ./FOLDER of this "
        "repository, or add helm.repository");
  }
  place.chart = {options.chart.substr(0, slash), options.chart.substr(slash + 1), options.version};
  return place;
}

}  // namespace reconciled
