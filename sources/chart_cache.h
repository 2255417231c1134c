// What was fetched of charts, on the disk: archives by their digest, indexes and pins by what they were asked for.
#pragma once

#include "base/budget.h"
#include "base/digest.h"
#include "base/result.h"
#include "ports/chart.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

/// Files are written beside their place and renamed, so that processes may share the folder and a crash leaves nothing
/// half. It may be deleted at any moment; what cannot be read or is not what it should be is as good as not there.
class ChartCache {
 public:
  explicit ChartCache(std::string folder) : m_folder(std::move(folder)) {}

  /// Bytes whose SHA-256 is `digest`, or nullopt. Damaged ones are removed.
  [[nodiscard]] std::optional<std::string> find_archive(const std::string& digest) const;
  Status keep_archive(const std::string& digest, std::string_view bytes) const;

  /// An answer of a server with what makes the next request conditional.
  struct Page {
    std::string etag;
    std::string last_modified;
    std::string body;
  };
  [[nodiscard]] std::optional<Page> find_page(const std::string& url) const;
  Status keep_page(const std::string& url, const Page& page) const;

  /// What a ref was when it was looked at last.
  [[nodiscard]] std::optional<ChartPin> find_pin(const ChartRef& ref) const;
  Status keep_pin(const ChartRef& ref, const ChartPin& pin) const;

 private:
  [[nodiscard]] std::string place(std::string_view kind, std::string_view name) const;
  Status write(const std::string& path, std::string_view content) const;

  std::string m_folder;
};

}  // namespace reconciled
