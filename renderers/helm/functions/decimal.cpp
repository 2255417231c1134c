#include "renderers/helm/functions/decimal.h"

#include "base/go_float.h"
#include "renderers/helm/functions/go_number.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <utility>

namespace reconciled::helm {
namespace {

constexpr std::int64_t k_division_digits = 16;

Status charge(Budget& budget, std::uint64_t steps) {
  if (!budget.step(steps)) return fail(budget.error("compute with decimals"));
  return {};
}

}  // namespace

Decimal::Decimal(double number) {
  if (number == 0) return;
  // "-1.25e-07": sign, digits around a point, exponent
  const std::string text = format_go_float(number, 'e', -1);
  m_negative = text.starts_with('-');
  const std::size_t mark = text.find('e');
  std::string digits = text.substr(m_negative ? 1 : 0, mark - (m_negative ? 1 : 0));
  const char* exponent = text.data() + mark + (text[mark + 1] == '+' ? 2 : 1);
  std::from_chars(exponent, text.data() + text.size(), m_exponent);
  if (digits.size() > 1) {
    digits.erase(1, 1);
    m_exponent -= static_cast<std::int64_t>(digits.size()) - 1;
  }
  m_limbs = make_limbs(digits);
}

Result<Limbs> Decimal::limbs_at(std::int64_t exponent, Budget& budget) const {
  if (exponent == m_exponent || is_zero()) return m_limbs;
  const auto power = static_cast<std::uint64_t>(m_exponent - exponent);
  TRY(charge(budget, power / k_limb_digits + m_limbs.size()));
  return shifted(m_limbs, power);
}

Result<Decimal> Decimal::plus(const Decimal& other, Budget& budget) const {
  if (is_zero()) return other;
  if (other.is_zero()) return *this;
  Decimal result;
  result.m_exponent = std::min(m_exponent, other.m_exponent);
  TRY_ASSIGN(Limbs left, limbs_at(result.m_exponent, budget));
  TRY_ASSIGN(Limbs right, other.limbs_at(result.m_exponent, budget));
  if (m_negative == other.m_negative) {
    result.m_limbs = sum(left, right);
    result.m_negative = m_negative;
  } else {
    const bool swap = compare(left, right) < 0;
    result.m_limbs = swap ? difference(right, left) : difference(left, right);
    result.m_negative = !result.is_zero() && m_negative != swap;
  }
  return result;
}

Result<Decimal> Decimal::minus(const Decimal& other, Budget& budget) const {
  Decimal negated = other;
  negated.m_negative = !other.is_zero() && !other.m_negative;
  return plus(negated, budget);
}

Result<Decimal> Decimal::times(const Decimal& other, Budget& budget) const {
  TRY(charge(budget, std::uint64_t{m_limbs.size()} * other.m_limbs.size()));
  Decimal result;
  result.m_limbs = product(m_limbs, other.m_limbs);
  result.m_exponent = m_exponent + other.m_exponent;
  result.m_negative = !result.is_zero() && m_negative != other.m_negative;
  return result;
}

Result<Decimal> Decimal::divided_by(const Decimal& other, Budget& budget) const {
  // this / other * 10^16 as a quotient of whole numbers
  const std::int64_t power = m_exponent - other.m_exponent + k_division_digits;
  TRY_ASSIGN(const Limbs dividend, limbs_at(m_exponent - std::max<std::int64_t>(power, 0), budget));
  TRY_ASSIGN(const Limbs divisor, other.limbs_at(other.m_exponent - std::max<std::int64_t>(-power, 0), budget));
  TRY(charge(budget, std::uint64_t{dividend.size()} * divisor.size()));
  Quotient division = divide(dividend, divisor);
  Decimal result;
  const bool round_up = compare(sum(division.remainder, division.remainder), divisor) >= 0;
  result.m_limbs = round_up ? sum(division.quotient, {1}) : std::move(division.quotient);
  result.m_exponent = -k_division_digits;
  result.m_negative = !result.is_zero() && m_negative != other.m_negative;
  return result;
}

double Decimal::to_double() const {
  const std::string text = digits_of(m_limbs) + "e" + std::to_string(m_exponent);
  const double number = parse_go_float(text).value_or(std::numeric_limits<double>::infinity());
  return m_negative ? -number : number;
}

}  // namespace reconciled::helm
