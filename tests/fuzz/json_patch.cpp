// A JSON document and, behind a line "=====", a JSON patch: applied to the end, or refused. The result can be written
// and read.
#include "renderers/kustomize/json_patch.h"

#include "base/json.h"
#include "tests/support/split_files.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reconciled;
  const auto [document_text, patch_text] = testing::split_in_two({reinterpret_cast<const char*>(data), size});
  Budget budget({.steps = 200'000, .bytes = 4U << 20, .depth = 64});
  auto document = parse_json(document_text, budget);
  const auto patch = kustomize::read_json_patch(patch_text, budget);
  if (!document || !patch) return 0;
  const auto patched = kustomize::apply_json_patch(*document, *patch, budget);
  if (!patched) return 0;
  Budget fresh;
  const auto again = parse_json(format_json(*patched), fresh);
  if (!again ? fresh.step() : !(*again == *patched)) std::abort();
  return 0;
}
