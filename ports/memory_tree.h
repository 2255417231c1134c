// A SourceTree of strings, for tests and for documents made in memory.
#pragma once

#include "ports/source_tree.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace reconciled {

/// Files by path; folders exist because a file lies in them.
std::unique_ptr<SourceTree> make_memory_tree(std::map<std::string, std::string> files);

/// What lies at a path of a memory tree that was copied from another tree.
struct MemoryEntry {
  TreeEntry::Kind kind = TreeEntry::Kind::file;  ///< never a folder
  std::optional<std::string>
      content{};           ///< of a link: where it leads; absent: nobody may follow it, or the file was not copied
  std::uint64_t size = 0;  ///< of a file that was not copied, when that is why
  bool operator==(const MemoryEntry&) const = default;
};

/// The same with links, submodules and files whose content is elsewhere; reading one of those is an error.
std::unique_ptr<SourceTree> make_entry_tree(std::map<std::string, MemoryEntry> entries);

}  // namespace reconciled
