// One vector of commits for a whole load: whatever moves meanwhile, each ref is asked once.
#pragma once

#include "ports/source.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace reconciled {

/// Remembers every answer of another source, failures too. Used by one thread; `source` must outlive it.
class PinnedSource final : public Source {
 public:
  using Pins = std::map<SourceRef, Result<Revision>>;

  explicit PinnedSource(Source& source) : m_source(source) {}

  Result<Revision> resolve(const SourceRef& ref, MonotonicTime deadline) override;
  Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) override;

  /// What each ref was.
  [[nodiscard]] const Pins& pins() const { return m_pins; }

 private:
  using Place = std::pair<SourceRef, std::string>;  ///< a ref, and its tree with its commit

  Source& m_source;
  Pins m_pins;
  std::map<Place, Result<std::shared_ptr<const SourceTree>>> m_trees;
};

}  // namespace reconciled
