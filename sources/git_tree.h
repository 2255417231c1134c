// SourceTree over the object store of a repository: no checkout, objects are read when they are asked for.
#pragma once

#include "base/result.h"
#include "ports/source_tree.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace reconciled {

struct GitTreeOptions {
  std::string repository;                              ///< folder of the repository, bare or not
  std::string root;                                    ///< id of the root tree
  std::uint64_t max_tree_bytes = 16ULL << 20;          ///< of one folder's tree object
  std::atomic<std::uint64_t>* objects_read = nullptr;  ///< counted up for each object read; must outlive the tree
  std::function<void()> on_damage;                     ///< called when an object is absent or corrupt
};

/// Owns a repository handle of its own, so that trees of one repository may be read in different threads. Folders that
/// were read stay in memory. An error of the root tree is found here.
Result<std::shared_ptr<const SourceTree>> open_git_tree(GitTreeOptions options);

}  // namespace reconciled
