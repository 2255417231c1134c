// A kustomization built: what `kustomize build` does, without touching anything but the given trees.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"
#include "renderers/kustomize/loader.h"
#include "renderers/kustomize/output_files.h"
#include "renderers/kustomize/plugins.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

enum class ResourceOrder : std::uint8_t {
  legacy,  ///< kinds in an order that suits an apply: the command line
  fifo,    ///< as the resources came: Flux
};

struct BuildOptions {
  LoadRestriction restriction = LoadRestriction::root_only;
  ResourceOrder order = ResourceOrder::legacy;  ///< unless the file has `sortOptions`
  ChartRenderer render_chart;                   ///< absent: `helmCharts` are refused
};

template <class T>
struct Built {
  Result<T> output;
  std::vector<std::string> warnings;  ///< also of a build that failed
};

/// The bytes that kustomize prints. `path` is a folder of the place.
Built<std::string> build_text(const Place& place, std::string_view path, const BuildOptions& options,
                              const Remotes& remotes, Budget& budget);
/// The same resources, each with the name of its file.
Built<std::vector<OutputFile>> build_files(const Place& place, std::string_view path, const BuildOptions& options,
                                           const Remotes& remotes, Budget& budget);
/// The same resources as values.
Built<std::vector<Value>> build_values(const Place& place, std::string_view path, const BuildOptions& options,
                                       const Remotes& remotes, Budget& budget);

}  // namespace reconciled::kustomize
