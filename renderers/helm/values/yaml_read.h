// A document of YAML 1.1 as Go values.
#pragma once

#include "base/result.h"
#include "renderers/helm/values/go_value.h"

#include <string_view>

namespace reconciled::helm {

enum class YamlNumbers : std::uint8_t {
  float64,  ///< all of them, as after the way through JSON
  typed,    ///< int, uint64 or float64, as go-yaml decodes them
};

/// The first document of a text as go-yaml v2 and sigs.k8s.io/yaml decode it into an interface{}; keys become text. The
/// error is what yaml.YAMLToJSON gives, without what it is wrapped in.
Result<GoValue> read_yaml_document(std::string_view text, YamlNumbers numbers, Arena& arena);

}  // namespace reconciled::helm
