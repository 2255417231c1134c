#include "renderers/executor.h"

namespace reconciled {

Result<PackedOutcome> InlineExecutor::render(const InputSet& inputs, const Limits& limits) {
  Budget budget(limits);
  TRY_ASSIGN(auto outcome, renderer_for(inputs.stack.renderer).render(inputs, budget));
  if (auto* missing = std::get_if<Missing>(&outcome)) return PackedOutcome(std::move(*missing));
  PackedManifests packed = PackedManifests::pack(std::get<ManifestSet>(outcome));
  if (packed.bytes().size() > k_max_packed_bytes) {
    return fail(ErrorKind::limit,
                "the manifests take " + std::to_string(packed.bytes().size()) + " bytes, more than the " +
                    std::to_string(k_max_packed_bytes) + " that one stack may",
                inputs.stack.origin, "divide the stack into several");
  }
  return PackedOutcome(std::move(packed));
}

}  // namespace reconciled
