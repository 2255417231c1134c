// YAML text to nodes, as kustomize reads resources and patches.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/node.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

/// The documents of a file: split at lines that begin with ---, anchors and merge keys resolved, documents without
/// content left out; a single List or ResourceList is its items. The error begins with "MalformedYAMLError".
Result<std::vector<Node*>> read_documents(NodeArena& arena, std::string_view text);

/// The first document of a text; null when it has none.
Result<Node*> read_document(NodeArena& arena, std::string_view text);

inline bool is_malformed_yaml(const Error& error) {
  return error.message.find("MalformedYAMLError") != std::string::npos;
}

}  // namespace reconciled::kustomize
