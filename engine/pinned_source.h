// One vector of commits for a whole load: whatever moves meanwhile, each ref is asked once.
#pragma once

#include "ports/source.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled {

/// Remembers every answer of another source, failures too. Used by one thread; `source` must outlive it.
class PinnedSource final : public Source {
 public:
  using Pins = std::map<SourceRef, Result<Revision>>;

  explicit PinnedSource(Source& source) : m_source(source) {}

  Result<Revision> resolve(const SourceRef& ref, MonotonicTime deadline) override;
  Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) override;

  Status check_base(const std::string& url) override { return m_source.check_base(url); }
  Result<std::string> find_charts(std::string_view name) override { return m_source.find_charts(name); }
  Result<std::vector<std::string>> list_charts(const std::string& repository, const std::string& name,
                                               MonotonicTime deadline) override;
  Result<ChartPin> resolve_chart(const ChartRef& ref, MonotonicTime deadline) override;
  Result<ChartArchive> open_chart(const ChartPin& pin, MonotonicTime deadline) override;

  /// What each version was, and which versions there were (a ref without a version stands for the list).
  struct Charts {
    std::map<ChartRef, Result<ChartPin>> pins;
    std::map<ChartRef, Result<std::vector<std::string>>> lists;
  };
  [[nodiscard]] const Charts& charts() const { return m_charts; }
  /// Asks again for everything in `before` and tells whether it is as it was.
  bool charts_are(const Charts& before, MonotonicTime deadline);

  /// What each ref was.
  [[nodiscard]] const Pins& pins() const { return m_pins; }

 private:
  using Place = std::pair<SourceRef, std::string>;  ///< a ref, and its tree with its commit

  Source& m_source;
  Pins m_pins;
  Charts m_charts;
  std::map<ChartPin, Result<ChartArchive>> m_archives;
  std::map<Place, Result<std::shared_ptr<const SourceTree>>> m_trees;
};

}  // namespace reconciled
