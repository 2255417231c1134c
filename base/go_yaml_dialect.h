// The two YAML libraries whose bytes and readings are reproduced.
#pragma once

#include <cstdint>

namespace reconciled {

enum class GoYaml : std::uint8_t {
  v2,  ///< go.yaml.in/yaml/v2 as sigs.k8s.io/yaml uses it: YAML 1.1, lists at the column of their key, lines folded
  v3,  ///< go.yaml.in/yaml/v3, indent 2: mostly YAML 1.2, lists indented, lines never folded
};

}  // namespace reconciled
