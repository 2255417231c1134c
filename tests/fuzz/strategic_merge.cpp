// A resource and, behind a line "=====", patches for it: merged to the end, or refused. What comes out can be written,
// and reads again.
#include "renderers/kustomize/strategic_merge.h"

#include "renderers/kustomize/node_reader.h"
#include "renderers/kustomize/output.h"
#include "tests/support/split_files.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reconciled;
  using namespace reconciled::kustomize;
  const auto [target_text, patch_text] = testing::split_in_two({reinterpret_cast<const char*>(data), size});
  Budget budget({.steps = 500'000, .bytes = 16U << 20, .depth = 64});
  NodeArena arena(budget);
  auto targets = read_resources(arena, target_text);
  const auto patches = read_documents(arena, patch_text);
  if (!targets || targets->empty() || !patches) return 0;
  Resource& target = targets->front();
  const Schema schema;
  for (Node* patch : *patches) {
    const auto merged = merge_strategically(arena, schema, target.root, patch, ListGrowth::prepend);
    if (!merged || *merged == nullptr || !arena.within_budget()) return 0;
    target.root = *merged;
  }
  const auto text = format_resource(arena, target);
  if (!text || !arena.within_budget()) return 0;
  Budget fresh;
  NodeArena again(fresh);
  if (!read_documents(again, *text) && fresh.step()) std::abort();
  return 0;
}
