// Paths with slashes as Go's path package sees them; path/filepath does the same on Unix.
#pragma once

#include <string>
#include <string_view>

namespace reconciled {

/// path.Clean: without "." and empty names, with ".." resolved as far as there is something before it; never empty. By
/// its text alone: no file is looked at.
std::string clean_go_path(std::string_view path);

}  // namespace reconciled
