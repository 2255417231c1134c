// What a YAML scalar means: the resolver of go-yaml v2 (YAML 1.1), as sigs.k8s.io/yaml turns it into JSON.
#pragma once

#include "base/result.h"
#include "base/value.h"
#include "base/yaml_events.h"

#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

/// A scalar as a value or as a key of a map.
struct YamlScalar {
  enum class Type : std::uint8_t { null, boolean, integer, unsigned_integer, number, string, merge };
  Type type = Type::string;
  bool boolean = false;
  std::int64_t integer = 0;  ///< also the bits of an unsigned_integer, which is above the largest int64
  double number = 0;         ///< may be infinite or NaN
  std::string_view text;     ///< of a string: the event's text, or `decoded`
  std::string decoded;       ///< what !!binary held
};

/// Resolves a scalar event. The error has no place: the caller adds it.
Result<YamlScalar> resolve_yaml_scalar(const YamlEvent& event);

/// The scalar as JSON has it; infinity and NaN are errors, integers above int64 become doubles.
Result<Value> json_value_of(const YamlScalar& scalar);

/// The scalar as a key: numbers and booleans become text as sigs.k8s.io/yaml writes them; null is an error.
Result<std::string> json_key_of(const YamlScalar& scalar);

}  // namespace reconciled
