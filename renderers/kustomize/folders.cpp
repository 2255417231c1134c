#include "renderers/kustomize/folders.h"

#include "renderers/kustomize/json_reading.h"
#include "renderers/kustomize/loader.h"

#include <array>
#include <set>

namespace reconciled::kustomize {
namespace {

constexpr std::array<std::string_view, 3> k_file_names{"kustomization.yaml", "kustomization.yml", "Kustomization"};
constexpr std::array<std::string_view, 6> k_lists{"resources",  "bases",        "components",
                                                  "generators", "transformers", "validators"};
constexpr std::uint64_t k_largest_file = 1U << 20;
constexpr std::size_t k_most_folders = 10'000;

std::optional<Value> read_file(const SourceTree& tree, std::string_view folder, Budget& budget) {
  for (const auto name : k_file_names) {
    const auto text = tree.read(join_path(folder, name), k_largest_file);
    if (!text || !*text) continue;
    auto file = read_yaml_as_json(**text, budget);
    if (file) return std::move(*file);
  }
  return std::nullopt;
}

}  // namespace

bool is_kustomization(const SourceTree& tree, std::string_view folder) {
  for (const auto name : k_file_names) {
    const auto entry = tree.stat(join_path(folder, name));
    if (entry && *entry) return true;
  }
  return false;
}

Result<std::vector<std::string>> find_folders(const SourceTree& tree, std::string_view start, Budget& budget) {
  std::vector<std::string> folders{clean_path(start)};
  std::set<std::string> known(folders.begin(), folders.end());
  const auto add = [&](std::size_t from, std::string_view text) {
    if (text.empty() || text.find('\n') != std::string_view::npos || parse_repository_url(text)) return;
    std::string path = clean_path(folders[from] + "/" + std::string(text));
    if (path == ".." || path.starts_with("../") || known.contains(path)) return;
    const auto found = tree.stat(path);
    if (!found || !*found || (*found)->kind != TreeEntry::Kind::folder) return;
    known.insert(path);
    folders.push_back(std::move(path));
  };
  for (std::size_t i = 0; i < folders.size(); ++i) {
    if (!budget.step() || folders.size() > k_most_folders)
      return fail(budget.error("finding the bases of a kustomization", {.file = std::string(start)}));
    const auto file = read_file(tree, folders[i], budget);
    if (!file) continue;
    for (const auto list : k_lists) {
      for (const auto& entry : (*file)[list].items()) add(i, entry.as_string());
    }
    add(i, file->at({"helmGlobals", "chartHome"}).as_string());
  }
  return folders;
}

}  // namespace reconciled::kustomize
