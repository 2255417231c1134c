// Any bytes as a tree of files: a line "=== PATH" begins one, the rest is app/kustomization.yaml. Its build ends within
// the budget, and two builds agree.
#include "ports/memory_tree.h"
#include "renderers/kustomize/build.h"
#include "renderers/kustomize/folders.h"
#include "tests/support/split_files.h"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace reconciled;

std::string build(const std::shared_ptr<const SourceTree>& tree) {
  Budget budget({.steps = 200'000, .bytes = 8U << 20, .depth = 32, .time = std::chrono::seconds(10)});
  std::string seen;
  if (const auto folders = kustomize::find_folders(*tree, "app", budget)) {
    for (const auto& folder : *folders) seen += folder + "\n";
  }
  const kustomize::NoRemotes remotes;
  const auto built = kustomize::build_text({tree, "<root>"}, "app", {}, remotes, budget);
  for (const auto& warning : built.warnings) seen += warning + "\n";
  return seen + (built.output ? *built.output : format_error(built.output.error()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 32U << 10) return 0;
  const std::shared_ptr<const SourceTree> tree =
      make_memory_tree(testing::split_files({reinterpret_cast<const char*>(data), size}, "app/kustomization.yaml"));
  if (build(tree) != build(tree)) std::abort();
  return 0;
}
