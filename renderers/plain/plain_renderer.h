// Plain stacks: YAML and JSON files as they lie there.
#pragma once

#include "renderers/renderer.h"

namespace reconciled {

/// Reads every *.yaml, *.yml and *.json below the stack's folder in the order of paths. Left out: values files, the
/// top-level stack.yaml and reconcile.yaml, names that begin with a dot, what .sourceignore (of the root and of the
/// folder) or plain.exclude names, and what plain.include does not name. A document that is no Kubernetes object is an
/// error: a file that quietly counts for nothing would look like a removed object.
class PlainRenderer final : public Renderer {
 public:
  Result<RenderOutcome> render(const InputSet& inputs, Budget& budget) const override;
  [[nodiscard]] bool may_read(std::string_view path) const override;
};

}  // namespace reconciled
