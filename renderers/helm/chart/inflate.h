// A gzip stream in memory, inflated piece by piece.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace reconciled::helm {

/// Members that follow one another are one stream, as `gzip` has it. Errors carry Go's text: "gzip: invalid header".
class GzipReader {
 public:
  explicit GzipReader(std::string_view compressed);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  /// Fills `out` as far as there are bytes: fewer mean the end of the stream.
  Result<std::size_t> read(std::span<char> out);

 private:
  struct State;
  Status begin_member();
  std::unique_ptr<State> m_state;
};

}  // namespace reconciled::helm
