#include "renderers/helm/chart/load.h"

#include "renderers/helm/chart/archive.h"
#include "renderers/helm/chart/ignore.h"
#include "renderers/helm/chart/load_files.h"
#include "renderers/helm/chart/load_state.h"
#include "renderers/helm/template/template_set.h"

#include <fmt/format.h>

#include <algorithm>

namespace reconciled::helm {
namespace {

/// Collects the files of a folder in the order of a depth-first walk by names, without what is ignored.
class FolderReader {
 public:
  FolderReader(const SourceTree& tree, std::string_view root, const IgnoreRules& rules, Budget& budget)
      : m_tree(tree), m_root(root), m_rules(rules), m_budget(budget) {}

  Status read(const std::string& folder, std::uint32_t depth) {
    if (depth > m_budget.max_depth()) return fail(ErrorKind::limit, "folders are nested too deeply", {folder});
    TRY_ASSIGN(const auto entries, m_tree.list(join_path(m_root, folder)));
    for (const auto& entry : entries) {
      if (!m_budget.step()) return fail(m_budget.error("loading a chart"));
      const auto path = join_path(folder, entry.name);
      const bool is_folder = entry.kind == TreeEntry::Kind::folder;
      if (m_rules.ignores(path, is_folder ? PathKind::folder : PathKind::file)) continue;
      if (is_folder) {
        TRY(read(path, depth + 1));
      } else {
        TRY(read_file(path, entry));
      }
    }
    return {};
  }
  std::vector<ChartFile> files;

 private:
  Status read_file(const std::string& path, const TreeEntry& entry) {
    if (entry.kind != TreeEntry::Kind::file)
      return fail(ErrorKind::policy, "a chart cannot hold links and submodules", {join_path(m_root, path)},
                  "put the file itself there, or name it in .helmignore");
    auto content = m_tree.read_shared(join_path(m_root, path), k_max_chart_file_bytes);
    if (!content) return fail(std::move(content).error());
    if (!*content) return fail(ErrorKind::source_missing, "the file vanished", {join_path(m_root, path)});
    m_bytes += (*content)->view().size();
    if (m_bytes > k_max_chart_bytes)
      return fail(ErrorKind::limit, fmt::format("chart is larger than the maximum size {}", k_max_chart_bytes));
    constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
    const bool marked = (*content)->view().starts_with(k_byte_order_mark);
    files.push_back({path, marked ? (*content)->behind(k_byte_order_mark.size()) : std::move(**content)});
    return {};
  }

  const SourceTree& m_tree;
  std::string_view m_root;
  const IgnoreRules& m_rules;
  Budget& m_budget;
  std::uint64_t m_bytes = 0;
};

Result<std::shared_ptr<const LoadedChart>> finish(std::vector<ChartFile> files, HelmProfile profile, Budget& budget,
                                                  std::span<const VendoredChart> vendored) {
  for (const auto& chart : vendored) files.push_back({"charts/" + chart.file_name, chart.data});
  auto state = std::make_unique<LoadedChart::State>(profile);
  TRY_ASSIGN(state->root, load_files(std::move(files), profile, state->arena, budget));
  if (state->root.metadata.api_version == "v3") return fail(ErrorKind::render, "invalid chart apiVersion");
  return std::make_shared<const LoadedChart>(std::move(state));
}

}  // namespace

LoadedChart::LoadedChart(std::unique_ptr<State> state) : m_state(std::move(state)) {}
LoadedChart::~LoadedChart() = default;

const Chart& LoadedChart::root() const {
  return m_state->root;
}

HelmProfile LoadedChart::profile() const {
  return m_state->profile;
}

Result<std::shared_ptr<const LoadedChart>> load_chart_folder(const SourceTree& tree, std::string_view path,
                                                             HelmProfile profile, Budget& budget,
                                                             std::span<const VendoredChart> vendored) {
  TRY_ASSIGN(const auto ignore_file, tree.read(join_path(path, ".helmignore"), k_max_chart_file_bytes));
  TRY_ASSIGN(const auto rules, IgnoreRules::parse(ignore_file ? *ignore_file : std::string()));
  FolderReader reader(tree, path, rules, budget);
  TRY(reader.read("", 0));
  return finish(std::move(reader.files), profile, budget, vendored);
}

Result<std::shared_ptr<const LoadedChart>> load_chart_archive(std::string_view archive, HelmProfile profile,
                                                              Budget& budget, std::span<const VendoredChart> vendored) {
  TRY_ASSIGN(auto files, read_chart_archive(archive, budget));
  return finish(std::move(files), profile, budget, vendored);
}

std::vector<Dependency> missing_dependencies(const LoadedChart& chart) {
  std::vector<Dependency> missing;
  const auto& present = chart.root().dependencies;
  for (const auto& dependency : chart.root().metadata.dependencies) {
    if (std::none_of(present.begin(), present.end(),
                     [&](const Chart& child) { return child.metadata.name == dependency.name; }))
      missing.push_back(dependency);
  }
  return missing;
}

}  // namespace reconciled::helm
