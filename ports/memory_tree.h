// A SourceTree of strings, for tests and for documents made in memory.
#pragma once

#include "ports/source_tree.h"

#include <map>
#include <memory>
#include <string>

namespace reconciled {

/// Files by path; folders exist because a file lies in them.
std::unique_ptr<SourceTree> make_memory_tree(std::map<std::string, std::string> files);

}  // namespace reconciled
