// Stacks that are Helm charts: values merged, templates rendered, hooks told apart.
#pragma once

#include "renderers/renderer.h"

namespace reconciled {

/// The chart is the stack's folder, or InputSet::chart. Values, later ones winning: the chart's, `helm.values`, the
/// value files of the stack's folder, those of its overlay. Only hooks of installations and upgrades are given; tests
/// and those of deletions and rollbacks never are. Dependencies that charts/ lacks are Missing, pinned by Chart.lock
/// where there is one.
class HelmRenderer final : public Renderer {
 public:
  Result<RenderOutcome> render(const InputSet& inputs, Budget& budget) const override;
};

}  // namespace reconciled
