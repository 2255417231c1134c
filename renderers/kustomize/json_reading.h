// Text to Values as kustomize's own files are read: YAML 1.1, keys made strings, a key that comes twice wins by its
// last.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"

#include <string_view>

namespace reconciled::kustomize {

/// As sigs.k8s.io/yaml's YAMLToJSON: the first document of a text; null when it has none. Errors have go-yaml's text.
Result<Value> read_yaml_as_json(std::string_view text, Budget& budget);
/// JSON when it begins with a brace, else YAML.
Result<Value> read_json_or_yaml(std::string_view text, Budget& budget);

}  // namespace reconciled::kustomize
