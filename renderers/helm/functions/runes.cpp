#include "renderers/helm/functions/runes.h"

#include "base/utf8.h"

#include <algorithm>

namespace reconciled::helm {

Rune last_rune(std::string_view text) {
  constexpr std::size_t k_longest = 4;
  for (std::size_t length = 1; length <= std::min(text.size(), k_longest); ++length) {
    const CodePoint rune = first_code_point(text.substr(text.size() - length));
    if (rune.length == length) return {rune.value, length};
  }
  return {k_rune_error, 1};
}

}  // namespace reconciled::helm
