#include "engine/pinned_source.h"

namespace reconciled {

Result<Revision> PinnedSource::resolve(const SourceRef& ref, MonotonicTime deadline) {
  auto at = m_pins.find(ref);
  if (at == m_pins.end()) at = m_pins.emplace(ref, m_source.resolve(ref, deadline)).first;
  return at->second;
}

Result<std::shared_ptr<const SourceTree>> PinnedSource::open(const Revision& revision) {
  const Place place{{revision.url, revision.ref}, revision.tree + '@' + revision.commit};
  auto at = m_trees.find(place);
  if (at == m_trees.end()) at = m_trees.emplace(place, m_source.open(revision)).first;
  return at->second;
}

}  // namespace reconciled
