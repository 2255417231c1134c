#include "renderers/helm_dependencies.h"

#include "base/yaml.h"
#include "renderers/helm/chart/chart.h"

#include <algorithm>
#include <array>
#include <map>

namespace reconciled {
namespace {

constexpr std::uint64_t k_max_lock_bytes = 1U << 20;
constexpr std::array<std::string_view, 2> k_lock_files{"Chart.lock", "requirements.lock"};

/// Versions by name, as a lock file pins them. A broken file pins nothing: the ranges of Chart.yaml hold.
Result<std::map<std::string, std::string>> read_lock(const SourceTree& tree, Budget& budget) {
  std::map<std::string, std::string> versions;
  for (const auto name : k_lock_files) {
    TRY_ASSIGN(const auto text, tree.read(name, k_max_lock_bytes));
    if (!text) continue;
    const auto documents = read_yaml(*text, name, budget);
    if (!documents || documents->empty()) continue;
    for (const auto& entry : documents->front().value["dependencies"].items())
      versions.emplace(entry["name"].as_string(), entry["version"].as_string());
  }
  return versions;
}

Result<std::string> repository_of(const helm::Dependency& dependency, const Where& where) {
  std::string_view repository = dependency.repository;
  for (const std::string_view prefix : {"@", "alias:"}) {
    if (repository.starts_with(prefix)) return std::string(repository.substr(prefix.size()));
  }
  if (repository.starts_with("https://") || repository.starts_with("oci://") || repository.starts_with("http://"))
    return std::string(repository);
  return fail(ErrorKind::render,
              "the chart depends on \"" + dependency.name + "\", which does not lie in its charts/" +
                  (repository.empty() ? std::string(" and has no repository")
                                      : " and whose repository \"" + std::string(repository) + "\" cannot be asked"),
              where, "run \"helm dependency build\" and commit charts/, or name an https:// or oci:// repository");
}

}  // namespace

Result<Missing> find_missing_charts(const helm::LoadedChart& chart, const InputSet& inputs, Budget& budget) {
  Missing missing;
  const auto absent = helm::missing_dependencies(chart);
  if (absent.empty()) return missing;
  const std::string origin = inputs.chart ? inputs.chart->origin : inputs.files_origin;
  const SourceTree* tree = !inputs.chart ? inputs.files.get() : inputs.chart->tree.get();
  std::map<std::string, std::string> locked;
  if (tree != nullptr) {
    TRY_ASSIGN(locked, read_lock(*tree, budget));
  }
  for (const auto& dependency : absent) {
    const Where where{.file = join_path(origin, "Chart.yaml"), .key_path = "dependencies"};
    TRY_ASSIGN(std::string repository, repository_of(dependency, where));
    const auto version = locked.find(dependency.name);
    ChartRef ref{std::move(repository), dependency.name,
                 version == locked.end() || version->second.empty() ? dependency.version : version->second};
    const bool given = std::ranges::any_of(inputs.dependencies, [&](const auto& have) { return have.ref == ref; });
    if (given) {
      return fail(ErrorKind::render,
                  "the archive that was fetched for the dependency \"" + dependency.name + "\" holds another chart",
                  where);
    }
    if (std::ranges::find(missing.charts, ref) == missing.charts.end()) missing.charts.push_back(std::move(ref));
  }
  return missing;
}

}  // namespace reconciled
