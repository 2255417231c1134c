// A setting of each kind: applied, or refused.
#include "renderers/helm/chart/set_values.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reconciled;
  using namespace reconciled::helm;
  if (size == 0) return 0;
  Limits limits;
  limits.bytes = 16U << 20;
  Budget budget(limits);
  Arena arena(budget);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto read = [](const std::string& path) -> Result<std::string> { return path; };
  auto* values = make_map(arena);
  (void)apply_setting(text, static_cast<SetKind>(data[0] % 5), *values, arena, read);
  (void)apply_setting(text, SetKind::typed, *values, arena, read);
  return 0;
}
