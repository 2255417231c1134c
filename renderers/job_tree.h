// A tree as bytes: what of it a render may read, copied into a job.
#pragma once

#include "base/binary.h"
#include "ports/source_tree.h"

#include <functional>
#include <memory>
#include <string_view>

namespace reconciled {

/// Writes all names of `tree`, and the content of the files that `copied` takes. ErrorKind::limit as soon as `out`
/// holds more than `max_bytes`.
Status write_tree(BinaryWriter& out, const SourceTree& tree, const std::function<bool(std::string_view path)>& copied,
                  Budget& budget, std::uint64_t max_bytes);
/// An empty tree when the bytes are damaged; the reader tells.
std::unique_ptr<SourceTree> read_tree(BinaryReader& in);

}  // namespace reconciled
