// Renders a chart for a release, as `helm template` does.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "ports/random.h"
#include "renderers/helm/chart/load.h"
#include "renderers/helm/values/go_function.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

/// What stands above the chart's own values, later ones winning: the files in their order, then the groups of settings
/// in the order of the members here, whatever order the user gave them in.
struct ValuesInput {
  struct File {
    std::string name;  ///< for errors
    std::string text;  ///< YAML, of one or more documents
  };
  std::vector<File> files;
  std::vector<std::string> set_json;     ///< "a.b={\"c\":1}" or a whole JSON object
  std::vector<std::string> set;          ///< "a.b=c,d[0]=1"
  std::vector<std::string> set_string;   ///< the same, every value a string
  std::vector<std::string> set_file;     ///< "a.b=PATH": the text of a file
  std::vector<std::string> set_literal;  ///< "a.b=TEXT": everything after the first '='
  /// Reads what `set_file` names; absent: such settings are an error.
  std::function<Result<std::string>(const std::string& path)> read_file;
  /// What becomes of all of them together, before they are laid over the chart's own; absent: they stay as they are.
  std::function<Result<GoMap*>(GoMap* values, Arena& arena)> change;
};

struct Release {
  std::string name = "release-name";
  std::string namespace_ = "default";
  int revision = 1;
  bool is_upgrade = false;
};

/// What .Capabilities tells. `kube_version` empty: the version that Helm assumes offline.
struct ClusterCapabilities {
  std::string kube_version;
  std::vector<std::string> api_versions;  ///< "apps/v1", "apps/v1/Deployment"; added to the built-in ones
  enum class ApiVersions : bool { add, replace };
  ApiVersions mode = ApiVersions::add;
};

struct RenderRequest {
  Release release;
  ValuesInput values;
  ClusterCapabilities capabilities;
  enum class Schema : bool { check, skip };
  Schema schema = Schema::check;
  enum class Crds : bool { skip, collect };
  Crds crds = Crds::collect;
  enum class SubNotes : bool { skip, include };
  SubNotes sub_notes = SubNotes::skip;
};

/// What of the world templates may see.
struct RenderPorts {
  Random& random;
  std::chrono::system_clock::time_point now;
  ClusterLookup* lookup = nullptr;  ///< null: `lookup` finds nothing
  ZoneSource* zones = nullptr;      ///< null: every time is in UTC
};

/// One document of a rendered file.
struct RenderedDocument {
  std::string source;  ///< "mychart/templates/service.yaml", with charts/NAME/ for subcharts
  std::string text;    ///< without the blanks around it
  std::string kind;    ///< empty when it has none, as for a document of comments
  std::string api_version;
  std::string name;
};

enum class HookEvent : std::uint8_t {
  pre_install,
  post_install,
  pre_delete,
  post_delete,
  pre_upgrade,
  post_upgrade,
  pre_rollback,
  post_rollback,
  test,
};

struct RenderedHook {
  RenderedDocument document;
  std::vector<HookEvent> events;
  std::int64_t weight = 0;
  std::vector<std::string> delete_policies;      ///< as written, lower case; none: before-hook-creation
  std::vector<std::string> output_log_policies;  ///< as written, lower case
};

struct RenderedChart {
  std::vector<RenderedDocument> crds;       ///< whole files of crds/; only source and text are set
  std::vector<RenderedDocument> manifests;  ///< in install order
  std::vector<RenderedHook> hooks;          ///< in install order of their kinds
  std::string notes;
  std::vector<std::string> warnings;
  bool reproducible = true;  ///< false: a template drew random numbers or read the clock
};

/// Refuses what Helm refuses: missing dependencies, library charts, values of the wrong shape, another Kubernetes
/// version, documents that are no YAML. Errors carry Helm's text.
Result<RenderedChart> render_chart(const LoadedChart& chart, const RenderRequest& request, const RenderPorts& ports,
                                   Budget& budget);

/// The parts of a RenderedChart that `helm template` prints.
struct TemplateOutput {
  enum class Crds : bool { skip, include };
  Crds crds = Crds::skip;
  enum class Hooks : std::uint8_t { skip, without_tests, all };
  Hooks hooks = Hooks::all;
  std::vector<std::string> show_only;  ///< patterns of paths below the chart; empty: everything
};
/// The bytes that `helm template` prints. Fails when a pattern of `show_only` matches nothing.
Result<std::string> format_template_output(const RenderedChart& rendered, const TemplateOutput& output);

}  // namespace reconciled::helm
