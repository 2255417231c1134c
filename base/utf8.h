// The shape of UTF-8, for readers that must refuse what is not and for writers that must not pass it on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled {

/// One code point off a text: how many bytes it takes, or 0 when the text does not begin with a well-formed one
/// (overlong forms, surrogates and values above 10FFFF are not).
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;
};
CodePoint first_code_point(std::string_view text) noexcept;

/// The number of leading bytes that are well-formed.
std::size_t valid_utf8_prefix(std::string_view text) noexcept;
inline bool is_utf8(std::string_view text) noexcept {
  return valid_utf8_prefix(text) == text.size();
}

void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace reconciled
