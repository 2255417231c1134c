// Numbers, dates and strings of TOML.
#pragma once

#include "renderers/helm/functions/toml_lexer.h"
#include "renderers/helm/values/go_value.h"

#include <string>

namespace reconciled::helm {

/// The value, or what is wrong with it.
struct TomlScalar {
  GoValue value{};
  std::string error{};
};

TomlScalar read_toml_integer(std::string_view text);
TomlScalar read_toml_float(std::string_view text);
TomlScalar read_toml_datetime(std::string_view text, Arena& arena);
/// With its escapes replaced.
TomlScalar read_toml_string(const TomlToken& token, Arena& arena);

}  // namespace reconciled::helm
