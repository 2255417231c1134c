#include "renderers/kustomize_inputs.h"

#include "ports/selected_tree.h"
#include "renderers/kustomize/folders.h"
#include "renderers/kustomize/place.h"
#include "renderers/kustomize_charts.h"

#include <algorithm>

namespace reconciled {
namespace {

template <class T>
void add_once(std::vector<T>& list, T item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(std::move(item));
}

/// Whether a URL means one file, not a folder of a repository.
bool names_a_file(std::string_view path) {
  return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
}

}  // namespace

std::shared_ptr<const SourceTree> KustomizeInputs::find_repository(const kustomize::RepositoryUrl& url) const {
  if (names_a_file(url.path)) return nullptr;
  BaseRef ref{{url.clone_url(), url.ref}, kustomize::clean_path(url.path)};
  const auto found = std::ranges::find(m_inputs.bases, ref, &FetchedBase::ref);
  if (found != m_inputs.bases.end()) return found->tree;
  add_once(m_missing.bases, std::move(ref));
  return nullptr;
}

std::optional<std::string> KustomizeInputs::find_file(std::string_view /*url*/) const {
  return std::nullopt;
}

std::shared_ptr<const SourceTree> KustomizeInputs::find_chart(const ChartRef& chart) const {
  const auto found = std::ranges::find(m_inputs.dependencies, chart, &FetchedChart::ref);
  if (found == m_inputs.dependencies.end()) {
    add_once(m_missing.charts, chart);
    return nullptr;
  }
  auto tree = open_chart_archive(*found->archive, m_budget);
  return tree ? std::move(*tree) : nullptr;
}

Result<std::shared_ptr<const SourceTree>> select_base(std::shared_ptr<const SourceTree> tree, const std::string& path) {
  Budget budget;
  TRY_ASSIGN(auto folders, kustomize::find_folders(*tree, path, budget));
  return std::shared_ptr<const SourceTree>(make_selected_tree(std::move(tree), std::move(folders)));
}

}  // namespace reconciled
