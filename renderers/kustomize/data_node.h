// The entries of ConfigMaps and Secrets as nodes.
#pragma once

#include "renderers/kustomize/node.h"

#include <string_view>

namespace reconciled::kustomize {

/// A value of a ConfigMap: text as it is, other bytes in base64; a literal block when it has several lines.
Node* data_node(NodeArena& arena, std::string_view bytes);
/// A value of a Secret: always base64.
Node* secret_node(NodeArena& arena, std::string_view bytes);
/// Whether a ConfigMap has it under `data`, not under `binaryData`.
bool valid_text(std::string_view bytes);

}  // namespace reconciled::kustomize
