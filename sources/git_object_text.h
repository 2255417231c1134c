// Git's commits, tags and trees, read from their raw bytes.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "ports/source_tree.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

struct GitCommit {
  std::string tree;
  std::vector<std::string> parents;
  std::string author;   ///< the name without the address
  std::string subject;  ///< first line, control characters replaced, at most 200 bytes
  WallTime time{};      ///< the committer's
};
/// ErrorKind::source_integrity when a needed line is absent or malformed.
Result<GitCommit> parse_git_commit(std::string_view bytes);

/// The id that an annotated tag points to (a commit or another tag).
Result<std::string> parse_git_tag(std::string_view bytes);

struct GitTreeEntry {
  std::string name{};
  std::string id{};
  TreeEntry::Kind kind = TreeEntry::Kind::file;
};
/// In git's own order, which is not name order. ErrorKind::source_integrity for a name that SourceTree refuses, one
/// that appears twice, a mode that git does not know or a cut entry.
Result<std::vector<GitTreeEntry>> parse_git_tree(std::string_view bytes);

}  // namespace reconciled
