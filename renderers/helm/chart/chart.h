// A Helm chart as it was loaded: what is in its files, nothing decided yet.
#pragma once

#include "base/shared_text.h"
#include "renderers/helm/values/go_value.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace reconciled::helm {

enum class ChartPlace : bool { subchart, root };

struct ChartFile {
  std::string name;  ///< path below the chart's root, with slashes
  SharedText data;
};

/// `import-values` of a dependency: a name below the child's `exports`, or a table of the child and its place here.
struct ImportTable {
  std::string child;
  std::string parent;  ///< "." is the root
};
using ImportValue = std::variant<std::string, ImportTable>;

/// An entry of Chart.yaml's `dependencies` (apiVersion v1: of requirements.yaml).
struct Dependency {
  std::string name;
  std::string version;  ///< a range
  std::string repository;
  std::string condition;  ///< paths into the values, separated by commas
  std::vector<std::string> tags;
  bool enabled = false;
  std::vector<ImportValue> import_values;
  std::string alias;
};

struct Maintainer {
  std::string name;
  std::string email;
  std::string url;
};

/// Chart.yaml.
struct ChartMetadata {
  std::string name;
  std::string home;
  std::vector<std::string> sources;
  std::string version;
  std::string description;
  std::vector<std::string> keywords;
  std::vector<Maintainer> maintainers;
  std::string icon;
  std::string api_version;
  std::string condition;
  std::string tags;
  std::string app_version;
  bool deprecated = false;
  std::vector<std::pair<std::string, std::string>> annotations;  ///< sorted by key
  std::string kube_version;                                      ///< a range
  std::vector<Dependency> dependencies;
  bool declares_dependencies = false;  ///< the list is there, perhaps empty
  std::string type;                    ///< "", "application" or "library"
};

struct Chart {
  ChartMetadata metadata;
  std::vector<ChartFile> templates;
  std::vector<ChartFile> files;      ///< what is none of the others: crds/, README.md, files/ ...
  GoMap* values = nullptr;           ///< defaults, never changed; null when there is no values.yaml
  std::optional<SharedText> schema;  ///< text of values.schema.json
  std::vector<Chart> dependencies;   ///< what lies in charts/, in the order of their files
};

}  // namespace reconciled::helm
