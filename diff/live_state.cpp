#include "diff/live_state.h"

#include "stacks/manifest.h"

namespace reconciled {

const Observed& LiveState::at(const ObjectId& id) const {
  static const Observed k_nobody_looked = [] {
    Observed out;
    out.reason = "it was not observed";
    return out;
  }();
  const auto found = objects.find(id);
  return found == objects.end() ? k_nobody_looked : found->second;
}

void note_creations(LiveState& live, const ManifestSet& set) {
  for (const Manifest& manifest : set.manifests) {
    const ObjectId& id = manifest.id;
    if (id.group.empty() && id.kind == "Namespace") live.being_created.insert(id);
    if (id.group != "apiextensions.k8s.io" || id.kind != "CustomResourceDefinition") continue;
    live.being_created.insert(id);
    const Value& spec = manifest.object["spec"];
    live.being_created.insert(ObjectId{id.cluster, std::string(spec["group"].as_string()),
                                       std::string(spec.at({"names", "kind"}).as_string()), "", id.name});
  }
}

}  // namespace reconciled
