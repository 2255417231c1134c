// Whether a pack brings everything that its objects name.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "sources/git2_handles.h"

#include <cstdint>
#include <string>

namespace reconciled {

/// Reads the commits, trees and tags of a pack by its index and looks for what they name in the pack and in `store`;
/// submodules excepted. (libgit2 has such a check, but takes a submodule's commit for a missing object.)
/// The number of objects that were read; ErrorKind::source_integrity names the first one that is missing.
Result<std::uint64_t> check_pack_complete(const std::string& index_file, git_odb& store, MonotonicTime deadline);

}  // namespace reconciled
