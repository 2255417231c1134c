#include "ports/memory_tree.h"

#include "base/digest.h"

namespace reconciled {
namespace {

using Entries = std::map<std::string, MemoryEntry>;

std::uint64_t size_of(const MemoryEntry& entry) {
  return entry.content ? entry.content->size() : entry.size;
}

class MemoryTree final : public SourceTree {
 public:
  explicit MemoryTree(Entries files) : m_files(std::move(files)) {}

  Result<std::vector<TreeEntry>> list(std::string_view path) const override {
    TRY_ASSIGN(const std::string folder, normalise_path(path));
    const std::string prefix = folder.empty() ? "" : folder + "/";
    std::map<std::string, TreeEntry> entries;
    for (auto at = m_files.lower_bound(prefix); at != m_files.end() && at->first.starts_with(prefix); ++at) {
      const std::string rest = at->first.substr(prefix.size());
      const auto slash = rest.find('/');
      const std::string name = rest.substr(0, slash);
      const bool leaf = slash == std::string::npos;
      entries.insert_or_assign(name, leaf ? TreeEntry{name, at->second.kind, size_of(at->second)}
                                          : TreeEntry{name, TreeEntry::Kind::folder, 0});
    }
    if (entries.empty() && !folder.empty())
      return fail(ErrorKind::source_missing, "there is no folder \"" + folder + "\"");
    std::vector<TreeEntry> result;
    for (auto& [name, entry] : entries) result.push_back(std::move(entry));
    return result;
  }

  Result<std::optional<std::string>> read(std::string_view path, std::uint64_t max_bytes) const override {
    TRY_ASSIGN(const std::string file, normalise_path(path));
    const auto at = m_files.find(file);
    if (at == m_files.end()) {
      TRY_ASSIGN(const auto entry, stat(file));
      if (entry) return fail(ErrorKind::render, "\"" + file + "\" is a folder, not a file");
      return std::nullopt;
    }
    if (at->second.kind != TreeEntry::Kind::file) {
      return fail(ErrorKind::source_missing, "is a link or a submodule, not a file", {.file = file});
    }
    if (size_of(at->second) > max_bytes) {
      return fail(ErrorKind::limit, "the file is larger than " + std::to_string(max_bytes) + " bytes", {.file = file});
    }
    if (!at->second.content) return fail(ErrorKind::internal, "the file was not copied", {.file = file});
    return at->second.content;
  }

  Result<std::optional<TreeEntry>> stat(std::string_view path) const override {
    TRY_ASSIGN(const std::string name, normalise_path(path));
    if (name.empty()) return TreeEntry{"", TreeEntry::Kind::folder, 0};
    const std::string base = name.substr(name.rfind('/') + 1);
    if (const auto at = m_files.find(name); at != m_files.end())
      return TreeEntry{base, at->second.kind, size_of(at->second)};
    const auto below = m_files.lower_bound(name + "/");
    if (below != m_files.end() && below->first.starts_with(name + "/"))
      return TreeEntry{base, TreeEntry::Kind::folder, 0};
    return std::nullopt;
  }

  Result<std::string> id(std::string_view path) const override {
    TRY_ASSIGN(const auto entry, stat(path));
    if (!entry) return std::string();
    TRY_ASSIGN(const std::string name, normalise_path(path));
    if (entry->kind != TreeEntry::Kind::folder) return leaf_id(m_files.find(name)->second);
    const std::string prefix = name.empty() ? "" : name + "/";
    Sha256 sum;
    for (auto at = m_files.lower_bound(prefix); at != m_files.end() && at->first.starts_with(prefix); ++at) {
      sum.field(at->first.substr(name.size())).field(leaf_id(at->second));
    }
    return sum.finish().hex();
  }

  Result<std::string> read_link(std::string_view path) const override {
    const auto at = m_files.find(std::string(path));
    const bool known = at != m_files.end() && at->second.kind == TreeEntry::Kind::symlink && at->second.content;
    return known ? Result<std::string>(*at->second.content) : SourceTree::read_link(path);
  }

 private:
  /// A link and a file of the same bytes are not the same.
  static std::string leaf_id(const MemoryEntry& entry) {
    if (entry.kind == TreeEntry::Kind::file && entry.content) return sha256(*entry.content).hex();
    return std::to_string(static_cast<int>(entry.kind)) + ':' + std::to_string(entry.size) + entry.content.value_or("");
  }

  Entries m_files;
};

}  // namespace

std::unique_ptr<SourceTree> make_memory_tree(std::map<std::string, std::string> files) {
  Entries entries;
  for (auto& [path, content] : files)
    entries.emplace_hint(entries.end(), path, MemoryEntry{.content = std::move(content)});
  return make_entry_tree(std::move(entries));
}

std::unique_ptr<SourceTree> make_entry_tree(std::map<std::string, MemoryEntry> entries) {
  return std::make_unique<MemoryTree>(std::move(entries));
}

}  // namespace reconciled
