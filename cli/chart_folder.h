// The chart that the user names on the command line: a folder of this machine, read as it is.
#pragma once

#include "base/result.h"
#include "ports/source_tree.h"

#include <memory>
#include <string>

namespace reconciled {

/// Follows symbolic links, as the folder is the user's own; never used for what comes out of a repository.
std::unique_ptr<SourceTree> open_chart_folder(std::string folder);

}  // namespace reconciled
