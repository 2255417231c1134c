// Two more classes of Unicode characters, by which words are told apart.
#pragma once

#include <cstdint>

namespace reconciled::helm {

bool is_number(std::uint32_t code_point) noexcept;       ///< category N
bool is_punctuation(std::uint32_t code_point) noexcept;  ///< category P

}  // namespace reconciled::helm
