// index.yaml of a chart repository: what it says of one chart.
#pragma once

#include "base/budget.h"
#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

struct IndexEntry {
  std::string version;
  std::string digest;  ///< SHA-256 of the archive, lower-case digits; empty: the index does not say
  std::string url;     ///< as written: the first one, maybe relative to the repository
  bool operator==(const IndexEntry&) const = default;
};

/// Entries of `chart`, in the order of the index; those without a version or a URL are left out, as Helm does. Only
/// they are kept, so a large index costs its text and time. ErrorKind::source_integrity when it is no index.
Result<std::vector<IndexEntry>> read_helm_index(std::string_view text, std::string_view chart, Budget& budget);

}  // namespace reconciled
