// Some folders of a tree, as a tree: what a render may need of a large repository.
#pragma once

#include "ports/source_tree.h"

#include <memory>
#include <string>
#include <vector>

namespace reconciled {

/// The folders (and what is above them) of a tree, at their own paths; nothing beside them is there. Its id changes
/// only when one of them does.
std::unique_ptr<SourceTree> make_selected_tree(std::shared_ptr<const SourceTree> tree,
                                               std::vector<std::string> folders);

}  // namespace reconciled
