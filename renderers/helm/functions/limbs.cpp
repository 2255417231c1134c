#include "renderers/helm/functions/limbs.h"

#include <algorithm>
#include <array>

namespace reconciled::helm {
namespace {

void trim(Limbs& limbs) {
  while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
}

Limbs times_small(const Limbs& limbs, std::uint32_t factor) {
  Limbs result;
  result.reserve(limbs.size() + 1);
  std::uint64_t carry = 0;
  for (const std::uint32_t limb : limbs) {
    const std::uint64_t product = std::uint64_t{limb} * factor + carry;
    result.push_back(static_cast<std::uint32_t>(product % k_limb_base));
    carry = product / k_limb_base;
  }
  result.push_back(static_cast<std::uint32_t>(carry));
  trim(result);
  return result;
}

Quotient divide_by_small(const Limbs& dividend, std::uint32_t divisor) {
  Quotient result;
  result.quotient.resize(dividend.size());
  std::uint64_t rest = 0;
  for (std::size_t i = dividend.size(); i-- > 0;) {
    rest = rest * k_limb_base + dividend[i];
    result.quotient[i] = static_cast<std::uint32_t>(rest / divisor);
    rest %= divisor;
  }
  trim(result.quotient);
  if (rest > 0) result.remainder = {static_cast<std::uint32_t>(rest)};
  return result;
}

/// Takes factor * divisor off the limbs of `rest` from `at` on; what was missing at the top is given back.
std::int64_t subtract_multiple(Limbs& rest, std::size_t at, const Limbs& divisor, std::uint64_t factor) {
  std::int64_t borrow = 0;
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i <= divisor.size(); ++i) {
    const std::uint64_t product = (i < divisor.size() ? divisor[i] * factor : 0) + carry;
    carry = product / k_limb_base;
    std::int64_t limb = std::int64_t{rest[at + i]} - static_cast<std::int64_t>(product % k_limb_base) - borrow;
    borrow = limb < 0 ? 1 : 0;
    if (limb < 0) limb += k_limb_base;
    rest[at + i] = static_cast<std::uint32_t>(limb);
  }
  return borrow;
}

void add_back(Limbs& rest, std::size_t at, const Limbs& divisor) {
  std::uint32_t carry = 0;
  for (std::size_t i = 0; i <= divisor.size(); ++i) {
    std::uint32_t limb = rest[at + i] + (i < divisor.size() ? divisor[i] : 0) + carry;
    carry = limb >= k_limb_base ? 1 : 0;
    if (carry != 0) limb -= k_limb_base;
    rest[at + i] = limb;
  }
}

}  // namespace

Limbs make_limbs(std::string_view digits) {
  Limbs limbs;
  while (!digits.empty()) {
    const std::size_t begin = digits.size() > k_limb_digits ? digits.size() - k_limb_digits : 0;
    std::uint32_t limb = 0;
    for (const char c : digits.substr(begin)) limb = limb * 10 + static_cast<std::uint32_t>(c - '0');
    limbs.push_back(limb);
    digits = digits.substr(0, begin);
  }
  trim(limbs);
  return limbs;
}

std::string digits_of(const Limbs& limbs) {
  if (limbs.empty()) return "0";
  std::string digits = std::to_string(limbs.back());
  for (std::size_t i = limbs.size() - 1; i-- > 0;) {
    const std::string limb = std::to_string(limbs[i]);
    digits.append(k_limb_digits - limb.size(), '0');
    digits += limb;
  }
  return digits;
}

int compare(const Limbs& left, const Limbs& right) {
  if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
  for (std::size_t i = left.size(); i-- > 0;) {
    if (left[i] != right[i]) return left[i] < right[i] ? -1 : 1;
  }
  return 0;
}

Limbs sum(const Limbs& left, const Limbs& right) {
  const Limbs& longer = left.size() < right.size() ? right : left;
  const Limbs& shorter = left.size() < right.size() ? left : right;
  Limbs result;
  result.reserve(longer.size() + 1);
  std::uint32_t carry = 0;
  for (std::size_t i = 0; i < longer.size(); ++i) {
    const std::uint32_t limb = longer[i] + (i < shorter.size() ? shorter[i] : 0) + carry;
    carry = limb >= k_limb_base ? 1 : 0;
    result.push_back(carry != 0 ? limb - k_limb_base : limb);
  }
  if (carry != 0) result.push_back(carry);
  return result;
}

Limbs difference(const Limbs& left, const Limbs& right) {
  Limbs result = left;
  std::uint32_t borrow = 0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::uint32_t taken = (i < right.size() ? right[i] : 0) + borrow;
    borrow = result[i] < taken ? 1 : 0;
    result[i] = borrow != 0 ? result[i] + k_limb_base - taken : result[i] - taken;
  }
  trim(result);
  return result;
}

Limbs product(const Limbs& left, const Limbs& right) {
  if (left.empty() || right.empty()) return {};
  Limbs result(left.size() + right.size(), 0);
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j <= right.size(); ++j) {
      const std::uint64_t part = j < right.size() ? std::uint64_t{left[i]} * right[j] : 0;
      const std::uint64_t value = part + carry + result[i + j];
      result[i + j] = static_cast<std::uint32_t>(value % k_limb_base);
      carry = value / k_limb_base;
    }
  }
  trim(result);
  return result;
}

Limbs shifted(const Limbs& limbs, std::uint64_t power) {
  constexpr std::array<std::uint32_t, k_limb_digits> k_powers{1,       10,        100,        1'000,      10'000,
                                                              100'000, 1'000'000, 10'000'000, 100'000'000};
  Limbs result = times_small(limbs, k_powers[power % k_limb_digits]);
  if (!result.empty()) result.insert(result.begin(), power / k_limb_digits, 0);
  return result;
}

/// Long division, limb by limb, with both numbers scaled so that the divisor's highest limb is large: then the guess
/// from the highest limbs is at most two too large.
Quotient divide(const Limbs& dividend, const Limbs& divisor) {
  if (compare(dividend, divisor) < 0) return {{}, dividend};
  if (divisor.size() == 1) return divide_by_small(dividend, divisor.front());
  const std::uint32_t scale = k_limb_base / (divisor.back() + 1);
  const Limbs scaled = times_small(divisor, scale);
  Limbs rest = times_small(dividend, scale);
  rest.resize(dividend.size() + 1, 0);
  const std::size_t length = scaled.size();
  Quotient result;
  result.quotient.resize(rest.size() - length, 0);
  for (std::size_t at = result.quotient.size(); at-- > 0;) {
    const std::uint64_t top = std::uint64_t{rest[at + length]} * k_limb_base + rest[at + length - 1];
    std::uint64_t guess = top / scaled.back();
    std::uint64_t left = top % scaled.back();
    while (guess >= k_limb_base || guess * scaled[length - 2] > left * k_limb_base + rest[at + length - 2]) {
      --guess;
      left += scaled.back();
      if (left >= k_limb_base) break;
    }
    if (subtract_multiple(rest, at, scaled, guess) != 0) {
      --guess;
      add_back(rest, at, scaled);
    }
    result.quotient[at] = static_cast<std::uint32_t>(guess);
  }
  trim(result.quotient);
  trim(rest);
  result.remainder = divide_by_small(rest, scale).quotient;
  return result;
}

}  // namespace reconciled::helm
