// YAML text: never crashes, marks lie inside the text, and each document's JSON reads back equal, also as YAML.
#include "base/yaml.h"

#include "base/json.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace reconciled;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Limits limits;
  limits.steps = 200'000;
  limits.bytes = 16 << 20;
  Budget budget(limits);
  const auto documents = read_yaml(text, "fuzz.yaml", budget);
  if (!documents) {
    if (documents.error().message.empty() || documents.error().where.file != "fuzz.yaml") std::abort();
    return 0;
  }
  const bool utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  for (const auto& document : *documents) {
    if (!utf16 && document.mark.offset > size) std::abort();
    const std::string json = format_json(document.value);
    Budget json_budget;
    const auto back = parse_json(json, json_budget, DuplicateKeys::refuse);
    if (!back || !(*back == document.value)) std::abort();
    find_yaml_mark(text, document.index, {"metadata", "0", "name"});
  }
  return 0;
}
