#include "config/size.h"

#include <array>
#include <charconv>
#include <limits>

namespace reconciled {
namespace {

struct Unit {
  std::string_view suffix;
  std::uint64_t factor;
};
constexpr std::uint64_t k_kib = 1024;
constexpr std::array k_units{
    Unit{"Ti", k_kib* k_kib* k_kib* k_kib},
    Unit{"Gi", k_kib* k_kib* k_kib},
    Unit{"Mi", k_kib* k_kib},
    Unit{"Ki", k_kib},
    Unit{"T", 1'000'000'000'000},
    Unit{"G", 1'000'000'000},
    Unit{"M", 1'000'000},
    Unit{"k", 1'000},
};

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  std::uint64_t factor = suffix.empty() ? 1 : 0;
  for (const Unit& unit : k_units) {
    if (suffix == unit.suffix) factor = unit.factor;
  }
  if (problem == std::errc::invalid_argument || factor == 0) {
    return fail(ErrorKind::config, "not a size: digits and one of Ki, Mi, Gi, Ti, k, M, G, T, like 256Mi");
  }
  constexpr auto k_most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (problem == std::errc::result_out_of_range || number > k_most / factor)
    return fail(ErrorKind::config, "the size is too large");
  return number * factor;
}

std::string format_size(std::uint64_t bytes) {
  if (bytes != 0) {
    for (const Unit& unit : k_units) {
      if (bytes % unit.factor == 0) return std::to_string(bytes / unit.factor) + std::string(unit.suffix);
    }
  }
  return std::to_string(bytes);
}

}  // namespace reconciled
