// A node as YAML text, for messages and for patterns that look at text.
#pragma once

#include "renderers/kustomize/node.h"

#include <string>

namespace reconciled::kustomize {

/// As go-yaml v3 writes a node with its styles, lists at the column of their key; ends in a line break.
std::string format_node(const Node& node);

/// The line, from 1, on which a node (a key, a scalar) begins in that text; 0 when it is not in it.
std::size_t line_of(const Node& root, const Node* wanted);

}  // namespace reconciled::kustomize
