// JSON text: never crashes, and what was read and written reads back equal.
#include "base/json.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace reconciled;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Budget budget;
  const auto value = parse_json(text, budget);
  Budget strict_budget;
  const auto strict = parse_json(text, strict_budget, DuplicateKeys::refuse);
  if (strict && (!value || !(*strict == *value))) std::abort();
  if (!value) return 0;
  for (const JsonStyle style : {JsonStyle::compact, JsonStyle::canonical, JsonStyle::pretty}) {
    Budget again;
    const auto back = parse_json(format_json(*value, style), again, DuplicateKeys::refuse);
    if (!back || !(*back == *value) || back->digest() != value->digest()) std::abort();
  }
  return 0;
}
