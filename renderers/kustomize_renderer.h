// Stacks that are kustomizations: built natively, with what the stack's settings add.
#pragma once

#include "renderers/renderer.h"

namespace reconciled {

/// `files` of such a stack are folders of the whole tree, as bases may lie anywhere in it. What is built is the overlay
/// of the environment when that holds a kustomization, else the stack's folder (or the folder in it that
/// `kustomize.path` names).
class KustomizeRenderer final : public Renderer {
 public:
  Result<RenderOutcome> render(const InputSet& inputs, Budget& budget) const override;
};

/// The folder that is built, by its path in the tree.
std::string kustomization_folder(const Stack& stack, const SourceTree& tree);
/// The parts of a tree that a stack is built from.
Result<std::shared_ptr<const SourceTree>> select_kustomization(const Stack& stack,
                                                               std::shared_ptr<const SourceTree> tree);

}  // namespace reconciled
