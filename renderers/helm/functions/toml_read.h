// TOML into Go values, as BurntSushi/toml 1.6 decodes it.
#pragma once

#include "renderers/helm/values/go_value.h"

#include <string>
#include <string_view>

namespace reconciled::helm {

struct TomlRead {
  GoValue value;        ///< a map; nothing where there is an error
  std::string error{};  ///< `toml: line 1 (last key "a"): ...`; empty: none
};

/// Integers are int64, dates times. Fails only where the budget ends; what is wrong with the text is in the result.
Result<TomlRead> read_toml(std::string_view text, Arena& arena);

}  // namespace reconciled::helm
