// What happened in a world, step by step: the last steps to read, and a digest of all of them.
#pragma once

#include "base/clock.h"

#include <array>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::sim {

class Trace {
 public:
  /// Prints every line as it comes, too.
  void follow(std::ostream* out) { m_out = out; }
  void add(MonotonicTime now, std::string_view who, std::string_view what, std::string_view detail = {});
  /// Of all lines so far; two runs of one seed have the same.
  [[nodiscard]] std::uint64_t digest() const { return m_digest; }
  /// The last lines, oldest first.
  [[nodiscard]] std::vector<std::string> last(std::size_t count) const;

 private:
  struct Line {
    MonotonicTime time;
    std::string who, what, detail;
  };
  static constexpr std::size_t k_kept = 512;
  static std::string format(const Line& line);

  std::array<Line, k_kept> m_lines;
  std::size_t m_count = 0;
  std::uint64_t m_digest = 0xcbf29ce484222325ULL;
  std::ostream* m_out = nullptr;
};

}  // namespace reconciled::sim
