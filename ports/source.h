// Where desired state comes from: a repository, a ref, a commit.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "ports/chart.h"
#include "ports/source_tree.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// Names a repository and what to take of it. Credentials are not here: the adapter finds them in the settings by URL
/// prefix.
struct SourceRef {
  std::string url;  ///< https://, ssh://, git@host:path, file:// or an absolute folder
  std::string ref;  ///< a branch or tag name, a full ref ("refs/heads/main") or a commit id of 40 digits; empty: the
                    ///< default branch
  auto operator<=>(const SourceRef&) const = default;
};

/// What a ref was at one moment.
struct Revision {
  std::string url;      ///< without user-info
  std::string ref;      ///< as asked
  std::string commit;   ///< 40 lower-case digits; empty for a local folder
  std::string tree;     ///< id of the root tree
  std::string author;   ///< name of the commit's author
  std::string subject;  ///< first line of its message
  WallTime time{};      ///< committer's time
  bool operator==(const Revision&) const = default;
};

/// Port to the repositories, and to charts. Calls block up to their deadline and may be made from several threads; the
/// daemon puts them on its fetch pool.
class Source {
 public:
  virtual ~Source() = default;
  /// Finds out what the ref is now; transfers objects only when it moved.
  virtual Result<Revision> resolve(const SourceRef& ref, MonotonicTime deadline) = 0;
  /// The tree of a revision that `resolve` answered.
  virtual Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) = 0;

  /// Whether kustomizations may take bases from a repository: ErrorKind::policy unless the settings allow its URL.
  virtual Status check_base(const std::string& url);

  /// The URL of a place of charts that the settings name.
  virtual Result<std::string> find_charts(std::string_view name);
  /// Versions of a chart in a chart repository or an OCI registry, as they are written there, in no order.
  virtual Result<std::vector<std::string>> list_charts(const std::string& repository, const std::string& name,
                                                       MonotonicTime deadline);
  /// What exactly this version is now; `ref.version` is one of list_charts. ErrorKind::source_missing when there is
  /// none.
  virtual Result<ChartPin> resolve_chart(const ChartRef& ref, MonotonicTime deadline);
  /// The archive of a pin. ErrorKind::source_integrity when what lies there has another digest.
  virtual Result<ChartArchive> open_chart(const ChartPin& pin, MonotonicTime deadline);
};

}  // namespace reconciled
