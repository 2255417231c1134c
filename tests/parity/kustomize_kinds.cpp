#include "ports/memory_tree.h"
#include "renderers/kustomize/build.h"
#include "tests/parity/kinds.h"
#include "tests/parity/make_kustomization.h"
#include "tests/support/split_files.h"

#include <array>

namespace reconciled::parity {
namespace {

Case make_tree_case(Dice& dice, helm::Arena& /*arena*/) {
  Case subject;
  subject.text = make_kustomizations(dice);
  return subject;
}

Outcome build(const Case& subject, helm::Arena& /*arena*/) {
  const std::shared_ptr<const SourceTree> tree =
      make_memory_tree(testing::split_files(subject.text, "app/kustomization.yaml"));
  Budget budget;
  const kustomize::NoRemotes remotes;
  auto built = kustomize::build_text({tree, ""}, "app", {}, remotes, budget);
  if (built.output) return {true, true, std::move(*built.output)};
  return {false, built.output.error().kind != ErrorKind::limit, built.output.error().message};
}

constexpr std::array k_kinds{Kind{"kustomize", make_tree_case, build, "kustomize"}};

}  // namespace

std::span<const Kind> kustomize_kinds() {
  return k_kinds;
}

}  // namespace reconciled::parity
