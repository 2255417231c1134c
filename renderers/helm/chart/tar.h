// The entries of a tar archive: ustar, PAX and GNU headers.
#pragma once

#include "renderers/helm/chart/inflate.h"

#include <cstdint>
#include <optional>
#include <string>

namespace reconciled::helm {

struct TarEntry {
  enum class Kind : std::uint8_t {
    file,
    folder,
    link,     ///< hard or symbolic
    special,  ///< a device, a pipe, a sparse file or what this reader does not know
  };
  std::string name;
  Kind kind = Kind::file;
  std::uint64_t size = 0;
};

/// Reads entry by entry; headers that only describe the next entry are taken in and not shown. The stream must outlive
/// it. Errors carry Go's text: "archive/tar: invalid tar header".
class TarReader {
 public:
  explicit TarReader(GzipReader& stream) : m_stream(stream) {}
  /// The next entry, or nullopt at the end; what was not read of the last one is skipped.
  Result<std::optional<TarEntry>> next();
  /// The content of the entry, which must be asked for at most once.
  Result<std::string> content();

 private:
  /// What PAX records and GNU's long names say about the entry that follows them.
  struct Extension {
    std::optional<std::string> name;
    std::optional<std::uint64_t> size;
    bool sparse = false;
  };
  Status read_exactly(std::span<char> out);
  Status skip(std::uint64_t bytes);
  Status skip_rest();
  Result<std::string> take_extension(std::uint64_t size);
  static Status parse_records(std::string_view records, Extension& extension);

  GzipReader& m_stream;
  std::uint64_t m_unread = 0;  // of the entry's content
  std::uint64_t m_padding = 0;
};

}  // namespace reconciled::helm
