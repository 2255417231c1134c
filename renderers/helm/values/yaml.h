// YAML of Go values, as sigs.k8s.io/yaml and go-yaml write and read it.
#pragma once

#include "base/result.h"
#include "renderers/helm/values/go_value.h"
#include "renderers/helm/values/json.h"

#include <string_view>

namespace reconciled::helm {

using YamlTarget = JsonTarget;

/// yaml.Marshal of sigs.k8s.io/yaml, which goes through JSON, without the last line break: what toYaml gives. The text
/// lies in the arena. The error is what mustToYaml panics with; toYaml swallows it.
Result<std::string_view> to_yaml(GoValue value, Arena& arena);

/// go-yaml v3 with indent 2 and without the way through JSON, without the last line break: toYamlPretty.
Result<std::string_view> to_yaml_pretty(GoValue value, Arena& arena);

/// yaml.Unmarshal of sigs.k8s.io/yaml: the first document, YAML 1.1, the last of equal keys counts, numbers become
/// float64. Errors have its text: "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this
/// context". ErrorKind::limit where the budget of the arena is spent.
Result<GoValue> from_yaml(std::string_view text, YamlTarget target, Arena& arena);

}  // namespace reconciled::helm
