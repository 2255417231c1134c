// Local files, whole: reading with a bound, writing so that a crash leaves the old or the new content.
#pragma once

#include "base/result.h"
#include "base/shared_text.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace reconciled {

/// The content of a regular file of at most `max_bytes`; ErrorKind::local names the path and the reason.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes = 16 << 20);

/// The same without a copy of a large file: its pages are the file's own. Only for files of whoever runs the program,
/// which ends when somebody cuts the file short while it is used.
Result<SharedText> map_file(const std::string& path, std::size_t max_bytes = 16 << 20);

/// Writes a temporary file beside it, syncs it, renames it. `mode` as for chmod.
Status write_file_atomically(const std::string& path, std::string_view content, unsigned mode = 0644);

}  // namespace reconciled
