#include "base/yaml_aliases.h"

namespace reconciled {

bool is_excessive_aliasing(std::uint64_t from_aliases, std::uint64_t all) {
  constexpr double k_low = 400'000;
  constexpr double k_high = 4'000'000;
  if (from_aliases <= 100 || all <= 1000) return false;
  const auto count = static_cast<double>(all);
  const double allowed = count <= k_low    ? 0.99
                         : count >= k_high ? 0.10
                                           : 0.99 - 0.89 * ((count - k_low) / (k_high - k_low));
  return static_cast<double>(from_aliases) / count > allowed;
}

}  // namespace reconciled
