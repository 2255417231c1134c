// Loads charts from folders and archives, with Helm's rules and limits.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "ports/source_tree.h"
#include "renderers/helm/values/go_function.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

struct Chart;
struct Dependency;

constexpr std::uint64_t k_max_chart_file_bytes = 5ULL << 20;
constexpr std::uint64_t k_max_chart_bytes = 100ULL << 20;

/// A chart with everything of it that does not depend on a release: files, default values, parsed templates. Renders
/// may share it, one after the other, never two at once; keep it as long as the files are the same.
class LoadedChart {
 public:
  struct State;
  explicit LoadedChart(std::unique_ptr<State> state);
  ~LoadedChart();
  LoadedChart(const LoadedChart&) = delete;
  LoadedChart& operator=(const LoadedChart&) = delete;

  [[nodiscard]] const Chart& root() const;
  [[nodiscard]] HelmProfile profile() const;
  [[nodiscard]] State& state() const { return *m_state; }

 private:
  std::unique_ptr<State> m_state;
};

/// The archive of a dependency that does not lie in charts/, treated as if it did.
struct VendoredChart {
  std::string file_name;  ///< "redis-1.2.3.tgz"
  std::string data;
};

/// The chart in the folder `path` of a tree, without what its .helmignore names. Links and submodules in it are errors.
Result<std::shared_ptr<const LoadedChart>> load_chart_folder(const SourceTree& tree, std::string_view path,
                                                             HelmProfile profile, Budget& budget,
                                                             std::span<const VendoredChart> vendored = {});
/// The chart in a .tgz; nothing is written anywhere.
Result<std::shared_ptr<const LoadedChart>> load_chart_archive(std::string_view archive, HelmProfile profile,
                                                              Budget& budget,
                                                              std::span<const VendoredChart> vendored = {});

/// Entries of Chart.yaml for which charts/ holds no chart of that name. Rendering is refused while there are some.
std::vector<Dependency> missing_dependencies(const LoadedChart& chart);

}  // namespace reconciled::helm
