// What a scalar means to go-yaml: the resolvers of v2 (YAML 1.1) and v3 (mostly 1.2).
#pragma once

#include "base/go_yaml_dialect.h"
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled {

struct GoYamlScalar {
  enum class Type : std::uint8_t {
    null,
    boolean,
    integer,
    unsigned_integer,  ///< above the largest int64
    number,            ///< may be infinite or NaN
    string,
    timestamp,  ///< a text that time.Parse takes; v2 still reads it as a string where the target is no time
  };
  Type type = Type::string;
  bool boolean = false;
  std::int64_t integer = 0;
  std::uint64_t unsigned_integer = 0;
  double number = 0;
};

/// A plain scalar without a tag. "<<" is a string: who reads a map knows what it means as a key.
GoYamlScalar resolve_go_yaml(std::string_view text, GoYaml dialect);

/// A scalar with a tag, in its long ("tag:yaml.org,2002:int") or short ("!!int") form; a tag of neither kind leaves a
/// string. The error has go-yaml's text, without a line: "cannot decode !!str `x` as a !!int".
Result<GoYamlScalar> resolve_go_yaml_tagged(std::string_view text, std::string_view tag, GoYaml dialect);

/// "!!str" for "tag:yaml.org,2002:str"; other tags as they are.
std::string short_yaml_tag(std::string_view tag);

/// Whether a plain scalar can be nothing but text: a quick look at its beginning, for the many that are.
bool is_plainly_text(std::string_view text, GoYaml dialect);

/// The bytes that !!binary text stands for; the error is "!!binary value contains invalid base64 data".
Result<std::string> decode_yaml_binary(std::string_view text);

}  // namespace reconciled
