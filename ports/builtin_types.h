// Types of the API server that the program itself speaks of, whatever discovery says.
#pragma once

#include "ports/cluster.h"

namespace reconciled {

inline const GroupKind k_crd_kind{"apiextensions.k8s.io", "CustomResourceDefinition"};
inline const ResourceType k_namespace_type{{"", "v1", "Namespace"}, "namespaces", ObjectScope::cluster, {}};
inline const ResourceType k_config_map_type{{"", "v1", "ConfigMap"}, "configmaps", ObjectScope::namespaced, {}};

}  // namespace reconciled
