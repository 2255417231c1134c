// Arithmetic of whole numbers without a sign, of any size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

/// Nine digits a limb, the lowest first; the highest is not 0, so that zero has none.
using Limbs = std::vector<std::uint32_t>;
inline constexpr std::uint32_t k_limb_base = 1'000'000'000;
inline constexpr std::size_t k_limb_digits = 9;

Limbs make_limbs(std::string_view digits);
std::string digits_of(const Limbs& limbs);

/// Negative, 0 or positive as `left` is less, equal or greater.
int compare(const Limbs& left, const Limbs& right);
Limbs sum(const Limbs& left, const Limbs& right);
/// `left` is not less than `right`.
Limbs difference(const Limbs& left, const Limbs& right);
Limbs product(const Limbs& left, const Limbs& right);
/// `limbs` * 10^`power`.
Limbs shifted(const Limbs& limbs, std::uint64_t power);

struct Quotient {
  Limbs quotient;
  Limbs remainder;
};
/// `divisor` is not 0.
Quotient divide(const Limbs& dividend, const Limbs& divisor);

}  // namespace reconciled::helm
