// The `helm:` block of a stack, read once its layers are merged.
#pragma once

#include "base/value.h"
#include "ports/chart.h"
#include "stacks/stack.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reconciled {

/// Whose behaviour a chart is rendered with.
enum class HelmVersion : std::uint8_t { helm4, helm3 };

struct HelmBlock {
  std::string chart;       ///< empty: the stack's own folder is the chart
  std::string repository;  ///< see ChartPlace
  std::string version;     ///< a version or a range; of a chart in Git a branch, a tag or a commit
  std::string digest;      ///< SHA-256 that the archive must have; empty: any
  Value values;            ///< a map, or null
  std::optional<std::vector<std::string>> value_files;  ///< absent: values.yaml where there is one
  std::string release_name;                             ///< empty: the name of the stack
  Enabled include_crds = Enabled::yes;
  Enabled hooks = Enabled::yes;
  HelmVersion profile = HelmVersion::helm4;
  std::string kube_version;  ///< empty: the cluster's
  std::vector<std::string> api_versions;
  bool operator==(const HelmBlock&) const = default;
};

/// Of a block that check_helm_block accepted, after merging; null gives the defaults.
HelmBlock read_helm_block(const Value& block);

/// Where the chart of a stack lies.
struct ChartPlace {
  enum class Kind : std::uint8_t {
    own_folder,  ///< the stack's folder
    folder,      ///< `path` of the environment's own repository: a chart's folder or its .tgz
    folder_of,   ///< `path` there holds several charts: NAME, NAME-VERSION and NAME-VERSION.tgz
    git,         ///< the folder `path` of another repository
    archive,     ///< what `chart` asks a chart repository, an OCI registry or a place that the settings name for
  };
  Kind kind = Kind::own_folder;
  std::string path;
  std::string name;  ///< folder_of
  SourceRef git;
  ChartRef chart;
  bool operator==(const ChartPlace&) const = default;
};

/// The same for a repository by its URL: Git or an archive.
ChartPlace place_in_repository(const std::string& url, const std::string& chart, const std::string& version);
/// Whether a ChartRef names a place of the settings, not a URL.
bool is_named_place(const ChartRef& chart);

/// ErrorKind::render says which of chart, repository and version do not fit each other; `where` is for it.
Result<ChartPlace> find_chart_place(const HelmBlock& options, const Where& where);

}  // namespace reconciled
