#include "ports/selected_tree.h"

#include "base/digest.h"

#include <algorithm>

namespace reconciled {
namespace {

/// Whether a path is a folder or lies below it.
bool lies_in(std::string_view path, std::string_view folder) {
  return folder.empty() || (path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/'));
}

class SelectedTree final : public SourceTree {
 public:
  SelectedTree(std::shared_ptr<const SourceTree> tree, std::vector<std::string> folders)
      : m_tree(std::move(tree)), m_folders(std::move(folders)) {
    std::ranges::sort(m_folders);
    // A folder below another one adds nothing. The one above comes first.
    std::vector<std::string> kept;
    for (auto& folder : m_folders) {
      if (std::ranges::none_of(kept, [&](const auto& above) { return lies_in(folder, above); }))
        kept.push_back(std::move(folder));
    }
    m_folders = std::move(kept);
  }

  Result<std::vector<TreeEntry>> list(std::string_view path) const override {
    auto entries = m_tree->list(path);
    if (!entries || is_selected(path)) return entries;
    std::erase_if(*entries, [&](const TreeEntry& entry) {
      const std::string inner = join_path(path, entry.name);
      return !is_selected(inner) && !is_above(inner);
    });
    return entries;
  }
  Result<std::optional<std::string>> read(std::string_view path, std::uint64_t max_bytes) const override {
    if (!is_selected(path)) return std::optional<std::string>();
    return m_tree->read(path, max_bytes);
  }
  Result<std::optional<TreeEntry>> stat(std::string_view path) const override {
    if (!is_selected(path) && !is_above(path)) return std::optional<TreeEntry>();
    return m_tree->stat(path);
  }
  Result<std::string> id(std::string_view path) const override {
    if (is_selected(path)) return m_tree->id(path);
    Sha256 sum;
    bool any = false;
    for (const auto& folder : m_folders) {
      if (!lies_in(folder, path)) continue;
      TRY_ASSIGN(const auto inner, m_tree->id(folder));
      sum.field(folder).field(inner);
      any = true;
    }
    return any ? sum.finish().hex() : std::string();
  }

 private:
  [[nodiscard]] bool is_selected(std::string_view path) const {
    return std::ranges::any_of(m_folders, [&](const auto& folder) { return lies_in(path, folder); });
  }
  [[nodiscard]] bool is_above(std::string_view path) const {
    return std::ranges::any_of(m_folders, [&](const auto& folder) { return lies_in(folder, path); });
  }

  std::shared_ptr<const SourceTree> m_tree;
  std::vector<std::string> m_folders;
};

}  // namespace

std::unique_ptr<SourceTree> make_selected_tree(std::shared_ptr<const SourceTree> tree,
                                               std::vector<std::string> folders) {
  return std::make_unique<SelectedTree>(std::move(tree), std::move(folders));
}

}  // namespace reconciled
