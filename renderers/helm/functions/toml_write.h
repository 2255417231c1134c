// TOML out of Go values, as BurntSushi/toml 1.6 encodes it.
#pragma once

#include "renderers/helm/values/go_value.h"

#include <string>

namespace reconciled::helm {

/// Messages of what cannot be encoded are the encoder's: "toml: cannot encode array with nil element".
Result<std::string> write_toml(GoValue value, Arena& arena);

/// A key as it stands in a header or before a `=`: quoted where it must be.
std::string toml_key(std::string_view key);

}  // namespace reconciled::helm
