// Charts of an HTTP chart repository: its index.yaml and the archives that it names.
#pragma once

#include "ports/chart.h"
#include "sources/chart_cache.h"
#include "sources/chart_fetch.h"
#include "sources/helm_index.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace reconciled {

/// An index is asked for again only if it changed, by ETag or time; what it says of a chart is remembered meanwhile.
/// When the server cannot be reached, the index that was seen last counts.
class HelmRepository {
 public:
  HelmRepository(FetchOptions options, ChartCache cache) : m_options(std::move(options)), m_cache(std::move(cache)) {}

  Result<std::vector<std::string>> list(const std::string& repository, const std::string& name, MonotonicTime deadline);
  /// The pin has no digest where the index says none.
  Result<ChartPin> resolve(const ChartRef& ref, MonotonicTime deadline);
  Result<std::string> download(const ChartPin& pin, MonotonicTime deadline) const;

 private:
  Result<std::vector<IndexEntry>> entries(const std::string& repository, const std::string& name,
                                          MonotonicTime deadline);
  Result<ChartCache::Page> fetch_index(const std::string& url, MonotonicTime deadline) const;

  struct Known {
    Digest index;
    std::vector<IndexEntry> entries;
  };
  FetchOptions m_options;
  ChartCache m_cache;
  std::mutex m_mutex;
  std::map<std::pair<std::string, std::string>, Known> m_known;  // by repository and chart; guarded by m_mutex
};

}  // namespace reconciled
