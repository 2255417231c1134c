#include "ports/source_tree.h"

#include "base/budget.h"
#include "base/digest.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace reconciled {
namespace {

/// Why a single name may not be part of a path, or empty.
std::string_view fault_of(std::string_view name) {
  if (name == ".." || name == ".") return "goes above its root";
  if (name.size() > 255) return "has a name longer than 255 bytes";
  const bool control =
      std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\'; });
  if (control) return "has a control character or a backslash in a name";
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  if (lower == ".git" || lower == "git~1") return "names Git's own folder";
  return {};
}

class OverlayTree final : public SourceTree {
 public:
  OverlayTree(std::shared_ptr<const SourceTree> base, std::shared_ptr<const SourceTree> overlay)
      : m_base(std::move(base)), m_overlay(std::move(overlay)) {}

  Result<std::vector<TreeEntry>> list(std::string_view path) const override {
    TRY_ASSIGN(const auto in_base, m_base->stat(path));
    TRY_ASSIGN(const auto in_overlay, m_overlay->stat(path));
    std::map<std::string, TreeEntry> merged;
    for (const auto& [tree, entry] : {std::pair{m_base.get(), in_base}, std::pair{m_overlay.get(), in_overlay}}) {
      if (!entry || entry->kind != TreeEntry::Kind::folder) continue;
      TRY_ASSIGN(auto entries, tree->list(path));
      for (auto& item : entries) merged.insert_or_assign(item.name, item);
    }
    if (merged.empty() && !in_base && !in_overlay) {
      return fail(ErrorKind::source_missing, "there is no folder \"" + std::string(path) + "\"");
    }
    std::vector<TreeEntry> result;
    for (auto& [name, entry] : merged) result.push_back(std::move(entry));
    return result;
  }

  Result<std::optional<std::string>> read(std::string_view path, std::uint64_t max_bytes) const override {
    TRY_ASSIGN(const auto entry, m_overlay->stat(path));
    return (entry ? m_overlay : m_base)->read(path, max_bytes);
  }

  Result<std::optional<TreeEntry>> stat(std::string_view path) const override {
    TRY_ASSIGN(auto entry, m_overlay->stat(path));
    if (entry) return entry;
    return m_base->stat(path);
  }

  Result<std::string> id(std::string_view path) const override {
    TRY_ASSIGN(auto base, m_base->id(path));
    TRY_ASSIGN(const auto overlay, m_overlay->id(path));
    if (overlay.empty()) return base;
    return sha256(base + "+" + overlay).hex();
  }

 private:
  std::shared_ptr<const SourceTree> m_base;
  std::shared_ptr<const SourceTree> m_overlay;
};

class Subtree final : public SourceTree {
 public:
  Subtree(std::shared_ptr<const SourceTree> tree, std::string path)
      : m_tree(std::move(tree)), m_path(std::move(path)) {}

  Result<std::vector<TreeEntry>> list(std::string_view path) const override {
    TRY_ASSIGN(const std::string full, inside(path));
    if (path.empty()) {
      TRY_ASSIGN(const auto entry, m_tree->stat(full));
      if (!entry) return std::vector<TreeEntry>{};
    }
    return m_tree->list(full);
  }
  Result<std::optional<std::string>> read(std::string_view path, std::uint64_t max_bytes) const override {
    TRY_ASSIGN(const std::string full, inside(path));
    return m_tree->read(full, max_bytes);
  }
  Result<std::optional<TreeEntry>> stat(std::string_view path) const override {
    TRY_ASSIGN(const std::string full, inside(path));
    return m_tree->stat(full);
  }
  Result<std::string> id(std::string_view path) const override {
    TRY_ASSIGN(const std::string full, inside(path));
    return m_tree->id(full);
  }

 private:
  [[nodiscard]] Result<std::string> inside(std::string_view path) const {
    TRY_ASSIGN(const std::string relative, normalise_path(path));
    return join_path(m_path, relative);
  }
  std::shared_ptr<const SourceTree> m_tree;
  std::string m_path;
};

Status walk(const SourceTree& tree, const std::string& path, std::uint32_t depth, Budget& budget,
            const std::function<Status(const std::string&, const TreeEntry&)>& visit) {
  if (depth > budget.max_depth())
    return fail(ErrorKind::limit, "folders are nested deeper than " + std::to_string(budget.max_depth()),
                {.file = path});
  TRY_ASSIGN(const auto entries, tree.list(path));
  for (const auto& entry : entries) {
    if (!budget.step()) return fail(budget.error("listing files", {.file = path}));
    const std::string inner = join_path(path, entry.name);
    if (entry.kind == TreeEntry::Kind::folder) {
      TRY(walk(tree, inner, depth + 1, budget, visit));
    } else {
      TRY(visit(inner, entry));
    }
  }
  return {};
}

}  // namespace

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder.empty()) return std::string(name);
  if (name.empty()) return std::string(folder);
  return std::string(folder) + '/' + std::string(name);
}

Result<std::string> SourceTree::read_link(std::string_view path) const {
  return fail(ErrorKind::policy, "is a symbolic link; links are never followed", {.file = std::string(path)});
}

Result<std::optional<SharedText>> SourceTree::read_shared(std::string_view path, std::uint64_t max_bytes) const {
  TRY_ASSIGN(auto text, read(path, max_bytes));
  if (!text) return std::nullopt;
  return SharedText(std::move(*text));
}

Result<std::string> normalise_path(std::string_view path) {
  if (path.starts_with('/'))
    return fail(ErrorKind::policy, "the path \"" + std::string(path) + "\" is absolute", {},
                "write it relative to the repository");
  if (path.size() > 4096) return fail(ErrorKind::policy, "a path is longer than 4096 bytes");
  std::string result;
  std::string_view rest = path;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const std::string_view name = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    if (name.empty() || name == ".") continue;
    if (const auto fault = fault_of(name); !fault.empty()) {
      return fail(ErrorKind::policy, "the path \"" + std::string(path) + "\" " + std::string(fault));
    }
    result = join_path(result, name);
  }
  return result;
}

Status walk_tree(const SourceTree& tree, std::string_view path, Budget& budget,
                 const std::function<Status(const std::string&, const TreeEntry&)>& visit) {
  return walk(tree, std::string(path), 1, budget, visit);
}

std::unique_ptr<SourceTree> make_overlay_tree(std::shared_ptr<const SourceTree> base,
                                              std::shared_ptr<const SourceTree> overlay) {
  return std::make_unique<OverlayTree>(std::move(base), std::move(overlay));
}

std::unique_ptr<SourceTree> make_subtree(std::shared_ptr<const SourceTree> tree, std::string path) {
  return std::make_unique<Subtree>(std::move(tree), std::move(path));
}

}  // namespace reconciled
