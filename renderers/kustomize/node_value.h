// What nodes mean: as JSON values, and back.
#pragma once

#include "base/go_yaml_resolve.h"
#include "base/result.h"
#include "base/value.h"
#include "renderers/kustomize/node.h"

#include <optional>
#include <string>
#include <string_view>

namespace reconciled::kustomize {

/// What a scalar is once the original has written and read it again: its style and tag decide, then its text.
struct ScalarMeaning {
  GoYamlScalar scalar;
  std::string_view written;            ///< the node's own text
  std::optional<std::string> decoded;  ///< what !!binary stands for

  /// Of a string or timestamp; valid as long as this and the node.
  [[nodiscard]] std::string_view text() const { return decoded ? std::string_view(*decoded) : written; }
};
enum class Surroundings : bool { block, flow };
Result<ScalarMeaning> meaning_of(const NodeArena& arena, const Node& node, Surroundings around);

/// A timestamp's text as JSON has it.
std::string timestamp_text(std::string_view text);

/// A whole node as JSON; numbers are as exact as Go's decoder leaves them.
Result<Value> value_of(const NodeArena& arena, const Node& node);

/// A JSON value as the original turns one into nodes: all numbers are doubles.
Node* node_of(NodeArena& arena, const Value& value);

/// A map key that is no string: Go cannot make JSON of such a map.
Result<std::string_view> key_text(const NodeArena& arena, const Node& key, Surroundings around);

}  // namespace reconciled::kustomize
