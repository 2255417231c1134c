// YAML documents to Values, with the places they came from.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"
#include "base/yaml_events.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

struct YamlDocument {
  Value value;
  YamlMark mark;            ///< where its content begins
  std::uint32_t index = 0;  ///< number in the stream, from 0
};

/// Reads a stream as sigs.k8s.io/yaml v1 does for manifests: YAML 1.1 scalars (yes/no/on/off are booleans, 0o17 and
/// 0b1 numbers, 1e3 a number), merge keys followed, keys made strings, aliases copied within the budget, duplicate keys
/// refused, unknown tags refused, !!binary decoded. Documents without content (only comments) are left out.
Result<std::vector<YamlDocument>> read_yaml(std::string_view text, std::string_view file, Budget& budget);

/// The place of a value in a document, for errors of the readers above: the mark of the node that a path of keys and
/// list indices ("spec", "containers", "0", "image") leads to, or of the last step that exists. Reads the text again.
YamlMark find_yaml_mark(std::string_view text, std::uint32_t document, const std::vector<std::string>& path);

}  // namespace reconciled
