// Nodes as text: how errors show what was being executed.
#pragma once

#include "base/error.h"
#include "renderers/helm/template/program.h"

#include <string>

namespace reconciled::helm {

/// The node in the language's own spelling: spaces as Go puts them, literals as written.
void append_node(std::string& out, const Program& program, NodeId id);
std::string node_text(const Program& program, NodeId id);
/// `NAME:LINE:COLUMN`, the line from 1, the column in bytes from 0.
std::string node_place(const Program& program, NodeId id);
/// The same place; here the column is from 1.
Where node_where(const Program& program, NodeId id);

}  // namespace reconciled::helm
