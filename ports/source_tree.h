// A read-only tree of files: a commit's, a folder's, or one in memory.
#pragma once

#include "base/result.h"
#include "base/shared_text.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

struct TreeEntry {
  enum class Kind : std::uint8_t { file, folder, symlink, submodule };
  std::string name;
  Kind kind = Kind::file;
  std::uint64_t size = 0;  ///< of a file, in bytes, where it is known without reading; otherwise 0
  bool operator==(const TreeEntry&) const = default;
};

/// Paths are relative, with '/' between names, without ".", ".." or a leading slash; "" is the root. Every path is
/// checked: one that leaves the tree is ErrorKind::policy. Symbolic links are listed and never followed. Names that
/// are unsafe (".git" in any spelling, "..", control characters) are ErrorKind::source_integrity.
/// Implementations may be used from one thread at a time.
class SourceTree {
 public:
  virtual ~SourceTree() = default;

  /// Entries sorted by name bytes. ErrorKind::source_missing when there is no such folder.
  virtual Result<std::vector<TreeEntry>> list(std::string_view path) const = 0;
  /// Content of a file of at most `max_bytes`; absent is nullopt, a folder or link there is an error.
  virtual Result<std::optional<std::string>> read(std::string_view path, std::uint64_t max_bytes) const = 0;
  /// The same for who keeps it: without a copy where the tree has the text anyway.
  virtual Result<std::optional<SharedText>> read_shared(std::string_view path, std::uint64_t max_bytes) const;
  /// What is at a path, or nullopt.
  virtual Result<std::optional<TreeEntry>> stat(std::string_view path) const = 0;
  /// A digest of everything below a path ("" for absent): equal ids mean equal content. Git's tree or blob id where the
  /// tree has one.
  virtual Result<std::string> id(std::string_view path) const = 0;
  /// Where a symbolic link leads, as it is written. ErrorKind::policy in a tree whose links nobody may follow: all but
  /// folders of this machine.
  virtual Result<std::string> read_link(std::string_view path) const;
};

constexpr std::uint64_t k_max_file_bytes = 16ULL << 20;

/// The path itself when it obeys SourceTree's rules (trailing slashes and "./" are removed), or an error that says
/// which rule it breaks.
Result<std::string> normalise_path(std::string_view path);
/// "a" + "b" = "a/b"; an empty part adds no slash.
std::string join_path(std::string_view folder, std::string_view name);

/// Calls `visit(path, entry)` for each file below `path`, folders in name order; stops at the first error. Symlinks and
/// submodules are visited, not entered.
Status walk_tree(const SourceTree& tree, std::string_view path, class Budget& budget,
                 const std::function<Status(const std::string& path, const TreeEntry& entry)>& visit);

/// `base` seen through `overlay`: a file of the overlay replaces or adds to the base's. Trees must outlive it.
std::unique_ptr<SourceTree> make_overlay_tree(std::shared_ptr<const SourceTree> base,
                                              std::shared_ptr<const SourceTree> overlay);
/// The folder `path` of a tree as a tree of its own; an absent folder is an empty tree.
std::unique_ptr<SourceTree> make_subtree(std::shared_ptr<const SourceTree> tree, std::string path);

}  // namespace reconciled
