// What names of files say: which may hold manifests, and which never do.
#pragma once

#include <string_view>

namespace reconciled {

/// *.yaml, *.yml or *.json.
inline bool is_manifest_name(std::string_view name) {
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

/// values.yaml, values-*.yaml and *.values.yaml (or .yml): inputs of charts, never manifests.
inline bool is_values_name(std::string_view name) {
  if (!name.ends_with(".yaml") && !name.ends_with(".yml")) return false;
  const auto stem = name.substr(0, name.rfind('.'));
  return stem == "values" || stem.starts_with("values-") || stem.ends_with(".values");
}

inline bool is_kustomization_name(std::string_view name) {
  return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

}  // namespace reconciled
