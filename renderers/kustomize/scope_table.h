// The frozen scopes of kinds.
#pragma once

#include <string_view>

namespace reconciled::kustomize {

/// Whether the table says that a kind belongs to no namespace. Kinds that it does not know, like all custom ones, count
/// as namespaced.
bool is_certainly_cluster_scoped(std::string_view api_version, std::string_view kind);

}  // namespace reconciled::kustomize
