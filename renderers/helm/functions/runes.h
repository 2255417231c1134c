// Texts rune by rune, as Go's range over a string goes: a byte that is not UTF-8 is U+FFFD.
#pragma once

#include "renderers/helm/values/quote.h"

#include <string>
#include <string_view>

namespace reconciled::helm {

inline constexpr std::uint32_t k_rune_error = 0xFFFD;

/// Of a text that is not empty.
Rune last_rune(std::string_view text);

/// Each rune replaced by what `change` makes of it, as strings.Map does.
template <class Change>
std::string map_runes(std::string_view text, Change change) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    append_rune(result, change(rune.value));
    text.remove_prefix(rune.length);
  }
  return result;
}

}  // namespace reconciled::helm
