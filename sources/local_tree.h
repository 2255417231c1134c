// A folder of this machine as a source: the working tree that the command line is run in.
#pragma once

#include "base/result.h"
#include "ports/source.h"
#include "ports/source_tree.h"

#include <memory>
#include <string>

namespace reconciled {

/// Reads the files as they are now. Symbolic links are listed and tell where they lead, but are never followed, also
/// not in the middle of a path; whatever is called .git is left out; sockets, pipes and devices are left out. Ids are
/// digests of content.
/// ErrorKind::source_missing when there is no such folder.
Result<std::unique_ptr<SourceTree>> make_local_tree(const std::string& folder);

/// Of a folder, for display: its git commit and branch where it lies in a work tree.
struct LocalRevision {
  Revision revision;      ///< url is the folder; commit and what belongs to it are empty outside of git
  std::string branch;     ///< short name; empty when detached or outside of git
  std::string work_tree;  ///< the root of the work tree; empty outside of git
  enum class State : bool { clean, changed };
  State state = State::clean;  ///< changed: a file below the work tree's root differs from the commit or is new
};
Result<LocalRevision> make_local_revision(const std::string& folder);

}  // namespace reconciled
