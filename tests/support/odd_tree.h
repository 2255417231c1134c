// A memory tree with entries that no memory tree has: symbolic links and submodules.
#pragma once

#include "ports/memory_tree.h"

#include <map>
#include <memory>
#include <string>

namespace reconciled::testing {

/// `odd` maps paths to the kind of entry that is there, for example {"a/link", TreeEntry::Kind::symlink}.
class OddTree final : public SourceTree {
 public:
  OddTree(std::map<std::string, std::string> files, std::map<std::string, TreeEntry::Kind> odd)
      : m_odd(std::move(odd)) {
    for (const auto& [path, kind] : m_odd) files[path] = "odd";
    m_tree = make_memory_tree(std::move(files));
  }
  Result<std::vector<TreeEntry>> list(std::string_view path) const override {
    auto entries = m_tree->list(path);
    if (!entries) return entries;
    for (auto& entry : *entries) {
      if (const auto at = m_odd.find(join_path(path, entry.name)); at != m_odd.end()) entry.kind = at->second;
    }
    return entries;
  }
  Result<std::optional<std::string>> read(std::string_view path, std::uint64_t max_bytes) const override {
    if (m_odd.contains(std::string(path))) return fail(ErrorKind::render, "this is no file");
    return m_tree->read(path, max_bytes);
  }
  Result<std::optional<TreeEntry>> stat(std::string_view path) const override {
    auto entry = m_tree->stat(path);
    if (entry && *entry) {
      if (const auto at = m_odd.find(std::string(path)); at != m_odd.end()) (*entry)->kind = at->second;
    }
    return entry;
  }
  Result<std::string> id(std::string_view path) const override { return m_tree->id(path); }

 private:
  std::map<std::string, TreeEntry::Kind> m_odd;
  std::unique_ptr<SourceTree> m_tree;
};

}  // namespace reconciled::testing
