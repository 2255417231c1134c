// Exact decimal numbers of any size, by the rules of shopspring/decimal: what addf, mulf, divf, ... compute with.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/functions/limbs.h"

#include <cstdint>

namespace reconciled::helm {

/// (-)limbs * 10^exponent. Each operation charges the budget with what it costs.
class Decimal {
 public:
  Decimal() = default;
  /// The shortest decimal that reads back as this number, which is finite.
  explicit Decimal(double number);

  [[nodiscard]] Result<Decimal> plus(const Decimal& other, Budget& budget) const;
  [[nodiscard]] Result<Decimal> minus(const Decimal& other, Budget& budget) const;
  [[nodiscard]] Result<Decimal> times(const Decimal& other, Budget& budget) const;
  /// Rounded to 16 digits after the point, half away from zero. `other` is not 0.
  [[nodiscard]] Result<Decimal> divided_by(const Decimal& other, Budget& budget) const;

  [[nodiscard]] bool is_zero() const { return m_limbs.empty(); }
  /// The nearest one; infinite when there is none.
  [[nodiscard]] double to_double() const;

 private:
  /// The limbs of the same number with a smaller exponent.
  [[nodiscard]] Result<Limbs> limbs_at(std::int64_t exponent, Budget& budget) const;

  Limbs m_limbs;
  std::int64_t m_exponent = 0;
  bool m_negative = false;
};

}  // namespace reconciled::helm
