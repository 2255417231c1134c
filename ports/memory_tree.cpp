#include "ports/memory_tree.h"

#include "base/digest.h"

namespace reconciled {
namespace {

class MemoryTree final : public SourceTree {
 public:
  explicit MemoryTree(std::map<std::string, std::string> files) : m_files(std::move(files)) {}

  Result<std::vector<TreeEntry>> list(std::string_view path) const override {
    TRY_ASSIGN(const std::string folder, normalise_path(path));
    const std::string prefix = folder.empty() ? "" : folder + "/";
    std::map<std::string, TreeEntry> entries;
    for (auto at = m_files.lower_bound(prefix); at != m_files.end() && at->first.starts_with(prefix); ++at) {
      const std::string rest = at->first.substr(prefix.size());
      const auto slash = rest.find('/');
      const std::string name = rest.substr(0, slash);
      const bool file = slash == std::string::npos;
      entries.insert_or_assign(
          name, TreeEntry{name, file ? TreeEntry::Kind::file : TreeEntry::Kind::folder, file ? at->second.size() : 0});
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
    if (at->second.size() > max_bytes) {
      return fail(ErrorKind::limit, "the file is larger than " + std::to_string(max_bytes) + " bytes", {.file = file});
    }
    return at->second;
  }

  Result<std::optional<TreeEntry>> stat(std::string_view path) const override {
    TRY_ASSIGN(const std::string name, normalise_path(path));
    if (name.empty()) return TreeEntry{"", TreeEntry::Kind::folder, 0};
    const std::string base = name.substr(name.rfind('/') + 1);
    if (const auto at = m_files.find(name); at != m_files.end())
      return TreeEntry{base, TreeEntry::Kind::file, at->second.size()};
    const auto below = m_files.lower_bound(name + "/");
    if (below != m_files.end() && below->first.starts_with(name + "/"))
      return TreeEntry{base, TreeEntry::Kind::folder, 0};
    return std::nullopt;
  }

  Result<std::string> id(std::string_view path) const override {
    TRY_ASSIGN(const auto entry, stat(path));
    if (!entry) return std::string();
    TRY_ASSIGN(const std::string name, normalise_path(path));
    if (entry->kind == TreeEntry::Kind::file) return sha256(m_files.find(name)->second).hex();
    Sha256 sum;
    for (const auto& [file, content] : m_files) {
      if (name.empty() || file.starts_with(name + "/")) sum.field(file.substr(name.size())).field(content);
    }
    return sum.finish().hex();
  }

 private:
  std::map<std::string, std::string> m_files;
};

}  // namespace

std::unique_ptr<SourceTree> make_memory_tree(std::map<std::string, std::string> files) {
  return std::make_unique<MemoryTree>(std::move(files));
}

}  // namespace reconciled
