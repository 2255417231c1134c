// A schema and values, with a NUL between them: checked, or refused.
#include "renderers/helm/schema/schema.h"
#include "renderers/helm/values/json.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reconciled;
  using namespace reconciled::helm;
  Limits limits;
  limits.steps = 200'000;
  limits.bytes = 16U << 20;
  Budget budget(limits);
  Arena arena(budget);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto half = text.find('\0');
  const auto values = from_json(half == text.npos ? "{}" : text.substr(half + 1), JsonTarget::any, arena);
  if (values) (void)check_schema(text.substr(0, half), *values, budget);
  return 0;
}
