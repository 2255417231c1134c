// Classes of Unicode characters, as Go's unicode package has them (Unicode 15).
#pragma once

#include <cstdint>

namespace reconciled {

bool is_letter(std::uint32_t code_point) noexcept;         ///< category L
bool is_decimal_digit(std::uint32_t code_point) noexcept;  ///< category Nd
/// strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. What %q leaves unescaped.
bool is_printable(std::uint32_t code_point) noexcept;
bool is_upper(std::uint32_t code_point) noexcept;  ///< category Lu
bool is_lower(std::uint32_t code_point) noexcept;  ///< category Ll, as unicode.IsLower
bool is_space(std::uint32_t code_point) noexcept;  ///< property White_Space
std::uint32_t to_upper(std::uint32_t code_point) noexcept;
std::uint32_t to_lower(std::uint32_t code_point) noexcept;
std::uint32_t to_title(std::uint32_t code_point) noexcept;

}  // namespace reconciled
