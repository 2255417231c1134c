// Functions that change the case of letters.
#include "base/unicode.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/runes.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/functions/word_case.h"

#include <array>
#include <cstdint>
#include <string>

namespace reconciled::helm {
namespace {

using enum GoParameter;

std::string_view text_of(const FunctionCall& call) {
  return call.arguments[0].as_text();
}

Result<GoValue> call_upper(FunctionCall& call) {
  return text_result(call, map_runes(text_of(call), &to_upper));
}

Result<GoValue> call_lower(FunctionCall& call) {
  return text_result(call, map_runes(text_of(call), &to_lower));
}

/// What strings.Title takes for the end of a word.
bool is_separator(std::uint32_t rune) {
  if (rune < 0x80) return !is_letter(rune) && !is_decimal_digit(rune) && rune != '_';
  return is_space(rune) && !is_letter(rune) && !is_decimal_digit(rune);
}

Result<GoValue> call_title(FunctionCall& call) {
  std::uint32_t previous = ' ';
  return text_result(call, map_runes(text_of(call), [&](std::uint32_t rune) {
                       const bool begins = is_separator(previous);
                       previous = rune;
                       return begins ? to_title(rune) : rune;
                     }));
}

Result<GoValue> call_untitle(FunctionCall& call) {
  bool begins = true;
  return text_result(call, map_runes(text_of(call), [&](std::uint32_t rune) {
                       const bool gap = is_space(rune);
                       const std::uint32_t changed = begins && !gap ? to_lower(rune) : rune;
                       begins = gap;
                       return changed;
                     }));
}

bool is_title(std::uint32_t rune) {
  return is_letter(rune) && !is_upper(rune) && to_lower(rune) != rune;
}

/// Lower case at the beginning of a word becomes title case.
Result<GoValue> call_swapcase(FunctionCall& call) {
  bool begins = true;
  return text_result(call, map_runes(text_of(call), [&](std::uint32_t rune) {
                       const bool word_begins = begins;
                       const bool lower = is_lower(rune);
                       if (is_upper(rune) || is_title(rune) || lower) {
                         begins = false;
                         if (!lower) return to_lower(rune);
                         return word_begins ? to_title(rune) : to_upper(rune);
                       }
                       begins = is_space(rune);
                       return rune;
                     }));
}

Result<GoValue> call_camelcase(FunctionCall& call) {
  return text_result(call, to_pascal_case(text_of(call)));
}

Result<GoValue> call_snakecase(FunctionCall& call) {
  return text_result(call, to_connected_case(text_of(call), '_'));
}

Result<GoValue> call_kebabcase(FunctionCall& call) {
  return text_result(call, to_connected_case(text_of(call), '-'));
}

constexpr auto& k_text = k_takes<string>;
constexpr std::array k_functions{
    GoFunction{"camelcase", k_text, k_fixed, &call_camelcase},
    GoFunction{"kebabcase", k_text, k_fixed, &call_kebabcase},
    GoFunction{"lower", k_text, k_fixed, &call_lower},
    GoFunction{"snakecase", k_text, k_fixed, &call_snakecase},
    GoFunction{"swapcase", k_text, k_fixed, &call_swapcase},
    GoFunction{"title", k_text, k_fixed, &call_title},
    GoFunction{"untitle", k_text, k_fixed, &call_untitle},
    GoFunction{"upper", k_text, k_fixed, &call_upper},
};

}  // namespace

std::span<const GoFunction> text_case_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
