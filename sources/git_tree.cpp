#include "sources/git_tree.h"

#include "sources/git2_handles.h"
#include "sources/git_object_text.h"

#include <git2.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace reconciled {
namespace {

constexpr std::size_t k_max_cached_entries = 1'000'000;

class GitTree final : public SourceTree {
 public:
  using Folder = std::vector<GitTreeEntry>;  // sorted by name bytes

  GitTree(GitTreeOptions options, Git2<git_repository> repository, Git2<git_odb> odb)
      : m_options(std::move(options)), m_repository(std::move(repository)), m_odb(std::move(odb)) {}

  Status check_root() const {
    TRY(folder(m_options.root, ""));
    return {};
  }

  Result<std::vector<TreeEntry>> list(std::string_view path) const override {
    TRY_ASSIGN(const std::string checked, normalise_path(path));
    TRY_ASSIGN(const auto found, find(checked));
    if (!found || found->kind != TreeEntry::Kind::folder) {
      return fail(ErrorKind::source_missing, found ? "is no folder" : "there is no such folder", {.file = checked});
    }
    TRY_ASSIGN(const Folder* const entries, folder(found->id, checked));
    std::vector<TreeEntry> result;
    result.reserve(entries->size());
    for (const auto& entry : *entries) result.push_back({.name = entry.name, .kind = entry.kind});
    return result;
  }

  Result<std::optional<std::string>> read(std::string_view path, std::uint64_t max_bytes) const override {
    TRY_ASSIGN(const std::string checked, normalise_path(path));
    TRY_ASSIGN(const auto found, find(checked));
    if (!found) return std::nullopt;
    if (found->kind != TreeEntry::Kind::file) {
      constexpr std::string_view k_names[] = {"file", "folder", "symbolic link", "submodule"};
      return fail(ErrorKind::source_missing,
                  "is a " + std::string(k_names[static_cast<std::size_t>(found->kind)]) + ", not a file",
                  {.file = checked});
    }
    TRY_ASSIGN(auto object, load(found->id, checked, max_bytes));
    if (object.type != GitObject::Type::blob) return fail(damaged("is no blob in the object store", checked));
    return std::move(object.content);
  }

  Result<std::optional<TreeEntry>> stat(std::string_view path) const override {
    TRY_ASSIGN(const std::string checked, normalise_path(path));
    TRY_ASSIGN(const auto found, find(checked));
    if (!found) return std::nullopt;
    return TreeEntry{.name = found->name, .kind = found->kind};
  }

  Result<std::string> id(std::string_view path) const override {
    TRY_ASSIGN(const std::string checked, normalise_path(path));
    TRY_ASSIGN(const auto found, find(checked));
    if (!found) return std::string();
    // A link and a file of the same bytes share a blob, and are not the same.
    return found->kind == TreeEntry::Kind::symlink ? "link:" + found->id : found->id;
  }

 private:
  Error damaged(std::string why, const std::string& path) const {
    if (m_options.on_damage) m_options.on_damage();
    return Error(ErrorKind::source_integrity, std::move(why), {.file = path});
  }

  Result<GitObject> load(const std::string& object_id, const std::string& path, std::uint64_t max_bytes) const {
    if (m_options.objects_read != nullptr) m_options.objects_read->fetch_add(1, std::memory_order_relaxed);
    auto object = read_git_object(*m_odb, object_id, static_cast<std::size_t>(max_bytes));
    if (object) return object;
    Error error = std::move(object).error();
    error.where.file = path;
    if (error.kind == ErrorKind::limit) {
      error.message = "is larger than the " + std::to_string(max_bytes) + " bytes that may be read";
    }
    if (error.kind == ErrorKind::source_integrity && m_options.on_damage) m_options.on_damage();
    return fail(std::move(error));
  }

  Result<const Folder*> folder(const std::string& tree_id, const std::string& path) const {
    if (const auto known = m_folders.find(tree_id); known != m_folders.end()) return &known->second;
    TRY_ASSIGN(const auto object, load(tree_id, path, m_options.max_tree_bytes));
    if (object.type != GitObject::Type::tree) return fail(damaged("is no tree in the object store", path));
    auto entries = parse_git_tree(object.content);
    if (!entries) {
      Error error = std::move(entries).error();
      error.where.file = path;
      return fail(std::move(error));
    }
    std::ranges::sort(*entries, {}, &GitTreeEntry::name);
    if (m_cached_entries + entries->size() > k_max_cached_entries) {
      m_folders.clear();
      m_cached_entries = 0;
    }
    m_cached_entries += entries->size();
    return &m_folders.emplace(tree_id, std::move(*entries)).first->second;
  }

  /// Follows folders only: below a link or submodule nothing exists.
  Result<std::optional<GitTreeEntry>> find(const std::string& path) const {
    GitTreeEntry current{.name = "", .id = m_options.root, .kind = TreeEntry::Kind::folder};
    for (std::size_t begin = 0; begin < path.size();) {
      if (current.kind != TreeEntry::Kind::folder) return std::nullopt;
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const std::string_view name = std::string_view(path).substr(begin, end - begin);
      TRY_ASSIGN(const Folder* const entries, folder(current.id, path.substr(0, begin == 0 ? 0 : begin - 1)));
      const auto entry =
          std::ranges::lower_bound(*entries, name, {}, [](const GitTreeEntry& e) { return std::string_view(e.name); });
      if (entry == entries->end() || entry->name != name) return std::nullopt;
      current = *entry;
      begin = end + 1;
    }
    return current;
  }

  GitTreeOptions m_options;
  Git2<git_repository> m_repository;
  Git2<git_odb> m_odb;
  mutable std::unordered_map<std::string, Folder> m_folders;  // by tree id
  mutable std::size_t m_cached_entries = 0;
};

}  // namespace

Result<std::shared_ptr<const SourceTree>> open_git_tree(GitTreeOptions options) {
  TRY_ASSIGN(auto repository, open_git_repository(options.repository, ErrorKind::source_integrity));
  git_odb* odb = nullptr;
  if (git_repository_odb(&odb, repository.get()) != 0) {
    return fail(git2_error(ErrorKind::source_integrity, "cannot open the object store of " + options.repository));
  }
  auto tree = std::make_shared<GitTree>(std::move(options), std::move(repository), Git2<git_odb>(odb));
  TRY(tree->check_root());
  return std::shared_ptr<const SourceTree>(std::move(tree));
}

}  // namespace reconciled
